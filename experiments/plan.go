package experiments

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
)

// Corpus is what planning needs to know of the data that settings name.
type Corpus struct {
	Manifest corpus.Manifest // its digest is over documents and entity names
	Schema   *corpus.Schema  // as trained with: groups included
	Data     config.Data     // what settings are checked against

	documents *corpus.Dataset // what hidden states are checked against; nil where only the rest is known
}

// Describe sums up a corpus whose schema is the one to train with.
func Describe(ds *corpus.Dataset) Corpus {
	return Corpus{Manifest: ds.Manifest, Schema: ds.Schema, Data: config.DataOf(ds), documents: ds}
}

// Plan expands a sweep into its trials: every combination of levels (the last
// axis varies fastest) with every seed (faster still). describe is asked once
// for each distinct setting of the corpus. Settings without effect on the data
// are refused, and so are two combinations that come to the same settings:
// their trials would be one, counted twice. A trial on hidden states that are given has
// the digest of their file in its settings; the file must fit the data.
func Plan(s config.Sweep, describe func(config.Corpus) (Corpus, error)) ([]Trial, error) {
	var trials []Trial
	known, files := map[string]Corpus{}, hiddenFiles{}
	defer files.close()
	combination := map[string]string{} // trial key to the levels it came from
	for v, err := range s.Variants() {
		if err != nil {
			return nil, fmt.Errorf("sweep %s: %w", s.Name, err)
		}
		levels := map[string]string{}
		var names []string
		for i, a := range s.Axes {
			levels[a.Name] = a.Levels[v.Levels[i]].Name
			names = append(names, a.Name+"="+a.Levels[v.Levels[i]].Name)
		}
		where := fmt.Sprintf("sweep %s", s.Name)
		if len(names) > 0 {
			where += " (" + strings.Join(names, " ") + ")"
		}
		data, err := describeOnce(known, v.Experiment, describe)
		if err == nil {
			err = config.CheckAgainstData(v.Experiment, data.Data)
		}
		if err == nil {
			err = config.CheckPrimary(s.Primary, data.Data)
		}
		if err == nil {
			err = files.fill(&v.Experiment, data)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
		canonical := v.Experiment.Canonical()
		schema := config.SchemaHash(data.Schema)
		for _, seed := range s.Seeds {
			t := Trial{
				Key:        trialKey(canonical, seed, data.Manifest.Digest, schema),
				Levels:     levels,
				Seed:       seed,
				Experiment: v.Experiment,
				Canonical:  canonical,
				Corpus:     data.Manifest,
				Schema:     data.Schema,
			}
			if other, twice := combination[t.Key]; twice {
				return nil, fmt.Errorf("%s: the same settings and data as %s; give levels that differ", where, other)
			}
			combination[t.Key] = strings.Join(names, " ")
			trials = append(trials, t)
		}
	}
	return trials, nil
}

// describeOnce asks describe for a corpus that is not known yet.
func describeOnce(known map[string]Corpus, e config.Experiment, describe func(config.Corpus) (Corpus, error)) (Corpus, error) {
	id := e.Corpus.String()
	if c, ok := known[id]; ok {
		return c, nil
	}
	c, err := describe(e.Corpus)
	if err != nil {
		return c, err
	}
	if c.Schema == nil || c.Manifest.Digest == "" {
		panic("experiments: Plan: describe gave a corpus without schema or digest")
	}
	known[id] = c
	return c, nil
}

// keyVersion changes when the meaning of equal settings does, so that runs
// from before are not taken for runs from after.
const keyVersion = "invoicelab trial 1"

// trialKey is the sha256, in hex, of everything a trial's outcome depends on.
func trialKey(canonical string, seed uint64, digest, schema string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\nseed %d\ncorpus %s\nschema %s\n%s", keyVersion, seed, digest, schema, canonical)
	return hex.EncodeToString(h.Sum(nil))
}
