package metrics

import (
	"fmt"
	"math"
)

// packed holds the counts of a tally by label, so that many weightings of its
// documents are summed at once: a word holds the weights of one document in
// several weightings, each in a lane of its own, and one addition adds to all
// of them.
//
// The counts of a document and label are taken apart into what TP, Pred and
// Gold have in common, and what each has beyond: most entities are found as
// they are, and lie in the common part alone. Column parts*l+p is part p of
// label l.
type packed struct {
	labels    int
	present   []int // labels with an entry
	documents int
	most      int64   // greatest count of any entry
	ones      []int32 // documents with a count of 1, column by column
	onesAt    []int   // column c has ones[onesAt[c]:onesAt[c+1]]
	more      []manyOf
	moreAt    []int
}

// manyOf is a document with a count of 2 or more.
type manyOf struct {
	doc   int32
	count uint64
}

// The parts of an entry.
const (
	commonPart = iota
	tpPart
	predPart
	goldPart
	parts
)

// mostCount is the greatest count of an entry.
const mostCount = 1<<21 - 1

// pack gives an error when a count is too great.
func pack(t Tally) (packed, error) {
	p := packed{labels: len(t.Labels), documents: len(t.Docs), onesAt: make([]int, 1, parts*len(t.Labels)+1), moreAt: make([]int, 1, parts*len(t.Labels)+1)}
	type entry struct {
		doc   int32
		parts [parts]int32
	}
	byLabel := make([][]entry, len(t.Labels))
	for i := range t.Docs {
		for _, l := range t.Docs[i].Labels {
			if most := max(l.TP, l.Pred, l.Gold); most > mostCount {
				return p, fmt.Errorf("document %q holds %d entities of %s: at most %d can be resampled", t.Docs[i].Doc, most, t.Labels[l.Label], mostCount)
			} else if int64(most) > p.most {
				p.most = int64(most)
			}
			common := min(l.TP, l.Pred, l.Gold)
			byLabel[l.Label] = append(byLabel[l.Label], entry{int32(i), [parts]int32{common, l.TP - common, l.Pred - common, l.Gold - common}})
		}
	}
	for l, entries := range byLabel {
		if len(entries) > 0 {
			p.present = append(p.present, l)
		}
		for part := range parts {
			for _, e := range entries {
				switch n := e.parts[part]; {
				case n == 1:
					p.ones = append(p.ones, e.doc)
				case n > 1:
					p.more = append(p.more, manyOf{e.doc, uint64(n)})
				}
			}
			p.onesAt, p.moreAt = append(p.onesAt, len(p.ones)), append(p.moreAt, len(p.more))
		}
	}
	return p, nil
}

// packAll packs tallies of the same documents.
func packAll(tallies []Tally) ([]packed, error) {
	all := make([]packed, len(tallies))
	for k, t := range tallies {
		var err error
		if all[k], err = pack(t); err != nil {
			return nil, err
		}
		if all[k].most*int64(len(t.Docs))*int64(len(t.Labels)) > math.MaxInt32 {
			return nil, fmt.Errorf("%d documents with up to %d entities of each of %d labels are too many to resample", len(t.Docs), all[k].most, len(t.Labels))
		}
	}
	return all, nil
}

// weights are several weightings of documents. Those of one document are
// loaded together.
type weights struct {
	bits int                  // of a lane
	of   [][weighWords]uint64 // by document
}

// weighWords is how many words hold the weights of a document. Two share the
// work of finding the document, and leave registers for their sums.
const weighWords = 2

// newWeights makes room for weightings of the documents of some tallies, each
// with as many documents in all as there are, or fewer: as many as the greatest
// sum leaves room for.
func newWeights(tallies []packed) weights {
	w := weights{bits: 16, of: make([][weighWords]uint64, tallies[0].documents)}
	for _, p := range tallies {
		if p.most*int64(p.documents) >= 1<<w.bits {
			w.bits = 32 // enough: packAll bounds it by the greatest int32
		}
	}
	return w
}

// lanes is how many weightings there are.
func (w weights) lanes() int { return weighWords * 64 / w.bits }

// add gives document d one more copy in a weighting.
func (w weights) add(lane, d int) { w.of[d][lane*w.bits/64] += 1 << (lane * w.bits % 64) }

// weigh sums the counts of p under every weighting into totals[lane][k], of
// room: what belongs to a label that p has nothing of stays zero, the rest is
// overwritten.
func (w weights) weigh(p packed, totals [][][]Count, k int) {
	var sums [parts][weighWords]uint64
	mask := uint64(1)<<w.bits - 1
	perWord := 64 / w.bits
	for _, l := range p.present {
		for part := range sums {
			sums[part] = w.column(p, parts*l+part)
		}
		lane := 0
		for word := range weighWords {
			common, tp, pred, gold := sums[commonPart][word], sums[tpPart][word], sums[predPart][word], sums[goldPart][word]
			for range perWord {
				both := int32(common & mask)
				totals[lane][k][l] = Count{TP: both + int32(tp&mask), Pred: both + int32(pred&mask), Gold: both + int32(gold&mask)}
				common, tp, pred, gold = common>>w.bits, tp>>w.bits, pred>>w.bits, gold>>w.bits
				lane++
			}
		}
	}
}

// column sums a column under every weighting.
func (w weights) column(p packed, c int) [weighWords]uint64 {
	var x, y uint64
	for _, d := range p.ones[p.onesAt[c]:p.onesAt[c+1]] {
		of := &w.of[d]
		x += of[0]
		y += of[1]
	}
	for _, m := range p.more[p.moreAt[c]:p.moreAt[c+1]] {
		of := &w.of[m.doc]
		x += m.count * of[0]
		y += m.count * of[1]
	}
	return [weighWords]uint64{x, y}
}

// room makes totals for weigh: by lane, tally and label.
func (w weights) room(tallies []packed) [][][]Count {
	all := make([][][]Count, w.lanes())
	for lane := range all {
		all[lane] = make([][]Count, len(tallies))
		for k, p := range tallies {
			all[lane][k] = make([]Count, p.labels)
		}
	}
	return all
}
