package experiments

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/train"
)

// Prediction is what a run says of one document of the test split.
type Prediction struct {
	Doc      string          `json:"doc"`
	Entities []PredictedSpan `json:"entities"`
	// Missed are the entities of the document that are not among Entities. nil,
	// not empty, in runs of programs that did not record them.
	Missed []GoldSpan `json:"missed"`
}

// GoldSpan is an entity of a document.
type GoldSpan struct {
	Type  string `json:"type"`
	Start int    `json:"start"`
	End   int    `json:"end"` // exclusive
}

// PredictedSpan is a predicted entity, and whether the document has exactly it.
type PredictedSpan struct {
	Type       string  `json:"type"`
	Start      int     `json:"start"`
	End        int     `json:"end"`        // exclusive
	Confidence float64 `json:"confidence"` // as train.TaggedSpan has it
	Correct    bool    `json:"correct"`    // type, start and end are those of an entity of the document
}

// PackPredictions makes the artifact of what a model said of documents, both in the
// labels of schema (train.Recast). Equal input gives equal bytes.
func PackPredictions(schema *corpus.Schema, docs []corpus.Document, tagged []train.Tagged) (Artifact, error) {
	if len(docs) != len(tagged) {
		panic(fmt.Sprintf("experiments: PackPredictions: %d documents, %d labelled", len(docs), len(tagged)))
	}
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	enc := json.NewEncoder(zip)
	enc.SetEscapeHTML(false)
	for i, d := range docs {
		gold := map[corpus.Span]bool{}
		for _, s := range d.Spans {
			gold[s] = true
		}
		p := Prediction{Doc: d.ID, Entities: []PredictedSpan{}, Missed: []GoldSpan{}}
		found := map[corpus.Span]bool{}
		for _, s := range tagged[i].Spans {
			found[s.Span] = true
			p.Entities = append(p.Entities, PredictedSpan{schema.Entities[s.Entity].Name, s.Start, s.End, s.Confidence, gold[s.Span]})
		}
		for _, s := range d.Spans {
			if !found[s] {
				p.Missed = append(p.Missed, GoldSpan{schema.Entities[s.Entity].Name, s.Start, s.End})
			}
		}
		if err := enc.Encode(p); err != nil {
			return Artifact{}, fmt.Errorf("predictions of document %s: %w", d.ID, err)
		}
	}
	if err := zip.Close(); err != nil {
		return Artifact{}, fmt.Errorf("predictions: %w", err)
	}
	return Artifact{KindPredictions, b.Bytes()}, nil
}

// Predictions reads what a finished run said of the test split, in the order
// of its documents.
func (s *Store) Predictions(ctx context.Context, prefix string) ([]Prediction, error) {
	content, err := s.artifactOf(ctx, prefix, KindPredictions)
	if err != nil {
		return nil, err
	}
	bad := func(err error) error { return fmt.Errorf("run %s: predictions: %w", prefix, err) }
	zip, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, bad(err)
	}
	var all []Prediction
	for dec := json.NewDecoder(zip); ; {
		var p Prediction
		if err := dec.Decode(&p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, bad(err)
		}
		all = append(all, p)
	}
}

// Patch reads the changes of the source tree that a run was made with.
func (s *Store) Patch(ctx context.Context, prefix string) ([]byte, error) {
	return s.artifactOf(ctx, prefix, kindPatch)
}
