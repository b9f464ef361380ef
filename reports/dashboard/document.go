package dashboard

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/corpus/draw"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/metrics"
)

// documentPage is a page of a test document under a run.
type documentPage struct {
	runHead
	Doc                  string
	Facts                []fact
	Picture              template.HTML
	Page, Pages          int
	Links                []pageLink
	Back, Next           string // documents beside it
	Entities             *table
	Right, Missed, Wrong int
	Crowded              bool // too many errors to write their names at once
	Waiting              bool
	Absent               string
	Note                 string
}

type pageLink struct {
	Number int
	Link   string // empty for the one that is shown
}

func (s *Server) document(r *http.Request) (answer, error) {
	h, err := s.runOf(r, "/run/errors")
	if err != nil {
		return answer{}, err
	}
	q := r.URL.Query()
	p := documentPage{runHead: h, Doc: q.Get("doc"), Page: 1}
	if text := q.Get("page"); text != "" {
		if p.Page, err = strconv.Atoi(text); err != nil || p.Page < 1 {
			return answer{}, wrong("page %q: expected 1 or more", text)
		}
	}
	o, err := s.outcome(r.Context(), h.Key)
	if err != nil {
		return answer{}, err
	}
	at := slices.IndexFunc(o.Test.Docs, func(d metrics.DocCount) bool { return d.Doc == p.Doc })
	if at < 0 {
		return answer{}, absent(fmt.Errorf("run %s was scored on no document %q", h.Run, p.Doc))
	}
	count := o.Test.Docs[at]
	if at > 0 {
		p.Back = link("/document", "id", h.Key, "doc", o.Test.Docs[at-1].Doc)
	}
	if at+1 < len(o.Test.Docs) {
		p.Next = link("/document", "id", h.Key, "doc", o.Test.Docs[at+1].Doc)
	}
	docs, ready, err := result(s.works, r.Context(), "documents/"+h.Corpus+"/"+h.Settings, func(ctx context.Context) (*collection, error) { return s.openCollection(ctx, h.Detail) })
	switch {
	case err != nil:
		p.Absent = "The documents of this run are not here: " + err.Error() + ". A path is looked for from the folder in which serve was started."
	case !ready:
		p.Waiting = true
	default:
		if err := s.drawDocument(r.Context(), &p, docs, o.Test.Labels, count); err != nil {
			return answer{}, err
		}
	}
	p.Facts = documentFacts(p, count)
	return answer{name: "document", title: p.Doc + " under run " + h.Run, section: "documents", waiting: p.Waiting, data: p}, nil
}

func documentFacts(p documentPage, count metrics.DocCount) []fact {
	facts := []fact{{Name: "Run", Text: p.Run, Link: runLink("/run", p.Key)}}
	for _, f := range []fact{{Name: "Domain", Text: count.Domain}, {Name: "Template", Text: count.Template}} {
		if f.Text != "" {
			facts = append(facts, f)
		}
	}
	gold, pred, tp := 0, 0, 0
	for _, l := range count.Labels {
		gold, pred, tp = gold+int(l.Gold), pred+int(l.Pred), tp+int(l.TP)
	}
	return append(facts, fact{Name: "Entities", Text: strconv.Itoa(gold)}, fact{Name: "Right", Text: strconv.Itoa(tp)}, fact{Name: "Missed", Text: strconv.Itoa(gold - tp)}, fact{Name: "Wrong", Text: strconv.Itoa(pred - tp)})
}

