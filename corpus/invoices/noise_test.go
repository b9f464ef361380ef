package invoices_test

import (
	"math"
	"reflect"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/invoices"
)

// reading is what an OCR made of clean words.
type reading struct{ words, misread, divided, joined int }

// errors is the number of clean words that were read wrong; of two that were
// run together, the first.
func (r reading) errors() int { return r.misread + r.divided + r.joined }

// compareReading finds the least number of errors that turn a clean document
// into its noisy reading.
func compareReading(clean, noisy []corpus.Token) reading {
	// Row i holds, for each j, the errors that turn the first i clean into the
	// first j noisy words; divisions and joins outweigh each other by no more
	// than drift.
	const most, drift = 1 << 20, 24
	rows := make([][]reading, len(clean)+1)
	for i := range rows {
		rows[i] = make([]reading, len(noisy)+1)
		for j := range rows[i] {
			best := reading{misread: most}
			if j < i-drift || j > i+drift {
				rows[i][j] = best
				continue
			}
			better := func(i0, j0 int, ok bool, step reading) {
				if !ok {
					return
				}
				from := rows[i0][j0]
				step.words += from.words
				step.misread, step.divided, step.joined = step.misread+from.misread, step.divided+from.divided, step.joined+from.joined
				if step.errors() < best.errors() {
					best = step
				}
			}
			if i == 0 && j == 0 {
				best = reading{}
			}
			if i > 0 && j > 0 {
				c, n := clean[i-1].Text, noisy[j-1].Text
				better(i-1, j-1, c == n, reading{words: 1})
				better(i-1, j-1, c != n, reading{words: 1, misread: 1})
				better(i-2, j-1, i > 1 && clean[max(0, i-2)].Text+c == n, reading{words: 2, joined: 1})
				better(i-1, j-2, j > 1 && noisy[max(0, j-2)].Text+n == c, reading{words: 1, divided: 1})
			}
			rows[i][j] = best
		}
	}
	return rows[len(clean)][len(noisy)]
}

// The error rate of the model is the one that the recipe states: that share
// of the clean words is read wrong, 12 % of the errors divide a word and at
// most 12 % run two together. Spans keep their entities, and boxes move by at
// most 5 units but where words were divided or run together.
func TestNoiseRate(t *testing.T) {
	schema := loadSchema(t, "full-197")
	for _, rate := range []float64{0.02, 0.1, 0.3} {
		var sum reading
		moved, tokens := 0, 0
		for i := range 400 {
			quiet, _, err := invoices.GenerateDocument(schema, corpus.Recipe{Documents: 400, Seed: 2}, i)
			if err != nil {
				t.Fatal(err)
			}
			noisy, _, err := invoices.GenerateDocument(schema, corpus.Recipe{Documents: 400, Seed: 2, Noise: rate}, i)
			if err != nil {
				t.Fatal(err)
			}
			r := compareReading(quiet.Tokens, noisy.Tokens)
			sum.words, sum.misread = sum.words+r.words, sum.misread+r.misread
			sum.divided, sum.joined = sum.divided+r.divided, sum.joined+r.joined
			if len(noisy.Tokens) != len(quiet.Tokens)+r.divided-r.joined {
				t.Fatalf("document %d: %d tokens of %d: %+v", i, len(noisy.Tokens), len(quiet.Tokens), r)
			}
			if len(quiet.Spans) != len(noisy.Spans) || len(noisy.Structure) != len(noisy.Tokens) || len(noisy.Visual) != len(noisy.Tokens) {
				t.Fatalf("document %d: noise changes the spans or the types of words", i)
			}
			for k, s := range noisy.Spans {
				if s.Entity != quiet.Spans[k].Entity || s.End <= s.Start || k > 0 && s.Start < noisy.Spans[k-1].End {
					t.Fatalf("document %d: span %v became %v", i, quiet.Spans[k], s)
				}
			}
			if r.divided+r.joined > 0 {
				continue
			}
			for k := range quiet.Tokens {
				a, b := quiet.Tokens[k], noisy.Tokens[k]
				tokens++
				if a.Box != b.Box {
					moved++
				}
				for _, shift := range []int16{a.Box.X0 - b.Box.X0, a.Box.Y0 - b.Box.Y0, a.Box.X1 - b.Box.X1, a.Box.Y1 - b.Box.Y1} {
					if shift < -5 || shift > 5 {
						t.Fatalf("document %d: box %v became %v", i, a.Box, b.Box)
					}
				}
			}
		}
		words := float64(sum.words)
		share := float64(sum.errors()) / words
		t.Logf("noise %v: %d words, %.4f read wrong; %.3f of the errors divide a word, %.3f join two", rate, sum.words, share,
			float64(sum.divided)/float64(sum.errors()), float64(sum.joined)/float64(sum.errors()))
		// Of two words run together the second cannot have an error of its
		// own, so the share is a little less than the rate: by rate^2*0.12.
		if sigma := math.Sqrt(rate * (1 - rate) / words); math.Abs(share-rate) > 4*sigma+0.12*rate*rate {
			t.Errorf("noise %v: %.4f of %d words are read wrong", rate, share, sum.words)
		}
		if d, j := float64(sum.divided)/float64(sum.errors()), float64(sum.joined)/float64(sum.errors()); d < 0.06 || d > 0.15 || j < 0.02 || j > 0.15 {
			t.Errorf("noise %v: %.3f of the errors divide a word, %.3f join two", rate, d, j)
		}
		if rate < 0.05 && moved < tokens/2 {
			t.Errorf("noise %v: %d of %d boxes moved", rate, moved, tokens)
		}
	}
}

