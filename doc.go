// Package invoicelab holds the tests of the whole repository; the program is
// cmd/invoicelab.
package invoicelab
