package claims

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels"
)

// Bench is what claims are measured with.
type Bench struct {
	Open     func(config.Corpus) (*corpus.Dataset, error) // nobody changes what it gives
	Backend  func() (kernels.Backend, error)              // the caller closes it
	Data     string                                       // folder that stands for that of corpus.path; empty for none
	Revision string                                       // of the program
	Device   string                                       // that Backend opens, as experiments.DeviceName has it

	// Peak labels documents with a model in a process of its own and gives the
	// most memory that it held, in bytes.
	Peak func(ctx context.Context, model []byte, docs *corpus.Dataset) (int64, error)
}

// Plan is what must be there for verdicts on some claims.
type Plan struct {
	Items []Item // in the order of the files
	Works []Work // sweeps to run
}

// Item is a claim and what measures it.
type Item struct {
	File   string
	Claim  config.Claim
	Keys   []string // of the trials of the variant, by seed
	Other  []string // of the other variant, by seed; nil without
	Probe  string   // key of the measurement; empty without
	Absent string   // why nothing can measure it here; empty where it can
}

// Name tells the item from all others: "guide/avg-f1-hybrid".
func (i Item) Name() string { return i.File + "/" + i.Claim.ID }

// Work is a sweep with the trials that some claims need.
type Work struct {
	Sweep  config.Sweep
	Trials []experiments.Trial
	Costs  []float64 // seconds of one core that claims say of each trial; 0 where none does
	For    []string  // names of the claims
}

// NewPlan finds the trials that measure claims. A claim whose data are not
// there is absent, with what to do about it; the others go on.
func NewPlan(files []config.ClaimFile, b Bench) (Plan, error) {
	p := planner{bench: b, works: map[string]*work{}}
	for _, f := range files {
		for _, c := range f.Claims {
			i := Item{File: f.Name, Claim: c}
			if slices.ContainsFunc(p.plan.Items, func(o Item) bool { return o.Name() == i.Name() }) {
				return Plan{}, fmt.Errorf("claim %s: in two files of that name", i.Name())
			}
			if c.Probe != nil {
				i.Probe = probeKey(c, b)
			}
			if c.Measure != nil {
				p.ask(i.Name(), c.Measure, &i)
			}
			p.plan.Items = append(p.plan.Items, i)
		}
	}
	return p.finish()
}

// planner gathers what claims ask of sweeps.
type planner struct {
	bench Bench
	plan  Plan
	works map[string]*work // by the sweep's definition
	order []string
}

// work is a sweep and what is asked of it.
type work struct {
	sweep  config.Sweep
	wanted [][]int
	cost   float64
	items  []string
}

// ask adds the variants of a measure to what its sweep must run.
func (p *planner) ask(name string, m *config.Measure, i *Item) {
	for _, variant := range sides(m) {
		if i.Absent = p.absent(m, variant); i.Absent != "" {
			return
		}
	}
	s := p.sweep(name, m)
	id := s.YAML()
	if m.Single { // its name is that of the first claim, and does not tell it from others
		s.Name = "single"
		id = s.YAML()
		s.Name = p.nameOf(id, name)
	}
	w := p.works[id]
	if w == nil {
		w = &work{sweep: s}
		p.works[id], p.order = w, append(p.order, id)
	}
	w.wanted = append(w.wanted, sides(m)...)
	w.cost = max(w.cost, m.Costs)
	w.items = append(w.items, name)
}

// nameOf is the name of the sweep of one experiment: that of the first claim
// that asks for it.
func (p *planner) nameOf(id, claim string) string {
	if w := p.works[id]; w != nil {
		return w.sweep.Name
	}
	return "claims." + claim
}

// sweep is the sweep of a measure with the folders of Bench.Data.
func (p *planner) sweep(name string, m *config.Measure) config.Sweep {
	s := m.Sweep
	s.Base.Corpus = p.bench.corpus(s.Base.Corpus)
	return s
}

// corpus is a corpus with the folder that stands for its own.
func (b Bench) corpus(c config.Corpus) config.Corpus {
	if b.Data != "" && c.Path != "" {
		c.Path = filepath.ToSlash(filepath.Join(b.Data, filepath.Base(c.Path)))
	}
	return c
}

// sides lists the variants that a measure is about.
func sides(m *config.Measure) [][]int {
	if m.Against != nil {
		return [][]int{m.Variant, m.Against}
	}
	return [][]int{m.Variant}
}

// absent says why the data of a variant are not there, or nothing.
func (p *planner) absent(m *config.Measure, variant []int) string {
	c := p.bench.corpus(m.Of(variant).Corpus)
	if c.Path == "" {
		return ""
	}
	_, err := os.Stat(c.Path)
	if err == nil {
		return ""
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("the data in %s cannot be read: %v", c.Path, err)
	}
	if m.Import == "" {
		return fmt.Sprintf("there is no corpus %s; --data names the folder that holds %s", c.Path, filepath.Base(c.Path))
	}
	return fmt.Sprintf("there is no corpus %s; with the data at hand: invoicelab corpus import --from %s DIR --out %s", c.Path, m.Import, c.Path)
}

// finish plans the sweeps and hands every claim its trials.
func (p *planner) finish() (Plan, error) {
	type trials struct {
		list []experiments.Trial
		err  error
	}
	planned := map[string]trials{}
	known := map[string]experiments.Corpus{}
	describe := func(c config.Corpus) (experiments.Corpus, error) {
		id := c.String()
		if d, ok := known[id]; ok {
			return d, nil
		}
		ds, err := p.bench.Open(c)
		if err != nil {
			return experiments.Corpus{}, err
		}
		known[id] = experiments.Describe(ds)
		return known[id], nil
	}
	for _, id := range p.order {
		w := p.works[id]
		sweep := w.sweep.Only(w.wanted)
		list, err := experiments.Plan(sweep, describe)
		for _, name := range w.items {
			planned[name] = trials{list, err}
		}
		if err != nil {
			continue
		}
		costs := make([]float64, len(list))
		for i := range costs {
			costs[i] = w.cost
		}
		p.plan.Works = append(p.plan.Works, Work{Sweep: sweep, Trials: list, Costs: costs, For: w.items})
	}
	for i := range p.plan.Items {
		item := &p.plan.Items[i]
		m := item.Claim.Measure
		if m == nil || item.Absent != "" {
			continue
		}
		t := planned[item.Name()]
		if t.err != nil {
			item.Absent = t.err.Error()
			continue
		}
		item.Keys = keysOf(t.list, m.Levels(m.Variant))
		if m.Against != nil {
			item.Other = keysOf(t.list, m.Levels(m.Against))
		}
	}
	return p.plan, nil
}

// keysOf lists the trials of a variant.
func keysOf(trials []experiments.Trial, levels map[string]string) []string {
	var keys []string
	for _, t := range trials {
		fits := true
		for axis, level := range levels {
			fits = fits && t.Levels[axis] == level
		}
		if fits {
			keys = append(keys, t.Key)
		}
	}
	return keys
}