// A level of 0 takes nothing from any stream that another level or the
// content draws from: turning one on leaves what it is not about as it was.
func TestLevelsAreIndependent(t *testing.T) {
	schema := loadSchema(t, "full-197")
	base := corpus.Recipe{Documents: 150, Seed: 8}
	for name, set := range map[string]func(*corpus.Recipe){
		"noise":        func(r *corpus.Recipe) { r.Noise = 0.1 },
		"keys_missing": func(r *corpus.Recipe) { r.KeysMissing = 0.5 },
		"keys_short":   func(r *corpus.Recipe) { r.KeysShort = 0.5 },
		"keys_vague":   func(r *corpus.Recipe) { r.KeysVague = 0.5 },
		"disorder":     func(r *corpus.Recipe) { r.Disorder = 1 },
		"overlap":      func(r *corpus.Recipe) { r.Overlap = 1 },
		"wrapped":      func(r *corpus.Recipe) { r.Wrapped = 1 },
		"distractors":  func(r *corpus.Recipe) { r.Distractors = 4 },
	} {
		hard := base
		set(&hard)
		changed := 0
		for i := range base.Documents {
			a, splitA, err := invoices.GenerateDocument(schema, base, i)
			if err != nil {
				t.Fatal(err)
			}
			b, splitB, err := invoices.GenerateDocument(schema, hard, i)
			if err != nil {
				t.Fatal(err)
			}
			if splitA != splitB || a.Template != b.Template || a.Kind != b.Kind {
				t.Fatalf("%s: document %d is of %s in %s, was of %s in %s", name, i, b.Template, splitB, a.Template, splitA)
			}
			if !reflect.DeepEqual(a.Tokens, b.Tokens) {
				changed++
			}
			if name == "noise" {
				continue // its own test compares the values
			}
			va, vb := labelWords(schema, &a), labelWords(schema, &b)
			if !reflect.DeepEqual(va, vb) {
				t.Fatalf("%s: document %d (%s) has other values:\n%v\n%v", name, i, a.Template, va, vb)
			}
		}
		if changed < base.Documents/15 {
			t.Errorf("%s: only %d of %d documents changed", name, changed, base.Documents)
		}
	}
}
