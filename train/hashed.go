package train

import "github.com/invoicelab/invoicelab/corpus"

// hashed are features by templates: each has a range of rows of its own, or they
// share one.
type hashed struct {
	*attributer
	buckets int
	shared  bool
}

// slots is the number of features of a token.
func (h *hashed) slots() int {
	if h == nil {
		return 0
	}
	return h.attributer.slots()
}

// rows is the number of rows of all features.
func (h *hashed) rows() int {
	switch {
	case h == nil:
		return 0
	case h.shared:
		return h.buckets
	}
	return h.slots() * h.buckets
}

// of gives the rows of each token of d, [T*slots], -1 where it lacks a feature.
func (h *hashed) of(d *corpus.Document) ([]int32, error) {
	if h == nil {
		return nil, nil
	}
	all, err := h.table(d)
	if err != nil {
		return nil, err
	}
	ids := make([]int32, len(all))
	for i, v := range all {
		switch {
		case v == noValue:
			ids[i] = -1
		case h.shared:
			ids[i] = int32(v % uint64(h.buckets))
		default:
			ids[i] = int32(i%h.slots()*h.buckets) + int32(v%uint64(h.buckets))
		}
	}
	return ids, nil
}
