package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/train"
	"github.com/urfave/cli/v2"
)

func predictCommand() *cli.Command {
	return &cli.Command{
		Name:      "predict",
		Usage:     "label documents with a trained model",
		ArgsUsage: "PATH",
		Description: `Examples:
  invoicelab predict --model model.safetensors corpora/mine
  invoicelab predict --model 3fa9 --store out/invoicelab.db documents.jsonl --out entities.jsonl
  invoicelab predict --model general.safetensors --route WAYBILL=waybills.safetensors documents.jsonl
PATH is the folder of a corpus, whose labels are not read, or a file of JSON lines, one document each:
  {"id": "7", "tokens": ["Total", "9.00"], "boxes": [[80,10,120,22],[130,10,160,22]], "kind": "INVOICE"}
with boxes in 0..1000 (needed if the model was trained with boxes); lines, pages, kind and columns may be left out.
Each line of the result has a document's entities: type, text, tokens from start to end (exclusive), page and boxes (one a
line of text), the probability that exactly these tokens are this entity, and the next best readings.
A model that reads hidden states needs those of the documents: --features FILE (see docs/features.md).`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "model", Usage: "`MODEL`: a file that train --out wrote, or the beginning of a run's id", Required: true},
			&cli.StringSliceFlag{Name: "route", Usage: "`KIND=MODEL`: label documents of this kind (INVOICE, WAYBILL, ...) with another model"},
			&cli.StringFlag{Name: "split", Usage: "only this `SPLIT` of a corpus: train, validation, test or heldout"},
			&cli.StringFlag{Name: "out", Usage: "`FILE` to write; standard output when absent"},
			&cli.BoolFlag{Name: "latency", Usage: "label one document at a time and print p50 and p95 on standard error"},
			&cli.BoolFlag{Name: "memory", Usage: "print the most memory that the process held on standard error"},
			featuresFlag, storeFlag, threadsFlag, deviceFlag,
		},
		Action: predictRun,
	}
}

func predictRun(c *cli.Context) error {
	if err := operands(c, "PATH"); err != nil {
		return err
	}
	if err := predictTo(c); err != nil || !c.Bool("memory") {
		return err
	}
	peak, err := peakMemory()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.App.ErrWriter, "%s%d bytes\n", memoryLine, peak)
	return err
}

// predictTo labels the documents and writes what is found.
func predictTo(c *cli.Context) error {
	be, err := device.Open(c.String("device"), c.Int("threads"))
	if err != nil {
		return usageError{err}
	}
	defer be.Close()
	r, err := openRouter(c, be)
	if err != nil {
		return err
	}
	defer r.close()
	docs, err := documentsToLabel(c.Args().First(), c.String("split"))
	if err != nil {
		return err
	}
	r.split = corpus.Split(c.String("split"))
	r.tellUnused(docs, c.App.ErrWriter)
	write := func(w io.Writer) error {
		if c.Bool("latency") {
			return r.timed(docs, w, c.App.ErrWriter)
		}
		return r.label(docs, w)
	}
	if path := c.String("out"); path != "" {
		return writeFile(path, write)
	}
	var whole bytes.Buffer // nothing half written when a document is bad
	if err := write(&whole); err != nil {
		return err
	}
	_, err = whole.WriteTo(c.App.Writer)
	return err
}

// router chooses the model of a document by its kind.
type router struct {
	all    *train.Tagger
	byKind map[string]*train.Tagger
	split  corpus.Split // of the documents; empty where they are of several or of none
}

func openRouter(c *cli.Context, be kernels.Backend) (*router, error) {
	r := &router{byKind: map[string]*train.Tagger{}}
	if err := r.open(c, be); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *router) open(c *cli.Context, be kernels.Backend) (err error) {
	if r.all, err = openTagger(c, be, c.String("model")); err != nil {
		return err
	}
	for _, text := range c.StringSlice("route") {
		kind, model, ok := strings.Cut(text, "=")
		if !ok || kind == "" || model == "" {
			return usagef("predict: --route %q: expected KIND=MODEL, such as WAYBILL=waybills.safetensors", text)
		}
		if r.byKind[kind] != nil {
			return usagef("predict: --route: kind %s twice", kind)
		}
		if r.byKind[kind], err = openTagger(c, be, model); err != nil {
			return err
		}
	}
	return r.useHidden(c.String("features"))
}

// useHidden gives hidden states to the models that read some.
func (r *router) useHidden(path string) error {
	used := false
	for _, t := range append([]*train.Tagger{r.all}, slices.Collect(maps.Values(r.byKind))...) {
		if path != "" && t.NeedsHidden() {
			if err := t.UseHidden(path); err != nil {
				return fmt.Errorf("predict: %w", err)
			}
			used = true
		}
	}
	if path != "" && !used {
		return usagef("predict: --features: no model here reads hidden states")
	}
	return nil
}

// openTagger opens a model file or the checkpoint of a run.
func openTagger(c *cli.Context, be kernels.Backend, model string) (*train.Tagger, error) {
	content, err := os.ReadFile(model)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(model, "./\\") {
		content, err = checkpointOf(c, model)
	}
	if err != nil {
		return nil, fmt.Errorf("predict: model: %w", err)
	}
	t, err := openModel(be, content, "")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", model, err)
	}
	return t, nil
}