// drawDocument fills in the picture and the list of entities, or why there is
// none.
func (s *Server) drawDocument(ctx context.Context, p *documentPage, docs *collection, labels []string, count metrics.DocCount) error {
	doc, pages, err := docs.find(p.Doc)
	if err == nil {
		gold := map[string]int{}
		for _, l := range count.Labels {
			if l.Gold > 0 {
				gold[labels[l.Label]] = int(l.Gold)
			}
		}
		err = sameGold(doc, docs.schema, gold)
	}
	if err != nil {
		p.Absent = "Document " + p.Doc + " cannot be shown: " + err.Error() + "."
		return nil
	}
	p.Pages = len(pages)
	if p.Page > p.Pages {
		return absent(fmt.Errorf("document %s has %d pages", p.Doc, p.Pages))
	}
	for n := 1; n <= p.Pages && p.Pages > 1; n++ {
		l := pageLink{Number: n}
		if n != p.Page {
			l.Link = link("/document", "id", p.Key, "doc", p.Doc, "page", strconv.Itoa(n))
		}
		p.Links = append(p.Links, l)
	}
	predictions, err := s.store.Predictions(ctx, p.Key)
	if err != nil {
		p.Absent = "What the run says of the document is not known: " + err.Error() + "."
	}
	judged := judge(doc, docs.schema, predictions)
	var b bytes.Buffer
	if err := draw.JudgedSVG(&b, doc, pages, p.Page-1, judged); err != nil {
		p.Absent = err.Error()
		return nil
	}
	p.Picture = template.HTML(b.String()) // every text in it is escaped when drawn
	p.Entities = entityTable(doc, judged)
	for _, j := range judged {
		switch j.Judgement {
		case draw.Right:
			p.Right++
		case draw.Missed:
			p.Missed++
		case draw.Wrong:
			p.Wrong++
		}
	}
	p.Crowded = p.Missed+p.Wrong > mostNames
	scored := 0
	for _, l := range count.Labels {
		scored += int(l.TP)
	}
	if p.Absent == "" && scored != p.Right {
		p.Note = fmt.Sprintf("Scoring counted %d right at the end of the run; the boxes are of what the run wrote down afterwards, of which %d are.", scored, p.Right)
	}
	return nil
}

// mostNames is how many names of entities a picture holds that still can be
// read.
const mostNames = 24

// judge sets what a run predicts beside what a document holds, in reading
// order.
func judge(doc *corpus.Document, schema *corpus.Schema, predictions []experiments.Prediction) []draw.Judged {
	var all []draw.Judged
	type place struct {
		entity     string
		start, end int
	}
	found := map[place]bool{}
	if i := slices.IndexFunc(predictions, func(p experiments.Prediction) bool { return p.Doc == doc.ID }); i >= 0 {
		for _, e := range predictions[i].Entities {
			j := draw.Judged{Entity: e.Type, Start: e.Start, End: e.End, Judgement: draw.Wrong, Note: fmt.Sprintf("confidence %.2f", e.Confidence)}
			if e.Correct {
				j.Judgement = draw.Right
				found[place{e.Type, e.Start, e.End}] = true
			}
			all = append(all, j)
		}
	}
	for _, s := range doc.Spans {
		name := schema.Entities[s.Entity].Name
		if !found[place{name, s.Start, s.End}] {
			all = append(all, draw.Judged{Entity: name, Start: s.Start, End: s.End, Judgement: draw.Missed})
		}
	}
	slices.SortStableFunc(all, func(a, b draw.Judged) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return all
}

// entityTable lists the entities with their words.
func entityTable(doc *corpus.Document, judged []draw.Judged) *table {
	t := &table{ID: "entities", Caption: "Entities in reading order", Sortable: true, Columns: []column{{Name: "Entity type"}, {Name: "Words"}, {Name: ""}, {Name: "Page", Number: true}}}
	for _, j := range judged {
		words := make([]string, 0, j.End-j.Start)
		for _, k := range doc.Tokens[j.Start:j.End] {
			words = append(words, k.Text)
		}
		t.Rows = append(t.Rows, []cell{head(j.Entity, ""), text(firstLine(strings.Join(words, " "))), text(string(j.Judgement)).marked(string(j.Judgement)).titled(j.Note), whole(doc.Tokens[j.Start].Page + 1)})
	}
	return t
}
