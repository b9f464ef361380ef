package metrics

// Score is precision TP/Predicted, recall TP/Support and their harmonic mean
// F1, each 0 where its divisor is 0. Support counts gold entities. In an
// average over labels Support, Predicted and TP are sums.
type Score struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"`
	Predicted int     `json:"predicted"`
	TP        int     `json:"tp"`
}

// Score of one count. F1 is 2PR/(P+R), rounded as that formula rounds, so that
// figures agree with other scorers' to the last digit.
func (c Count) Score() Score {
	p, r := ratio(c.TP, c.Pred), ratio(c.TP, c.Gold)
	return Score{Precision: p, Recall: r, F1: harmonic(p, r), Support: int(c.Gold), Predicted: int(c.Pred), TP: int(c.TP)}
}

func ratio(a, b int32) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func harmonic(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// Summary is what a split comes to.
type Summary struct {
	Micro    Score // of the counts of all labels together
	Macro    Score // mean over the labels with gold support in the split
	Weighted Score // mean weighted by gold support

	Labels      []Score  // by label, aligned with Tally.Labels
	Supported   []int    // indices of the labels that Macro averages over
	Unsupported []string // names of the labels without gold support

	Documents int
	Right     int // documents in which every entity is found and nothing else
}

// Summarise gives the figures of a tally. Macro is over the labels with gold
// support, so that a label never seen neither vanishes nor counts silently:
// Supported and Unsupported say which.
func Summarise(t Tally) Summary {
	totals := t.Totals()
	s := Summary{Labels: make([]Score, len(totals)), Documents: len(t.Docs), Right: t.Right()}
	for l, c := range totals {
		s.Labels[l] = c.Score()
		if c.Gold > 0 {
			s.Supported = append(s.Supported, l)
		} else {
			s.Unsupported = append(s.Unsupported, t.Labels[l])
		}
	}
	s.Micro = micro(totals, nil)
	s.Macro = macro(totals, nil, supported)
	s.Weighted = weighted(totals, nil)
	return s
}

// supported says whether Summarise's macro average counts the label.
func supported(c Count) bool { return c.Gold > 0 }

// seen says whether the macro average of a scored file counts the label: the
// file has no schema, so a label is what occurs.
func seen(c Count) bool { return c.Gold > 0 || c.Pred > 0 }

// sum adds the counts of the labels that only holds, nil for all.
func sum(totals []Count, only []bool) Count {
	var s Count
	for l, c := range totals {
		if only != nil && !only[l] {
			continue
		}
		s.TP += c.TP
		s.Pred += c.Pred
		s.Gold += c.Gold
	}
	return s
}

// micro is the score of the summed counts of the labels that only holds.
func micro(totals []Count, only []bool) Score { return sum(totals, only).Score() }

// macro is the plain mean of the scores of the labels that only holds and in
// accepts, 0 without any.
func macro(totals []Count, only []bool, in func(Count) bool) Score {
	return mean(totals, only, func(c Count) float64 {
		if in(c) {
			return 1
		}
		return 0
	})
}

// weighted is the mean, weighted by gold support, of the scores of the labels
// that only holds.
func weighted(totals []Count, only []bool) Score {
	return mean(totals, only, func(c Count) float64 { return float64(c.Gold) })
}

// mean averages scores by weight; its counts are sums over the same labels,
// those of weight 0 included.
func mean(totals []Count, only []bool, weight func(Count) float64) Score {
	all := sum(totals, only)
	m := Score{Support: int(all.Gold), Predicted: int(all.Pred), TP: int(all.TP)}
	weights := 0.0
	for l, c := range totals {
		if c == (Count{}) { // most labels, in a few documents
			continue
		}
		w := weight(c)
		if w == 0 || only != nil && !only[l] {
			continue
		}
		s := c.Score()
		// The conversions forbid fused multiply-add, so that every
		// architecture gives the same bits.
		m.Precision += float64(w * s.Precision)
		m.Recall += float64(w * s.Recall)
		m.F1 += float64(w * s.F1)
		weights += w
	}
	if weights > 0 {
		m.Precision /= weights
		m.Recall /= weights
		m.F1 /= weights
	}
	return m
}
