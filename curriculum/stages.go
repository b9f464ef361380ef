package curriculum

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Doc is what the curriculum knows of a training document.
type Doc struct {
	Domain   string  // empty when the data has no domains
	Entities []int32 // entity of each span, repeated where a document holds several
	Tokens   int
}

// Plan is a curriculum for one training split.
type Plan struct {
	spec    Spec
	docs    []Doc
	active  [][]bool // per stage: entity -> has it a label in the loss
	pools   [][]int  // per stage: documents that are drawn, in their order
	starts  []int    // first epoch of each stage
	rare    []bool   // per document: holds a rare entity
	holding []int    // per entity: documents that hold it
}

// New plans a run of the given number of epochs over docs, whose entities are
// numbered below entities. A setting that has no effect on these data is an
// error that names it.
func New(spec Spec, docs []Doc, entities, epochs int) (*Plan, error) {
	p := &Plan{spec: spec, docs: docs, starts: []int{0}}
	p.markRare(entities)
	domains := map[string]bool{}
	for _, d := range docs {
		domains[d.Domain] = true
	}
	if err := spec.CheckData(Data{Documents: len(docs), Domains: len(domains), Holding: p.holding, Lengths: p.lengths()}); err != nil {
		return nil, err
	}
	if err := p.planStages(entities, epochs); err != nil {
		return nil, err
	}
	return p, nil
}

// Stages is the number of stages, 1 without a curriculum.
func (p *Plan) Stages() int { return len(p.starts) }

// Stage is the stage of an epoch, counted from 0.
func (p *Plan) Stage(epoch int) int {
	return sort.SearchInts(p.starts, epoch+1) - 1
}

// LastStart is the first epoch of the last stage, from which on early stopping
// and the choice of the best epoch count.
func (p *Plan) LastStart() int { return p.starts[len(p.starts)-1] }

// Active says of each entity whether its labels count in a stage. In the last
// stage all do.
func (p *Plan) Active(stage int) []bool { return p.active[stage] }

// planStages orders the entities by training frequency (spans, most frequent
// first or, in reverse, last; ties by id), or the documents by difficulty, and
// lets each stage take a longer prefix.
func (p *Plan) planStages(entities, epochs int) error {
	every, whole := make([]bool, entities), make([]int, len(p.docs))
	for e := range every {
		every[e] = true
	}
	for d := range whole {
		whole[d] = d
	}
	if p.spec.Staged() {
		n, what, order := entities, "entities", p.byFrequency(entities)
		switch p.spec.Kind {
		case "reverse":
			slices.Reverse(order)
		case "difficulty":
			n, what, order = len(p.docs), "documents", p.byDifficulty()
		}
		sizes, err := p.spec.stageSizes(n, what)
		if err != nil {
			return err
		}
		if err := p.spec.checkWeights(len(sizes) + 1); err != nil {
			return err
		}
		lengths, err := p.spec.stageEpochs(len(sizes), epochs)
		if err != nil {
			return err
		}
		for i, size := range sizes {
			active, pool := every, whole
			if p.spec.Kind == "difficulty" {
				pool = slices.Sorted(slices.Values(order[:size]))
			} else {
				active = make([]bool, entities)
				for _, e := range order[:size] {
					active[e] = true
				}
			}
			p.active, p.pools = append(p.active, active), append(p.pools, pool)
			p.starts = append(p.starts, p.starts[i]+lengths[i])
		}
	}
	p.active, p.pools = append(p.active, every), append(p.pools, whole)
	return nil
}

// stageSizes is the number of entities, or documents, of each stage but the last.
func (s Spec) stageSizes(all int, what string) ([]int, error) {
	sizes, key := s.Counts, "curriculum.counts"
	if len(sizes) > 0 && s.Kind == "difficulty" {
		return nil, fmt.Errorf("curriculum.counts: counts entities, so it has no effect with curriculum.kind difficulty; expected curriculum.shares, of the documents")
	}
	if len(s.Shares) > 0 {
		if len(s.Counts) > 0 {
			return nil, fmt.Errorf("curriculum.shares: excludes curriculum.counts, but both are given")
		}
		key, sizes = "curriculum.shares", nil
		for _, share := range s.Shares {
			if share <= 0 || share >= 1 || math.IsNaN(share) {
				return nil, fmt.Errorf("curriculum.shares: %v is not between 0 and 1 (the last stage, with all %s, is not listed)", share, what)
			}
			sizes = append(sizes, int(math.Round(share*float64(all))))
		}
	}
	if len(sizes) == 0 {
		if s.Kind == "difficulty" {
			return nil, fmt.Errorf("curriculum.kind: difficulty needs curriculum.shares")
		}
		return nil, fmt.Errorf("curriculum.kind: %s needs curriculum.counts or curriculum.shares", s.Kind)
	}
	before := 0
	for _, size := range sizes {
		if size <= before {
			return nil, fmt.Errorf("%s: a stage of %d %s after one of %d has no effect with %d %s", key, size, what, before, all, what)
		}
		if size >= all {
			return nil, fmt.Errorf("%s: a stage of %d %s has no effect with %d %s: it holds them all", key, size, what, all, what)
		}
		before = size
	}
	return sizes, nil
}

// stageEpochs is the length of each stage but the last. Without
// stage_epochs, the stages before the last share half of the epochs.
func (s Spec) stageEpochs(stages, epochs int) ([]int, error) {
	lengths := s.StageEpochs
	if len(lengths) == 0 {
		for range stages {
			lengths = append(lengths, max(1, epochs/(2*stages)))
		}
	}
	if len(lengths) != stages {
		return nil, fmt.Errorf("curriculum.stage_epochs: %d lengths for %d stages before the last", len(lengths), stages)
	}
	sum := 0
	for _, n := range lengths {
		if n < 1 {
			return nil, fmt.Errorf("curriculum.stage_epochs: a stage of %d epochs", n)
		}
		sum += n
	}
	if sum >= epochs {
		return nil, fmt.Errorf("curriculum.stage_epochs: %d epochs before the last stage leave none of train.epochs = %d for it", sum, epochs)
	}
	return lengths, nil
}

// byFrequency lists the entities by spans in the training documents, most
// frequent first, equal ones by id.
func (p *Plan) byFrequency(entities int) []int {
	spans := make([]int, entities)
	for _, d := range p.docs {
		for _, e := range d.Entities {
			spans[e]++
		}
	}
	order := make([]int, entities)
	for e := range order {
		order[e] = e
	}
	sort.SliceStable(order, func(i, j int) bool { return spans[order[i]] > spans[order[j]] })
	return order
}
