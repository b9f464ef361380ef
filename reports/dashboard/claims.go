package dashboard

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/claims"
)

// claimsPage is the ledger of published numbers against measured ones.
type claimsPage struct {
	Counts []verdictCount
	Only   string // verdict that is shown; empty for all
	Parts  []claimPart
	All    int
}

type verdictCount struct {
	Verdict, Class, Link string
	Count                int
	Here                 bool
}

// claimPart is the claims of one source.
type claimPart struct {
	Source string
	Rows   []claimRow
}

// claimRow is a claim as a page shows it.
type claimRow struct {
	claims.Row
	Class     string
	Published string
	Measured  string
	Interval  string // of Measured
	N         string
	Runs      []fact
}

// verdictClass is the class of a verdict.
var verdictClass = map[claims.Verdict]string{
	claims.Missing: "pending", claims.NotTestable: "pending", claims.Calibrated: "noise", claims.Inconclusive: "noise",
	claims.Reproduced: "better", claims.Better: "better", claims.Contradicted: "worse",
}

func (s *Server) claims(r *http.Request) (answer, error) {
	ledger, err := claims.FromStore(r.Context(), s.store)
	if err != nil {
		return answer{}, err
	}
	p := claimsPage{Only: r.URL.Query().Get("verdict"), All: len(ledger.Rows)}
	counts := ledger.Count()
	for _, v := range claims.Verdicts() {
		if counts[v] > 0 {
			p.Counts = append(p.Counts, verdictCount{string(v), verdictClass[v], link("/claims", "verdict", string(v)), counts[v], string(v) == p.Only})
		}
	}
	for _, row := range ledger.Rows {
		if p.Only != "" && string(row.Verdict) != p.Only {
			continue
		}
		if n := len(p.Parts); n == 0 || p.Parts[n-1].Source != row.Source {
			p.Parts = append(p.Parts, claimPart{Source: row.Source})
		}
		part := &p.Parts[len(p.Parts)-1]
		part.Rows = append(part.Rows, viewClaim(row))
	}
	return answer{name: "claims", title: "Claims", section: "claims", data: p}, nil
}

// shownKeys is how many runs a claim leads to.
const shownKeys = 12

func viewClaim(row claims.Row) claimRow {
	c := claimRow{Row: row, Class: verdictClass[row.Verdict]}
	c.Published = trimmed(row.Published[0])
	if row.Published[1] != row.Published[0] {
		c.Published += " to " + trimmed(row.Published[1])
	}
	c.Published = strings.TrimSpace(c.Published + " " + row.Unit)
	if m := row.Measured; m != nil {
		c.Measured = trimmed(m.Value)
		if m.Interval != nil {
			c.Interval = span(m.Interval, trimmed)
		}
	}
	if row.N > 0 {
		c.N = strings.TrimSpace(strconv.Itoa(row.N) + " " + row.Of)
	}
	for i, run := range row.Runs[:min(len(row.Runs), shownKeys)] {
		key := run
		if i < len(row.Keys) {
			key = row.Keys[i]
		}
		c.Runs = append(c.Runs, fact{Text: run, Link: runLink("/run", key)})
	}
	return c
}

// trimmed writes a figure in the unit of its claim: whole numbers and large
// ones in groups of three digits, others with four digits.
func trimmed(v float64) string {
	if a := math.Abs(v); a < 1e15 && (a >= 1000 || a == math.Trunc(a)) {
		return strings.Replace(thousands(int(math.Round(v))), "-", "−", 1)
	}
	return strings.Replace(strconv.FormatFloat(v, 'g', 4, 64), "-", "−", 1)
}
