package metrics

// Part is a statistic of a part of a tally, with its interval over documents.
type Part struct {
	Name      string   `json:"name"`
	Documents int      `json:"documents"` // that hold gold entities of the part
	Support   int      `json:"support"`   // gold entities
	Value     Interval `json:"figure"`    // its ends are NaN where no resample holds any
}

// PartsOfLabels gives the metric of that name for each group of labels that
// nameOf names, in the order of names; labels under another name are left
// out, and so are groups without gold entities.
func PartsOfLabels(t Tally, metric string, names []string, nameOf func(label string) string, r Resampling) ([]Part, error) {
	var parts []Part
	var stats []Statistic
	for _, name := range names {
		only := make([]bool, len(t.Labels))
		for l, label := range t.Labels {
			only[l] = nameOf(label) == name
		}
		stat, err := MetricStatistic(metric, only)
		if err != nil {
			return nil, err
		}
		if p := t.part(name, only); p.Support > 0 {
			parts, stats = append(parts, p), append(stats, stat)
		}
	}
	return bootstrapParts(t, parts, stats, r)
}

// PartsByLabel gives the F1 of each label with gold entities.
func PartsByLabel(t Tally, r Resampling) ([]Part, error) {
	var parts []Part
	var stats []Statistic
	for l, name := range t.Labels {
		only := make([]bool, len(t.Labels))
		only[l] = true
		if p := t.part(name, only); p.Support > 0 {
			parts, stats = append(parts, p), append(stats, LabelF1(l))
		}
	}
	return bootstrapParts(t, parts, stats, r)
}

// PartsOfDocuments gives the metric of that name on the documents of each
// domain or template family that nameOf names, in the order of names; parts
// without gold entities are left out. The documents of a part are resampled by
// themselves.
func PartsOfDocuments(t Tally, metric string, names []string, nameOf func(DocCount) string, r Resampling) ([]Part, error) {
	stat, err := MetricStatistic(metric, nil)
	if err != nil {
		return nil, err
	}
	var all []Part
	stream := r.Stream
	for _, name := range names {
		part := t.Where(func(d DocCount) bool { return nameOf(d) == name })
		p := part.part(name, nil)
		if p.Support == 0 {
			continue
		}
		r.Stream = stream + "/" + name
		one, err := bootstrapParts(part, []Part{p}, []Statistic{stat}, r)
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}

// Gap is the metric of that name on the documents of known templates less
// that on held-out ones, with its percentile interval: the documents of either
// are resampled by themselves.
func Gap(known, heldout Tally, metric string, r Resampling) (Interval, error) {
	r, err := r.filled()
	if err != nil {
		return Interval{}, err
	}
	stat, err := MetricStatistic(metric, nil)
	if err != nil {
		return Interval{}, err
	}
	values := matrix(2, r.Resamples)
	stream := r.Stream
	for side, t := range []Tally{known, heldout} {
		if len(t.Docs) == 0 {
			return Interval{}, errNoDocuments
		}
		p, err := packAll([]Tally{t})
		if err != nil {
			return Interval{}, err
		}
		r.Stream = stream + [...]string{"/known", "/heldout"}[side]
		resample(p, len(t.Docs), r, func(i int, totals [][]Count) { values[side][i] = stat(totals[0]) })
	}
	for i := range values[0] {
		values[0][i] -= values[1][i]
	}
	return percentile(stat(known.Totals())-stat(heldout.Totals()), values[0], r.Level), nil
}

// part describes the labels that only holds, nil for all.
func (t Tally) part(name string, only []bool) Part {
	p := Part{Name: name}
	for i := range t.Docs {
		gold := 0
		for _, l := range t.Docs[i].Labels {
			if only == nil || only[l.Label] {
				gold += int(l.Gold)
			}
		}
		p.Support += gold
		if gold > 0 {
			p.Documents++
		}
	}
	return p
}

func bootstrapParts(t Tally, parts []Part, stats []Statistic, r Resampling) ([]Part, error) {
	if len(parts) == 0 {
		return nil, nil
	}
	values, err := Bootstrap(t, stats, r)
	if err != nil {
		return nil, err
	}
	for i, v := range values {
		parts[i].Value = v
	}
	return parts, nil
}
