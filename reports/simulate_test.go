package reports_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/claims"
	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
	"github.com/invoicelab/invoicelab/reports"
)

// simulation describes results that no run has produced: a long-tailed label
// set, documents, and variants whose skill is set by their levels. Tests know
// therefore which way every figure must lean.
type simulation struct {
	labels, groups, docs int
	axes                 []config.Axis
	effect               map[string]float64 // of a level, in logits of finding an entity
	seeds                []uint64
	epochs, stages       int
}

// keys are the settings that the simulated axes make.
var keys = map[string]string{"head": "model.head.kind", "loss": "model.loss.kind", "curriculum": "curriculum.kind", "dropout": "model.encoder.dropout"}

func axis(name string, levels ...string) config.Axis {
	a := config.Axis{Name: name}
	for _, l := range levels {
		a.Levels = append(a.Levels, config.Level{Name: l, Set: []config.Setting{{Key: keys[name], Text: l}}})
	}
	return a
}

// eight is the sweep of 2 heads, 2 losses and 2 curricula.
func eight(labels, groups, docs int) simulation {
	return simulation{
		labels: labels, groups: groups, docs: docs,
		axes:   []config.Axis{axis("head", "linear", "hybrid"), axis("loss", "ce", "combined"), axis("curriculum", "none", "staged")},
		effect: map[string]float64{"hybrid": 0.5, "combined": 0.2, "staged": 0.02},
		seeds:  []uint64{1, 2}, epochs: 8, stages: 4,
	}
}

func digest(parts ...any) string {
	sum := sha256.Sum256(fmt.Append(nil, parts...))
	return hex.EncodeToString(sum[:])
}

func (s simulation) stream(parts ...any) *rand.Rand {
	sum := sha256.Sum256(fmt.Append(nil, parts...))
	var a, b uint64
	for i := range 8 {
		a, b = a<<8|uint64(sum[i]), b<<8|uint64(sum[8+i])
	}
	return rand.New(rand.NewPCG(a, b))
}

func poisson(r *rand.Rand, mean float64) int {
	n, p := 0, r.Float64()
	for limit := math.Exp(-mean); p > limit; n++ {
		p *= r.Float64()
	}
	return n
}

func (s simulation) labelName(i int) string {
	words := []string{"INVOICE", "TAX", "SUPPLIER", "LINE", "SHIPPING", "ACCOUNT", "METER", "PATIENT", "LOT", "CONTRACT"}
	tails := []string{"NUMBER", "DATE", "AMOUNT", "NAME", "ADDRESS", "CODE", "TOTAL", "RATE", "QUANTITY", "REFERENCE"}
	return fmt.Sprintf("%s_%s", words[i%10], tails[(i/10+i)%10])
}

// share is the share of documents that hold label i: a power law.
func (s simulation) share(i int) float64 { return 0.95 / math.Pow(float64(i+1), 0.9) }

