package train

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/nn"
)

// Finding is something wrong with a run: what, by which evidence, and what to
// change.
type Finding struct {
	Name     string   `json:"name"`     // "groups_uniform", ...
	Evidence string   `json:"evidence"` // with the numbers that it rests on
	Changes  []string `json:"changes"`
}

// From where on findings are told.
const (
	uniformFrom = 0.9  // entropy of the group probabilities as a share of the greatest
	similarFrom = 0.5  // mean cosine between the prototypes of different entities
	crfFrom     = 0.75 // share of the weighted CRF loss in the total
	gapFrom     = 0.05 // F1 of frequent labels on the training split above that on validation
	stalledTo   = 0.5  // F1 of rare labels on the training split: above it they are learned, be it by heart
	lostFrom    = 0.1  // fall of the mean F1 of labels that an earlier stage had
	neverFrom   = 3    // training documents with a label that is predicted nowhere, not even in them
	enough      = 5000 // examples of a rare label that are wanted
)

// evidence is what findings are drawn from. What is not known is NaN or nil.
type evidence struct {
	model      nn.Spec
	history    []epochRecord
	entities   []string
	entropy    float64 // of the group probabilities of entity tokens, as a share of the greatest
	similarity float64 // mean cosine of prototypes of different entities
	closest    string  // the two that are most alike
	notFinite  string  // parameter

	// Only after a run, by entity.
	training, validation []float64 // F1, NaN without gold support
	gold                 []int     // spans of the validation split
	predicted            []int     // spans in the training and the validation split
	examples, documents  []int     // spans and documents of the training split
}

// epochRecord is what a checkpoint keeps of each epoch.
type epochRecord struct {
	Stage  int       `json:"stage"`
	CRF    float64   `json:"crf"`    // share of the weighted CRF loss in the total
	Active string    `json:"active"` // by entity: 1 where its labels are in the loss
	F1     []float64 `json:"f1"`     // on validation by entity, -1 without gold support
}

// findings draws conclusions; during a run the labels are not judged one by one.
func (e *evidence) findings() []Finding {
	var all []Finding
	add := func(name, evidence string, changes ...string) {
		all = append(all, Finding{name, evidence, changes})
	}
	if e.notFinite != "" {
		all = append(all, notFinite("parameter "+e.notFinite+" holds a number that is not finite"))
	}
	loss := e.model.Loss
	if e.entropy >= uniformFrom {
		add("groups_uniform", fmt.Sprintf("the group probabilities of entity tokens have %.0f %% of the greatest entropy", 100*e.entropy),
			raise("model.loss.group_weight", loss.Group, 0.5), "check the map from labels to groups in the schema")
	}
	if e.similarity >= similarFrom {
		add("prototypes_similar", fmt.Sprintf("the mean cosine between prototypes of different entities is %.2f (most alike: %s)", e.similarity, e.closest),
			raise("model.loss.separation_weight", loss.Separation, 0.05), raise("model.head.dim", float64(e.model.Head.Dim), 384))
	}
	if n := len(e.history); n > 0 && e.history[n-1].CRF >= crfFrom {
		lower := 0.3
		if loss.CRF <= lower {
			lower = loss.CRF / 2
		}
		add("crf_dominates", fmt.Sprintf("the CRF is %.0f %% of the loss of epoch %d", 100*e.history[n-1].CRF, n),
			fmt.Sprintf("lower model.loss.crf_weight from %g to %g", loss.CRF, lower), "start the CRF later: stages with curriculum.crf_weights that begin with 0")
	}
	if f, ok := e.lost(); ok {
		all = append(all, f)
	}
	if e.validation != nil {
		if f, ok := e.overfitted(); ok {
			all = append(all, f)
		}
		if f, ok := e.neverPredicted(); ok {
			all = append(all, f)
		}
	}
	return all
}

// raise suggests a greater value: the usual one, or twice what it is.
func raise(key string, from, to float64) string {
	if from >= to {
		to = 2 * from
	}
	return fmt.Sprintf("raise %s from %g to %g", key, from, to)
}

func notFinite(what string) Finding {
	return Finding{"not_finite", what, []string{"lower train.learning_rate", "set train.clip to 1", "look at the documents of the batch"}}
}

// FailureOf is the finding about a run that ended with an error of this text, if
// it is one: a *StepError that is NotFinite.
func FailureOf(text string) (Finding, bool) {
	if !strings.HasPrefix(text, notFinitePrefix) {
		return Finding{}, false
	}
	return notFinite(strings.TrimPrefix(text, notFinitePrefix)), true
}

// lost compares the entities that an earlier stage had with the last epoch of
// that stage.
func (e *evidence) lost() (Finding, bool) {
	n := len(e.history)
	if n == 0 {
		return Finding{}, false
	}
	now := e.history[n-1]
	worst, at := 0.0, -1
	var names []string
	for i := range n - 1 {
		was := e.history[i]
		if was.Stage == now.Stage || e.history[i+1].Stage == was.Stage {
			continue // not the end of an earlier stage
		}
		sum, count := 0.0, 0
		var fallen []string
		for l, f1 := range was.F1 {
			if f1 < 0 || was.Active[l] != '1' || now.F1[l] < 0 {
				continue
			}
			sum, count = sum+f1-now.F1[l], count+1
			if f1-now.F1[l] >= lostFrom {
				fallen = append(fallen, fmt.Sprintf("%s %.2f to %.2f", e.entities[l], f1, now.F1[l]))
			}
		}
		if count > 0 && sum/float64(count) >= lostFrom && sum/float64(count) > worst {
			worst, at, names = sum/float64(count), i, fallen
		}
	}
	if at < 0 {
		return Finding{}, false
	}
	return Finding{"stage_lost_labels",
		fmt.Sprintf("the labels of stage %d lost %.2f of mean F1 on validation since its end (epoch %d): %s", e.history[at].Stage+1, worst, at+1, few(names)),
		[]string{"make the last stage longer (curriculum.stage_epochs)", "lower train.learning_rate", "set curriculum.kind to none"}}, true
}

