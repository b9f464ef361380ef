package train

import (
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

// shared counts the attributes that tokens a and b of d have in common.
func shared(t *testing.T, d *corpus.Document, boxed bool, a, b int, templates ...string) int {
	t.Helper()
	at, err := newAttributer("model.encoder.templates", templates, boxed)
	if err != nil {
		t.Fatal(err)
	}
	list, ends, err := at.attributes(d, nil, []int64{0})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, h := range list[ends[a]:ends[a+1]] {
		if slices.Contains(list[ends[b]:ends[b+1]], h) {
			n++
		}
	}
	return n
}

// Two tokens share an attribute if and only if all atoms of its template agree.
func TestTemplates(t *testing.T) {
	d := &corpus.Document{ID: "d"}
	for i, w := range strings.Fields("the Cat sat the cat SAT 12 34") {
		d.Tokens = append(d.Tokens, corpus.Token{Text: w, Columns: []string{[]string{"DT", "NN", "VB"}[i%3], ""}})
	}
	for _, c := range []struct {
		templates string
		a, b      int
		want      int
	}{
		{"word[0]", 0, 3, 1}, {"word[0]", 1, 4, 0}, {"lower[0]", 1, 4, 1},
		{"lower[-1]", 1, 4, 1}, {"lower[-1]", 1, 2, 0}, {"lower[1]", 0, 3, 1}, {"lower[1]", 2, 5, 0},
		{"lower[-1]|lower[0]", 1, 4, 1}, {"lower[-1]|word[0]", 1, 4, 0}, {"word[-1]|lower[1]", 1, 4, 1},
		{"lower[-1..1]", 1, 4, 3},
		{"digits[0]", 6, 7, 1}, {"shape[0]", 1, 5, 0}, {"short_shape[0]", 2, 4, 1},
		{"prefix2[0]", 0, 3, 1}, {"prefix4[0]", 0, 3, 0}, {"suffix2[0]", 1, 2, 1}, {"suffix3[0]", 1, 2, 0}, {"length[0]", 0, 1, 1}, {"length[0]", 5, 6, 0},
		{"column2[0]", 0, 3, 1}, {"column2[0]", 0, 4, 0}, {"column2[-1]|column2[0]", 1, 4, 1}, {"column3[0]", 0, 1, 0},
		{"word[0] lower[0]", 0, 3, 2},
		// The same value under another template or at another place is another attribute.
		{"lower[-1] lower[0]", 3, 4, 0}, {"lower[0]|lower[1] lower[1]|lower[0]", 0, 3, 2},
		{"word[-2]", 0, 1, 0}, // both have none
	} {
		if got := shared(t, d, false, c.a, c.b, strings.Fields(c.templates)...); got != c.want {
			t.Errorf("%s: tokens %d and %d share %d attributes, want %d", c.templates, c.a, c.b, got, c.want)
		}
	}
	first, last := shared(t, d, false, 0, 0, "word[-1]"), shared(t, d, false, 7, 7, "word[1]")
	if first != 1 || last != 1 {
		t.Errorf("begin and end are %d and %d attributes", first, last)
	}
}

func TestTemplatesOnPages(t *testing.T) {
	box := func(x, y int16) corpus.Box { return corpus.Box{X0: x, Y0: y, X1: x + 50, Y1: y + 10} }
	d := &corpus.Document{ID: "d", Boxed: true, Tokens: []corpus.Token{
		{Text: "Qty", Box: box(100, 10)}, {Text: "Sum", Box: box(300, 10)},
		{Text: "7", Box: box(100, 30), Line: 1}, {Text: "9", Box: box(300, 30), Line: 1},
		{Text: "8", Box: box(100, 50), Line: 2}, {Text: "9", Box: box(300, 50), Line: 2},
	}}
	for _, c := range []struct {
		template string
		a, b     int
		want     int
	}{
		{"lower[line]", 2, 3, 0}, {"lower[line]", 3, 5, 0}, {"lower[above]", 2, 3, 0}, {"lower[below]", 0, 1, 0}, {"lower[below]", 1, 3, 1},
		{"x0[0]", 0, 2, 1}, {"x0[0]", 0, 1, 0}, {"in_line[0]", 1, 5, 1},
	} {
		if got := shared(t, d, true, c.a, c.b, c.template); got != c.want {
			t.Errorf("%s: tokens %d and %d share %d attributes, want %d", c.template, c.a, c.b, got, c.want)
		}
	}
}

func TestBadTemplates(t *testing.T) {
	for text, want := range map[string]string{
		"lower":            `template "lower": expected field[offset], such as lower[-1]`,
		"lowr[0]":          `template "lowr[0]": no field is called "lowr" (did you mean "lower"?)`,
		"column1[0]":       `no field is called "column1"`,
		"lower[x]":         `template "lower[x]": "x" is no offset`,
		"lower[2..-2]":     `offsets 2 to -2; expected rising ones from -20 to 20`,
		"lower[0]|w[0]":    `no field is called "w"`,
		"lower[0..1]|x[0]": `a range cannot be joined with other fields`,
	} {
		if err := CheckTemplates([]string{text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
	if err := CheckTemplates([]string{"lower[-1..1]", "lower[0]"}); err == nil || err.Error() != `template "lower[0]" stands twice` {
		t.Errorf("twice: %v", err)
	}
	if _, err := newAttributer("model.encoder.templates", []string{"lower[above]"}, false); err == nil || !strings.Contains(err.Error(), `"lower[above]" needs boxes`) {
		t.Errorf("without boxes: %v", err)
	}
	a, err := newAttributer("model.encoder.templates", []string{"column2[0]"}, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.attributes(&corpus.Document{ID: "d7", Tokens: make([]corpus.Token, 1)}, nil, nil); err == nil || !strings.Contains(err.Error(), "column2: token 0 of document d7 has 1 column") {
		t.Errorf("without columns: %v", err)
	}
}
