package claims

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/stream"
)

// probeVersion changes when the same probe measures something else.
const probeVersion = "invoicelab probe 1"

// probeKey is the sha256, in hex, of all that a measurement depends on: its
// settings, the schema, the device and, for time and memory, the program. What
// a model finds is a matter of settings, as in the key of a trial.
func probeKey(c config.Claim, b Bench) string {
	p := *c.Probe
	e := p.Experiment
	e.Corpus = b.corpus(e.Corpus)
	revision := ""
	if p.What == config.Latency || p.What == config.Memory {
		revision = b.Revision
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s seed %d schema %s smaller %s\ndocuments %d repeats %d labels %q examples %d enough %v rules %s\nrevision %s device %s\n%s",
		probeVersion, p.What, p.Seed, c.Schema, p.Smaller, p.Documents, p.Repeats, p.Labels, p.Examples, p.Enough, p.Rules, revision, b.Device, e.YAML())
	return hex.EncodeToString(h.Sum(nil))
}

// readProbe reads a measurement and the revision of the program that made it.
func readProbe(ctx context.Context, store *experiments.Store, key string) (r Reading, revision string, found bool, err error) {
	p, found, err := store.Probe(ctx, key)
	if err != nil || !found {
		return r, "", found, err
	}
	if err := json.Unmarshal(p.Body, &r); err != nil {
		return r, "", false, fmt.Errorf("store %s: measurement %.12s: %w", store.Path(), key, err)
	}
	return r, p.Revision, true, nil
}

// Measured says whether the store has the item's measurement, and how long it took.
func (i Item) Measured(ctx context.Context, store *experiments.Store) (seconds float64, found bool, err error) {
	p, found, err := store.Probe(ctx, i.Probe)
	return p.Seconds, found, err
}

// Take makes the measurement of an item and stores it.
func (i Item) Take(ctx context.Context, store *experiments.Store, b Bench) error {
	start := time.Now()
	var r Reading
	var err error
	switch i.Claim.Probe.What {
	case config.Latency:
		r, err = latency(ctx, i, b)
	case config.Memory:
		r, err = memory(ctx, i, b)
	case config.Extend:
		r, err = extend(ctx, i, b)
	case config.Resolution:
		r, err = resolution(i, b)
	default:
		panic(fmt.Sprintf("claims: Take: probe %d", i.Claim.Probe.What))
	}
	if err != nil {
		return fmt.Errorf("claim %s: %w", i.Name(), err)
	}
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("claim %s: %w", i.Name(), err)
	}
	return store.AddProbe(ctx, experiments.Probe{
		Key: i.Probe, Kind: i.Claim.Probe.What.String(), Made: time.Now().UTC(), Seconds: time.Since(start).Seconds(), Revision: b.Revision, Device: b.Device, Body: body,
	})
}

// seedOf is the seed of a part of a probe.
func seedOf(p *config.Probe, part string) uint64 { return stream.New(p.Seed, "claims/"+part).Uint64() }
