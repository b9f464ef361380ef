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
}

// CheckData refuses, by name, settings that have no effect on the data: a
// stage that holds every entity or no more than the one before, a domain
// sampler without domains, rare documents where no entity is rare.
func (s Spec) CheckData(d Data) error {
	if s.Kind == "staged" {
		if _, err := s.stageSizes(len(d.Holding)); err != nil {
			return err
		}
	}
	if s.Sampler != "domain_balanced" {
		return nil
	}
	if d.Domains < 2 {
		return fmt.Errorf("curriculum.sampler: domain_balanced has no effect here: the training documents have no domains to balance")
	}
	any := slices.ContainsFunc(d.Holding, func(n int) bool { return n > 0 && s.rare(n, d.Documents) })
	if s.RarePerBatch > 0 && !any {
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
