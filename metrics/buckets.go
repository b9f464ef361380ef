package metrics

import "fmt"

// Bucket is a class of labels by the number of training documents that hold
// them.
type Bucket int

// The buckets, most frequent first.
const (
	Many Bucket = iota
	Medium
	Few
)

// BucketNames is indexed by Bucket.
var BucketNames = [...]string{Many: "many", Medium: "medium", Few: "few"}

// String is the bucket's name.
func (b Bucket) String() string { return BucketNames[b] }

// Thresholds part labels by training documents: Many has at least Many
// documents, Few fewer than Few, Medium the rest.
type Thresholds struct {
	Many int `json:"many"`
	Few  int `json:"few"`
}

// LongTail are the thresholds usual for long-tailed recognition (Liu et al.
// 2019, "Large-Scale Long-Tailed Recognition in an Open World"): more than 100
// examples are many, fewer than 20 few.
func LongTail() Thresholds { return Thresholds{Many: 101, Few: 20} }

// Of is the bucket of a label that so many training documents hold. It panics
// unless 0 <= Few <= Many.
func (th Thresholds) Of(documents int) Bucket {
	if th.Few < 0 || th.Few > th.Many {
		panic(fmt.Sprintf("metrics: Thresholds: few %d and many %d: expected 0 <= few <= many", th.Few, th.Many))
	}
	switch {
	case documents >= th.Many:
		return Many
	case documents < th.Few:
		return Few
	}
	return Medium
}

// Buckets gives the bucket of each label. A label that trainDocs lacks has no
// training document.
func Buckets(trainDocs map[string]int, labels []string, th Thresholds) []Bucket {
	buckets := make([]Bucket, len(labels))
	for i, l := range labels {
		buckets[i] = th.Of(trainDocs[l])
	}
	return buckets
}