func (s simulation) data() reports.Data {
	corpusDigest := digest("corpus", s.labels, s.docs)
	train := 10 * s.docs
	d := reports.Data{
		Sweep: config.Sweep{Name: "heads-losses-curricula", About: "Two heads, two losses and two curricula on a long-tailed label set.",
			Primary: "test/macro_f1", Seeds: s.seeds, Axes: s.axes},
		Corpus: corpus.Manifest{Name: "simulated", Source: "generated", Digest: corpusDigest,
			Splits: map[corpus.Split]corpus.Count{
				corpus.Train:      {Documents: train, Tokens: train * 180, Entities: train * 11},
				corpus.Validation: {Documents: s.docs, Tokens: s.docs * 180, Entities: s.docs * 11},
				corpus.Test:       {Documents: s.docs, Tokens: s.docs * 180, Entities: s.docs * 11},
			}},
		Resamples: 400, Seed: 7,
	}
	d.Sweep.Base = config.Default()
	d.Sweep.Base.Train.Epochs = s.epochs
	var walk func(axis int, levels map[string]string)
	walk = func(a int, levels map[string]string) {
		if a < len(s.axes) {
			for _, l := range s.axes[a].Levels {
				next := map[string]string{s.axes[a].Name: l.Name}
				for k, v := range levels {
					next[k] = v
				}
				walk(a+1, next)
			}
			return
		}
		for _, seed := range s.seeds {
			d.Outcomes = append(d.Outcomes, s.outcome(levels, seed, corpusDigest, train))
		}
	}
	walk(0, map[string]string{})
	d.Predictions = s.predictions(d.Outcomes)
	d.Ambiguous = func(a, b string) bool { // types that end alike
		_, ta, _ := strings.Cut(a, "_")
		_, tb, _ := strings.Cut(b, "_")
		return ta == tb
	}
	d.Claims = claims.Ledger{Rows: []claims.Row{
		{File: "guide", ID: "avg-f1", Source: "table 3", System: "hybrid", Metric: "macro F1", Says: "macro F1 of 52 %", Unit: "%", Published: [2]float64{51, 53}, Tolerance: 1,
			Measured: &experiments.Estimate{Value: 52.4, Interval: &[2]float64{51.2, 53.8}}, N: 4, Of: "seeds", Verdict: claims.Reproduced, Reason: "the intervals meet", Runs: []string{d.Outcomes[0].Run}, Corpora: []string{corpusDigest}},
		{File: "guide", ID: "rare-gain", Source: "section 2", System: "hybrid", Metric: "gain on rare types", Says: "+9 points", Unit: "points", Published: [2]float64{9, 9}, Tolerance: 1,
			Measured: &experiments.Estimate{Value: 3.1, Interval: &[2]float64{1.2, 5.4}}, N: 4, Of: "seeds", Verdict: claims.Contradicted, Reason: "wholly below", Runs: []string{d.Outcomes[1].Run}, Corpora: []string{corpusDigest}},
		{File: "guide", ID: "labels", Source: "section 1", Metric: "BIO labels", Says: "197 labels", Unit: "labels", Published: [2]float64{197, 197},
			Measured: &experiments.Estimate{Value: 197}, Exact: true, Verdict: claims.Reproduced, Reason: "counted"},
		{File: "guide", ID: "latency", Source: "section 9", System: "hybrid", Metric: "milliseconds a document", Says: "35 to 50 ms", Unit: "ms", Published: [2]float64{35, 50}, Lower: true, Verdict: claims.NotTestable, Reason: "of another machine"},
		{File: "guide", ID: "f1-linear", Source: "table 3", System: "linear", Metric: "macro F1", Says: "48 %", Unit: "%", Published: [2]float64{48, 48}, Tolerance: 1, Verdict: claims.Missing, Reason: "no run"},
	}}
	return d
}

// predictions turns the counts of each document into entities: every wrong one
// stands where an entity was missed, as long as there are such.
func (s simulation) predictions(outcomes []experiments.Outcome) func(run string) ([]experiments.Prediction, error) {
	return func(run string) ([]experiments.Prediction, error) {
		for i := range outcomes {
			o := &outcomes[i]
			if o.Key != run {
				continue
			}
			draw := s.stream("confidence", run)
			var all []experiments.Prediction
			for _, d := range o.Test.Docs {
				p := experiments.Prediction{Doc: d.Doc, Entities: []experiments.PredictedSpan{}, Missed: []experiments.GoldSpan{}}
				at := 0
				var wrong []string
				for _, l := range d.Labels {
					name := o.Test.Labels[l.Label]
					for range l.TP {
						p.Entities = append(p.Entities, experiments.PredictedSpan{Type: name, Start: at, End: at + 2, Confidence: 1 - 0.3*draw.Float64(), Correct: true})
						at += 2
					}
					for range l.Gold - l.TP {
						p.Missed = append(p.Missed, experiments.GoldSpan{Type: name, Start: at, End: at + 2})
						at += 2
					}
					for range l.Pred - l.TP {
						wrong = append(wrong, name)
					}
				}
				for k, name := range wrong {
					start := at + 2*k
					if k < len(p.Missed) && p.Missed[k].Type != name {
						start = p.Missed[k].Start
					}
					p.Entities = append(p.Entities, experiments.PredictedSpan{Type: name, Start: start, End: start + 2, Confidence: 0.2 + 0.75*draw.Float64()})
				}
				slices.SortFunc(p.Entities, func(a, b experiments.PredictedSpan) int { return a.Start - b.Start })
				all = append(all, p)
			}
			return all, nil
		}
		return nil, fmt.Errorf("no run %s", run)
	}
}