var featuresFlag = &cli.StringFlag{Name: "features", Usage: "`FILE` with the hidden states of the documents, for a model that reads them"}

// openModel opens a model; features is the file of hidden states that its documents have,
// if it reads them.
func openModel(be kernels.Backend, content []byte, features string) (*train.Tagger, error) {
	t, err := train.OpenTagger(be, bytes.NewReader(content))
	if err != nil || features == "" {
		return t, err
	}
	if err := t.UseHidden(features); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

func checkpointOf(c *cli.Context, run string) ([]byte, error) {
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return store.Checkpoint(c.Context, run)
}

// tellUnused warns of routes that no document takes.
func (r *router) tellUnused(docs []corpus.Document, w io.Writer) {
	var kinds []string
	for i := range docs {
		if k := docs[i].Kind; k != "" && !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	slices.Sort(kinds)
	for _, kind := range slices.Sorted(maps.Keys(r.byKind)) {
		if !slices.Contains(kinds, kind) {
			fmt.Fprintf(w, "warning: --route %s: no document is of this kind%s\n", kind, didYouMean(kind, kinds))
		}
	}
}

func (r *router) close() {
	if r.all != nil {
		r.all.Close()
	}
	for _, t := range r.byKind {
		if t != nil {
			t.Close()
		}
	}
}

func (r *router) of(d *corpus.Document) *train.Tagger {
	if t := r.byKind[d.Kind]; t != nil {
		return t
	}
	return r.all
}

// label writes a line for every document, runs of documents of one model at once.
func (r *router) label(docs []corpus.Document, w io.Writer) error {
	for first := 0; first < len(docs); {
		t, last := r.of(&docs[first]), first+1
		for last < len(docs) && r.of(&docs[last]) == t && last-first < labelAtOnce {
			last++
		}
		tagged, err := t.TagSplit(r.split, docs[first:last])
		if err != nil {
			return fmt.Errorf("predict: %w", err)
		}
		for i := range tagged {
			if err := writeEntities(w, t, &docs[first+i], tagged[i]); err != nil {
				return err
			}
		}
		first = last
	}
	return nil
}

// labelAtOnce bounds the documents whose entities are in memory.
const labelAtOnce = 256

// timed labels one document at a time and reports the latency.
func (r *router) timed(docs []corpus.Document, w, report io.Writer) error {
	spent := make([]time.Duration, 0, len(docs))
	for i := range docs {
		start := time.Now()
		t := r.of(&docs[i])
		tagged, err := t.TagSplit(r.split, docs[i:i+1])
		if err != nil {
			return fmt.Errorf("predict: %w", err)
		}
		spent = append(spent, time.Since(start))
		if err := writeEntities(w, t, &docs[i], tagged[0]); err != nil {
			return err
		}
	}
	if len(spent) > 0 {
		slices.Sort(spent)
		at := func(share float64) time.Duration {
			return spent[min(int(share*float64(len(spent))), len(spent)-1)].Round(10 * time.Microsecond)
		}
		fmt.Fprintf(report, "%d documents one at a time, entities with confidence and alternatives: p50 %v, p95 %v a document\n", len(spent), at(0.5), at(0.95))
	}
	return nil
}

// documentEntities is a line of the result.
type documentEntities struct {
	ID       string       `json:"id"`
	Entities []entityLine `json:"entities"`
}

type entityLine struct {
	Type         string        `json:"type"`
	Text         string        `json:"text"`
	Start        int           `json:"start"` // token
	End          int           `json:"end"`   // exclusive
	Page         int           `json:"page"`  // from 0
	Boxes        [][4]int16    `json:"boxes,omitempty"`
	Confidence   float64       `json:"confidence"`
	Alternatives []otherEntity `json:"alternatives"`
}

type otherEntity struct {
	Type        string  `json:"type"` // "O" is no entity
	Probability float64 `json:"probability"`
}

func writeEntities(w io.Writer, t *train.Tagger, d *corpus.Document, tagged train.Tagged) error {
	line := documentEntities{ID: d.ID, Entities: []entityLine{}}
	entities := t.Schema().Entities
	for _, s := range tagged.Spans {
		e := entityLine{Type: entities[s.Entity].Name, Start: s.Start, End: s.End, Page: d.Tokens[s.Start].Page, Confidence: s.Confidence, Alternatives: []otherEntity{}}
		var words []string
		for i := s.Start; i < s.End; i++ {
			words = append(words, d.Tokens[i].Text)
			if !d.Boxed {
				continue
			}
			b := d.Tokens[i].Box
			if n := len(e.Boxes); n > 0 && d.Tokens[i].Line == d.Tokens[i-1].Line {
				o := &e.Boxes[n-1]
				*o = [4]int16{min(o[0], b.X0), min(o[1], b.Y0), max(o[2], b.X1), max(o[3], b.Y1)}
			} else {
				e.Boxes = append(e.Boxes, [4]int16{b.X0, b.Y0, b.X1, b.Y1})
			}
		}
		e.Text = strings.Join(words, " ")
		for _, a := range s.Alternatives {
			name := "O"
			if !a.None {
				name = entities[a.Entity].Name
			}
			e.Alternatives = append(e.Alternatives, otherEntity{name, a.Probability})
		}
		line.Entities = append(line.Entities, e)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(line)
}
