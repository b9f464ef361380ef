package dashboard

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
)

// count writes a number with its noun: "1 run", "12,000 runs".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// thousands writes a whole number in groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// dash stands for what is not known.
const dash = "–"

// figure writes a value with four decimals, large and small ones with four
// digits.
func figure(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "nan"
	case a == 0 || a >= 0.001 && a < 1000:
		return strconv.FormatFloat(v, 'f', 4, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// points writes a figure of 0 to 1 in points of 100, as compare does.
func points(v float64) string {
	if math.IsNaN(v) {
		return dash
	}
	return strconv.FormatFloat(100*v, 'f', 2, 64)
}

// signed is points with a sign; what rounds to zero has none.
func signed(v float64) string {
	if math.IsNaN(v) {
		return dash
	}
	s := strings.Replace(fmt.Sprintf("%+.2f", 100*v), "-", "−", 1)
	if strings.TrimLeft(s, "+−0.") == "" {
		return "0.00"
	}
	return s
}

// span writes the ends of an interval; empty where there is none.
func span(v *[2]float64, write func(float64) string) string {
	if v == nil {
		return ""
	}
	return write(v[0]) + " to " + write(v[1])
}

// estimate is a figure and, below it, its interval.
func estimate(e experiments.Estimate, write func(float64) string) cell {
	c := number(e.Value, write(e.Value))
	c.Sub = span(e.Interval, write)
	return c
}

func pValue(p *float64) string {
	switch {
	case p == nil || math.IsNaN(*p):
		return dash
	case *p < 0.001:
		return "< 0.001"
	}
	return strconv.FormatFloat(*p, 'f', 3, 64)
}

// seconds writes a time for people: 8.4 s, 194 s, 12 min, 3.1 h.
func seconds(s float64) string {
	switch {
	case math.IsNaN(s):
		return dash
	case s < 10:
		return strconv.FormatFloat(s, 'f', 1, 64) + " s"
	case s < 600:
		return strconv.FormatFloat(s, 'f', 0, 64) + " s"
	case s < 7200:
		return strconv.FormatFloat(s/60, 'f', 0, 64) + " min"
	}
	return strconv.FormatFloat(s/3600, 'f', 1, 64) + " h"
}

// when writes a time in UTC, and a dash for none.
func when(t time.Time) string {
	if t.IsZero() {
		return dash
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// short is the beginning of a digest or key that is enough to find it.
func short(digest string) string { return digest[:min(len(digest), 12)] }

// firstLine is the first line of a text, cut at 200 characters.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if r := []rune(line); len(r) > 200 {
		return string(r[:199]) + "…"
	}
	return line
}
