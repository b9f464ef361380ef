package main

import (
	"context"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/train"
)

// predictions keeps what a trial's model says of the test split.
func predictions(data *corpora, dev string, threads int) func(context.Context, experiments.Trial, train.Result) ([]experiments.Artifact, error) {
	return func(_ context.Context, t experiments.Trial, r train.Result) ([]experiments.Artifact, error) {
		ds, err := data.open(t.Experiment.Corpus)
		if err != nil {
			return nil, err
		}
		be, err := device.Open(dev, threads)
		if err != nil {
			return nil, err
		}
		defer be.Close()
		tagger, err := openModel(be, r.Checkpoint, t.Experiment.Model.Encoder.Features)
		if err != nil {
			return nil, err
		}
		defer tagger.Close()
		docs := ds.Docs[corpus.Test]
		tagged, err := tagger.TagSplit(corpus.Test, docs)
		if err != nil {
			return nil, err
		}
		tagged, err = train.Recast(tagged, tagger.Schema(), ds.Schema)
		if err != nil {
			return nil, err
		}
		file, err := experiments.PackPredictions(ds.Schema, docs, tagged)
		return []experiments.Artifact{file}, err
	}
}
