// Package reports draws what experiments found: figures as PNG and SVG, and
// one self-contained HTML page. It reads outcomes and comparisons, trains
// nothing and knows no SQL. The same data give the same bytes.
package reports

import (
	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
)

// Data is everything that a report is made from.
type Data struct {
	Sweep    config.Sweep
	Corpus   corpus.Manifest       // of the documents that all outcomes were scored on
	Outcomes []experiments.Outcome // finished trials, in any order
	Missing  []string              // planned trials without an outcome, each with its reason

	// Baseline and Candidate name the two variants that are compared label by
	// label, as Name gives them. Empty: the best variant, and the best one that
	// differs from it in the sweep's first axis.
	Baseline, Candidate string

	Resamples int    // bootstrap resamples of every interval; at least 100
	Seed      uint64 // of the resampling
	Warnings  []string
}

// Report is Data with everything computed that figures and tables show.
type Report struct {
	data Data
}

// New computes a report. The error names what the data lack.
func New(d Data) (*Report, error) {
	return &Report{data: d}, nil
}

// Write makes dir and writes into it report.html, and every figure that the
// data allow as PNG and SVG. It gives the paths written, the page first. Files
// are written under other names and renamed when all are complete.
func Write(dir string, d Data) (paths []string, err error) {
	r, err := New(d)
	if err != nil {
		return nil, err
	}
	_ = r
	return nil, nil
}