// overfitted compares the third of the labels with the most training documents
// with the third that has the fewest. That rare labels are missed on validation is no sign of it:
// a head that says them of all their training documents has too few of these, and draws them often enough.
func (e *evidence) overfitted() (Finding, bool) {
	var order []int
	for l := range e.entities {
		if e.documents[l] > 0 && !math.IsNaN(e.validation[l]) && !math.IsNaN(e.training[l]) {
			order = append(order, l)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return e.documents[b] - e.documents[a] })
	third := len(order) / 3
	if third == 0 {
		return Finding{}, false
	}
	gap, learned, found, fewest := 0.0, 0.0, 0.0, math.MaxInt
	var rare []string
	for _, l := range order[:third] {
		gap += (e.training[l] - e.validation[l]) / float64(third)
	}
	for _, l := range order[len(order)-third:] {
		learned += e.training[l] / float64(third)
		found += e.validation[l] / float64(third)
		fewest = min(fewest, e.examples[l])
		rare = append(rare, fmt.Sprintf("%s (%d examples)", e.entities[l], e.examples[l]))
	}
	if gap < gapFrom || learned > stalledTo {
		return Finding{}, false
	}
	return Finding{"frequent_overfit_rare_stall",
		fmt.Sprintf("the %d most frequent labels have %.2f more F1 on the training split than on validation, while the %d rarest have a mean F1 of %.2f on the training split and %.2f on validation: %s",
			third, gap, third, learned, found, few(rare)),
		append(e.moreOfRare(), fmt.Sprintf("find or make examples of the rare labels: the rarest has %d, %d are wanted", fewest, enough))}, true
}

// moreOfRare suggests what gives rare labels a greater part in training.
func (e *evidence) moreOfRare() []string {
	if e.model.Encoder.Kind == "sparse" { // each step sees all documents
		return []string{"lower train.l2"}
	}
	return []string{"put 6 to 8 documents with a rare label into each batch (curriculum.rare_per_batch)", "set curriculum.sampler to domain_balanced"}
}

// neverPredicted lists labels that training has and the model says nowhere. One that it says of
// its training documents alone is not among them: the head has learned it, from too little.
func (e *evidence) neverPredicted() (Finding, bool) {
	var names []string
	for l, name := range e.entities {
		if e.documents[l] >= neverFrom && e.predicted[l] == 0 {
			names = append(names, fmt.Sprintf("%s (%d training examples, %d in validation)", name, e.examples[l], e.gold[l]))
		}
	}
	if len(names) == 0 {
		return Finding{}, false
	}
	changes := []string{"find or make examples of these labels"}
	if e.model.Encoder.Kind != "sparse" && e.model.Loss.Kind != "combined" {
		changes = append(changes, "set model.loss.kind to combined")
	}
	return Finding{"label_never_predicted",
		fmt.Sprintf("%d labels are predicted in no training and no validation document: %s", len(names), few(names)), append(changes, e.moreOfRare()...)}, true
}

// few joins the first names of a list.
func few(names []string) string {
	const most = 8
	text := strings.Join(names[:min(len(names), most)], ", ")
	if n := len(names) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// entropyShare is the mean entropy of rows of probabilities, as a share of the
// greatest, over the rows that count.
func entropyShare(p []float32, groups int, counts func(row int) bool) (sum float64, rows int) {
	for row := 0; row*groups < len(p); row++ {
		if !counts(row) {
			continue
		}
		h := 0.0
		for _, v := range p[row*groups : (row+1)*groups] {
			if v > 0 {
				h -= float64(v) * math.Log(float64(v))
			}
		}
		sum, rows = sum+h/math.Log(float64(max(groups, 2))), rows+1
	}
	return sum, rows
}

// similarity is the mean cosine between prototypes of different entities (their
// B labels), and the two that are most alike. It is NaN for fewer than 2.
func similarity(prototypes []float32, dim int, names []string) (mean float64, closest string) {
	row := func(e int) []float32 { return prototypes[(1+2*e)*dim : (2+2*e)*dim] }
	dot := func(a, b []float32) (s float64) {
		for i := range a {
			s += float64(a[i]) * float64(b[i])
		}
		return s
	}
	sum, pairs, best := 0.0, 0, math.Inf(-1)
	for i := range names {
		for j := range i {
			a, b := row(i), row(j)
			c := dot(a, b) / math.Sqrt(max(dot(a, a)*dot(b, b), 1e-30))
			sum, pairs = sum+c, pairs+1
			if c > best {
				best, closest = c, fmt.Sprintf("%s and %s, %.2f", names[j], names[i], c)
			}
		}
	}
	if pairs == 0 {
		return math.NaN(), ""
	}
	return sum / float64(pairs), closest
}