func (s simulation) outcome(levels map[string]string, seed uint64, corpusDigest string, train int) experiments.Outcome {
	skill := 0.0
	id := ""
	for _, a := range s.axes {
		skill += s.effect[levels[a.Name]]
		id += levels[a.Name] + "/"
	}
	key := digest("run", id, seed)
	o := experiments.Outcome{
		Run: key[:8], Key: key, Sweep: "heads-losses-curricula", Levels: levels, Seed: seed,
		CorpusDigest: corpusDigest, Revision: "0123456789ab", Device: "cpu avx2 1 thread (simulated)",
		TrainDocs: map[string]int{}, Groups: map[string]string{}, Metrics: map[string]float64{},
		Finished: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC), Seconds: 20 + float64(len(id)) + float64(seed),
	}
	luck := s.stream("luck", id, seed).NormFloat64() * 0.05
	logits := make([]float64, s.labels)
	for i := range s.labels {
		name := s.labelName(i)
		o.Test.Labels = append(o.Test.Labels, name)
		if s.groups > 0 {
			o.Groups[name] = []string{"financial_totals", "line_items", "document_metadata", "logistics",
				"utilities", "telecom", "subscription_saas", "supplier_info", "buyer_info", "banking", "accounting", "healthcare",
				"manufacturing", "retail_pos", "refunds", "government", "miscellaneous", "visual_elements", "structural"}[i*7%s.groups]
		}
		o.TrainDocs[name] = int(math.Round(s.share(i) * float64(train)))
		logits[i] = 2.6 + 0.75*math.Log(s.share(i)) + skill + luck + 0.7*s.stream("label", i).NormFloat64() +
			0.15*s.stream("label", i, id).NormFloat64()
	}
	for doc := range s.docs {
		gold := s.stream("gold", doc)
		guess := s.stream("guess", doc, id, seed)
		dc := metrics.DocCount{Doc: fmt.Sprintf("doc-%04d", doc), Domain: []string{"retail", "telecom"}[doc%2], Template: []string{"plain", "columns", "letter"}[doc/2%3]}
		for i := range s.labels {
			n := 0
			if gold.Float64() < s.share(i) {
				n = 1 + poisson(gold, 0.2)
			}
			p := 1 / (1 + math.Exp(-logits[i]))
			tp := 0
			for range n {
				if guess.Float64() < p {
					tp++
				}
			}
			wrong := poisson(guess, 0.25*s.share(i)*(1-p))
			if n+wrong > 0 {
				dc.Labels = append(dc.Labels, metrics.LabelCount{Label: int32(i),
					Count: metrics.Count{TP: int32(tp), Pred: int32(tp + wrong), Gold: int32(n)}})
			}
		}
		o.Test.Docs = append(o.Test.Docs, dc)
	}
	losses := s.stream("curve", id, seed)
	names := []string{"crf", "entity", "total"}
	if levels["head"] == "hybrid" {
		names = []string{"crf", "entity", "group", "separation", "total"}
	}
	for e := range s.epochs {
		stage := min(e*s.stages/s.epochs, s.stages-1)
		if levels["curriculum"] == "none" {
			stage = 0
		}
		for k, n := range names {
			v := (1 + 0.6*float64(k)) * math.Exp(-0.45*float64(e)-skill*0.4) * (1 + 0.06*losses.NormFloat64())
			o.Curves = append(o.Curves, experiments.Point{Name: "loss/" + n, Epoch: e, Stage: stage, Value: v})
		}
		rise := 1 - math.Exp(-0.5*float64(e+1))
		o.Curves = append(o.Curves,
			experiments.Point{Name: "validation/macro_f1", Epoch: e, Stage: stage, Value: (0.52 + 0.1*skill + luck*0.3) * rise},
			experiments.Point{Name: "validation/micro_f1", Epoch: e, Stage: stage, Value: (0.8 + 0.06*skill + luck*0.2) * rise})
	}
	for _, p := range o.Curves { // the last epoch is the best
		if strings.HasPrefix(p.Name, "validation/") {
			o.Metrics[p.Name] = p.Value
		}
	}
	experiment := config.Default()
	experiment.Train.Epochs = s.epochs
	for _, a := range s.axes {
		if err := experiment.Set(keys[a.Name], levels[a.Name]); err != nil {
			panic(err)
		}
	}
	o.Canonical = experiment.Canonical()
	return o
}
