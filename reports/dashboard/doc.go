// Package dashboard serves the pages of a store: sweeps, runs, comparisons,
// claims and documents.
package dashboard
