package audit

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
)

// domainShares are the published shares of the domains.
var domainShares = map[string]float64{
	"general": 0.40, "saas": 0.12, "telecom": 0.12, "logistics": 0.10, "utilities": 0.10, "healthcare": 0.08, "government": 0.04, "retail_pos": 0.04,
}

// labelShares are the bounds of the share of documents that have a label. The
// published figures are points (TAX_AMOUNT: 80 %) or ranges (LOT_NUMBER: 5 to
// 8 %); bounds lie 3 points around a point, and a fifth or so around a range.
var labelShares = []struct {
	least, most float64
	labels      []string
}{
	{0.95, 1, []string{"INVOICE_NUMBER", "INVOICE_DATE", "TOTAL_AMOUNT", "SUPPLIER_NAME"}},
	{0.77, 0.83, []string{"TAX_AMOUNT"}},
	{0.67, 0.73, []string{"SUBTOTAL"}},
	{0.57, 0.63, []string{"ITEM_SKU"}},
	{0.05, 0.10, []string{"SUBSCRIPTION_ID"}},
	{0.025, 0.06, []string{"WAYBILL_NUMBER", "METER_NUMBER", "ROAMING_CHARGE"}},
	{0.045, 0.085, []string{"LOT_NUMBER"}},
	{0.015, 0.035, []string{"PATIENT_ID"}},
	{0.008, 0.025, []string{"CAGE_CODE", "HANDWRITTEN_NOTE"}},
}

// beyondChance is the number of standard deviations from which a share is not
// chance: of a hundred shares in a thousand corpora, none is expected there.
const beyondChance = 5

// counter counts documents by domain and label.
type counter struct {
	documents int
	domains   map[string]int
	labels    []int // documents that have the label
	trained   []int // of the training split
	last      []int // 1-based document that had the label last
}

func newCounter(s *corpus.Schema) *counter {
	n := len(s.Entities)
	return &counter{domains: map[string]int{}, labels: make([]int, n), trained: make([]int, n), last: make([]int, n)}
}

func (c *counter) add(split corpus.Split, d *corpus.Document) {
	c.documents++
	c.domains[d.Domain]++
	for _, s := range d.Spans {
		if c.last[s.Entity] == c.documents {
			continue
		}
		c.last[s.Entity] = c.documents
		c.labels[s.Entity]++
		if split == corpus.Train {
			c.trained[s.Entity]++
		}
	}
}

// frequencies compares shares with the published ones, where the recipe does
// not ask for others, and the numbers of the recipe's tail.
func (a *auditor) frequencies() {
	c, r := a.counted, &a.recipe
	a.tail()
	if c.documents == 0 || r.Skew != 0 || r.TestLeast != 0 {
		return
	}
	for _, domain := range slices.Sorted(maps.Keys(domainShares)) {
		a.report.Checked["shares of domains"]++
		p := domainShares[domain]
		if share, wrong := a.off(c.domains[domain], p, p); wrong {
			a.find(Domain, Fault, place{}, "", "domain %s has %.1f%% of the documents, expected %.0f%%", domain, 100*share, 100*p)
		}
	}
	for _, domain := range slices.Sorted(maps.Keys(c.domains)) {
		if _, ok := domainShares[domain]; !ok {
			a.find(Domain, Fault, place{}, "", "%d documents of domain %q, which is none of the published ones", c.domains[domain], domain)
		}
	}
	if r.Tail != "" || r.Overlap != 0 {
		return
	}
	for _, bounds := range labelShares {
		for _, label := range bounds.labels {
			id, ok := a.schema.Lookup(label)
			if !ok {
				continue
			}
			a.report.Checked["frequencies of labels"]++
			if share, wrong := a.off(c.labels[id], bounds.least, bounds.most); wrong {
				a.find(Frequency, Fault, place{}, "", "%s is on %.1f%% of the documents, expected %.1f%% to %.1f%%", label, 100*share, 100*bounds.least, 100*bounds.most)
			}
		}
	}
}

// off gives the share that n documents are, and whether it lies further from
// the bounds than chance has it.
func (a *auditor) off(n int, least, most float64) (share float64, wrong bool) {
	all := float64(a.counted.documents)
	share = float64(n) / all
	far := func(p float64) bool { return math.Abs(share-p) > beyondChance*math.Sqrt(p*(1-p)/all) }
	return share, share < least && far(least) || share > most && far(most)
}

// tail compares the numbers of training documents that the recipe sets.
func (a *auditor) tail() {
	for part := range strings.FieldsSeq(strings.ReplaceAll(a.recipe.Tail, ",", " ")) {
		label, number, _ := strings.Cut(part, "=")
		want, err := strconv.Atoi(number)
		id, ok := a.schema.Lookup(label)
		if err != nil || !ok {
			a.find(Frequency, Fault, place{}, "", "the recipe's tail has %q, which is no label of the schema with a number", part)
			continue
		}
		a.report.Checked["the recipe's tail"]++
		if got := a.counted.trained[id]; got != want {
			a.find(Frequency, Fault, place{}, "", "%s is on %d training documents, the recipe sets %d", label, got, want)
		}
	}
}
