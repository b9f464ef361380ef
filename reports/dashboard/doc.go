// Package dashboard serves the pages of a store: sweeps with what they are
// doing now, runs, comparisons, claims and documents. It only reads the store,
// in short transactions that hold up nobody who writes.
//
// A page is one file of Go, which gathers what is shown, and one template.
// What takes longer than a moment is computed beside the request, see later.
package dashboard
