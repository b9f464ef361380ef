package curriculum

import (
	"fmt"
	"slices"
)

// Data is what settings are checked against.
type Data struct {
	Documents int   // of the training split
	Domains   int   // of these documents
	Holding   []int // training documents that hold each entity
	Lengths   int   // different numbers of tokens of these documents
}

// CheckData refuses, by name, settings that have no effect on the data: a
// stage that holds everything or no more than the one before, a measure of
// difficulty that all documents share, a domain sampler without domains, rare documents where no entity is rare.
func (s Spec) CheckData(d Data) error {
	rare := slices.ContainsFunc(d.Holding, func(n int) bool { return n > 0 && s.rare(n, d.Documents) })
	switch {
	case s.Kind == "difficulty":
		if _, err := s.stageSizes(d.Documents, "documents"); err != nil {
			return err
		}
		if s.Inactive != "mask" {
			return fmt.Errorf("curriculum.inactive: %s has no effect with curriculum.kind difficulty, whose stages have all entities", s.Inactive)
		}
		if s.Difficulty == "length" && d.Lengths < 2 {
			return fmt.Errorf("curriculum.difficulty: length has no effect here: all training documents have the same number of tokens")
		}
		if s.Difficulty == "rare_labels" && !rare {
			return fmt.Errorf("curriculum.difficulty: rare_labels has no effect here: no entity is in fewer than %v (curriculum.rare_share) of the training documents", s.RareShare)
		}
	case s.Staged():
		if _, err := s.stageSizes(len(d.Holding), "entities"); err != nil {
			return err
		}
	}
	if s.Sampler != "domain_balanced" {
		return nil
	}
	if d.Domains < 2 {
		return fmt.Errorf("curriculum.sampler: domain_balanced has no effect here: the training documents have no domains to balance")
	}
	if s.RarePerBatch > 0 && !rare {
		return fmt.Errorf("curriculum.rare_per_batch: %d has no effect here: no entity is in fewer than %v (curriculum.rare_share) of the training documents; set it to 0", s.RarePerBatch, s.RareShare)
	}
	if s.RarePerBatch > s.Batch {
		return fmt.Errorf("curriculum.rare_per_batch: %d is more than curriculum.batch = %d", s.RarePerBatch, s.Batch)
	}
	return nil
}

// rare says whether an entity that so many of the training documents hold is
// rare.
func (s Spec) rare(holding, documents int) bool {
	return float64(holding) < s.RareShare*float64(documents)
}
