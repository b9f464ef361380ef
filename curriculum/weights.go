package curriculum

import "fmt"

// WeightList is a weight of a component of the loss in each stage.
type WeightList struct {
	Key       string // "curriculum.crf_weights"
	Component string // "entity", "group", "separation" or "crf"
	Values    []float64
}

// WeightLists are the weights that stages set, those that are given.
func (s Spec) WeightLists() []WeightList {
	var given []WeightList
	for _, l := range []WeightList{
		{"curriculum.entity_weights", "entity", s.EntityWeights}, {"curriculum.group_weights", "group", s.GroupWeights},
		{"curriculum.separation_weights", "separation", s.SeparationWeights}, {"curriculum.crf_weights", "crf", s.CRFWeights},
	} {
		if len(l.Values) > 0 {
			given = append(given, l)
		}
	}
	return given
}

// checkWeights holds the lists to a number of stages.
func (s Spec) checkWeights(stages int) error {
	for _, l := range s.WeightLists() {
		if len(l.Values) != stages {
			return fmt.Errorf("%s: %d weights for %d stages, the last included", l.Key, len(l.Values), stages)
		}
	}
	return nil
}
