package main

import (
	"errors"
	"fmt"
	"sync"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/invoices"
	"github.com/invoicelab/invoicelab/experiments"
)

// corpora keeps the documents of a sweep in memory, so that its trials share
// them; nobody changes them.
type corpora struct {
	mu   sync.Mutex
	byID map[string]*corpus.Dataset
}

func newCorpora() *corpora { return &corpora{byID: map[string]*corpus.Dataset{}} }

// open gives the documents that spec names.
func (c *corpora) open(spec config.Corpus) (*corpus.Dataset, error) {
	id := spec.String()
	c.mu.Lock()
	defer c.mu.Unlock()
	if ds, ok := c.byID[id]; ok {
		return ds, nil
	}
	ds, err := openCorpus(spec)
	if err != nil {
		return nil, err
	}
	c.byID[id] = ds
	return ds, nil
}

// describe is what planning needs to know of the documents that spec names.
func (c *corpora) describe(spec config.Corpus) (experiments.Corpus, error) {
	ds, err := c.open(spec)
	if err != nil {
		return experiments.Corpus{}, err
	}
	return experiments.Describe(ds), nil
}

// openCorpus makes or reads the documents that spec names, under its schema.
func openCorpus(spec config.Corpus) (*corpus.Dataset, error) {
	if spec.Preset != "" {
		return openPreset(spec)
	}
	var schema *corpus.Schema
	if spec.Schema != "" {
		var err error
		if schema, err = config.LoadSchema(spec.Schema); err != nil {
			return nil, err
		}
	}
	if spec.Generate != nil {
		if schema == nil {
			return nil, errors.New("corpus.schema: generated documents need a schema, such as full-197")
		}
		return invoices.Generate(schema, *spec.Generate)
	}
	ds, err := corpus.Open(spec.Path)
	if err != nil {
		return nil, err
	}
	if schema != nil {
		if err := ds.WithSchema(schema); err != nil {
			return nil, fmt.Errorf("corpus.schema: %w", err)
		}
	}
	return ds, nil
}

// openPreset makes a shipped corpus and compares its digest with that of the
// preset's file.
func openPreset(spec config.Corpus) (*corpus.Dataset, error) {
	p, err := config.LoadPreset(spec.Preset)
	if err != nil {
		return nil, err
	}
	schema, err := config.LoadSchema(p.Schema)
	if err != nil {
		return nil, err
	}
	ds, err := invoices.Generate(schema, p.Recipe)
	if err != nil {
		return nil, err
	}
	if err := p.Check(ds.Manifest.Digest); err != nil {
		return nil, err
	}
	ds.Manifest.Name = p.String()
	if spec.Schema != "" {
		if schema, err = config.LoadSchema(spec.Schema); err != nil {
			return nil, err
		}
		if err := ds.WithSchema(schema); err != nil {
			return nil, fmt.Errorf("corpus.schema: %w", err)
		}
	}
	return ds, nil
}
