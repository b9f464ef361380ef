package dashboard

import (
	"html/template"
	"math"
	"strconv"
)

// table is a table of a page.
type table struct {
	ID, Caption string
	Columns     []column
	Rows        [][]cell
	// Sortable tables are sorted and filtered by the script; others, which are
	// parts of longer ones, by their links.
	Sortable bool
	Tall     bool // shown whole, not in a box of its own
}

type column struct {
	Name, Title string
	Number      bool
	Link        string // that sorts by it
	Order       string // "ascending" or "descending" where it is sorted by
}

// cell is what a cell shows, and Value by what it is sorted where that is a
// number.
type cell struct {
	Text, Sub, Title string
	Link             string
	Value            string
	Mark             string // class: a state or a verdict
	Head, Number     bool
	Tags             []string
	Pick             string // value of a box to tick
	Drawing          template.HTML
}

func text(s string) cell { return cell{Text: s} }

func head(s, link string) cell { return cell{Text: s, Link: link, Head: true} }

// number is a cell that sorts by v.
func number(v float64, text string) cell {
	c := cell{Text: text, Number: true}
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		c.Value = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return c
}

func whole(n int) cell { return number(float64(n), thousands(n)) }

// titled adds what is shown when a cell is pointed at.
func (c cell) titled(title string) cell {
	c.Title = title
	return c
}

// marked gives a cell the class of a state or verdict.
func (c cell) marked(mark string) cell {
	c.Mark = mark
	return c
}
