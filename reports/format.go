package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/metrics"
)

// minus is the sign that has the width of a digit's plus.
const minus = "−"

// score writes an F1 with three decimals; a dash stands for what is not known.
func score(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

// signed writes a difference with its sign and three decimals.
func signed(v float64) string {
	switch s := strconv.FormatFloat(math.Abs(v), 'f', 3, 64); {
	case math.IsNaN(v):
		return "–"
	case s == "0.000":
		return s
	case v < 0:
		return minus + s
	default:
		return "+" + s
	}
}

// known says whether v has an interval.
func known(v metrics.Interval) bool { return !math.IsNaN(v.Low) && !math.IsNaN(v.High) }

// span writes the ends of an interval with write.
func span(v metrics.Interval, write func(float64) string) string {
	if !known(v) {
		return ""
	}
	return "[" + write(v.Low) + ", " + write(v.High) + "]"
}

func withSpan(v metrics.Interval, write func(float64) string) string {
	return strings.TrimSpace(write(v.Value) + " " + span(v, write))
}

// pValue writes p as papers do.
func pValue(p float64) string {
	switch {
	case math.IsNaN(p):
		return "–"
	case p < 0.001:
		return "< 0.001"
	default:
		return strconv.FormatFloat(p, 'f', 3, 64)
	}
}

// duration writes seconds for people: 8.4 s, 194 s, 12 min, 3.1 h.
func duration(seconds float64) string {
	switch {
	case math.IsNaN(seconds):
		return "–"
	case seconds < 10:
		return trimmed(seconds, 1) + " s"
	case seconds < 600:
		return trimmed(seconds, 0) + " s"
	case seconds < 7200:
		return trimmed(seconds/60, 0) + " min"
	default:
		return trimmed(seconds/3600, 1) + " h"
	}
}

// plural writes a count with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands writes n with thin groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	if n < 10_000 && n > -10_000 {
		return s
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// short gives the beginning of a digest or key that is enough to find it.
func short(digest string) string { return digest[:min(len(digest), 12)] }

// sentence begins s with a capital.
func sentence(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// metricWords are the names of metrics in sentences.
var metricWords = []struct{ name, words string }{
	{"micro_f1", "micro F1"}, {"macro_f1", "macro F1"}, {"weighted_f1", "weighted F1"},
	{"micro_precision", "micro precision"}, {"micro_recall", "micro recall"},
	{"macro_precision", "macro precision"}, {"macro_recall", "macro recall"},
	{"weighted_precision", "weighted precision"}, {"weighted_recall", "weighted recall"},
	{"token_accuracy", "token accuracy"},
	{"semantic_macro_f1", "macro F1 of the semantic labels"}, {"semantic_micro_f1", "micro F1 of the semantic labels"},
}

// metricName writes "test/macro_f1" as "macro F1 on the test split".
func metricName(metric string) string {
	split, name, ok := strings.Cut(metric, "/")
	if !ok {
		return metric
	}
	return metricShort(name) + fmt.Sprintf(" on the %s split", splitWord(split))
}

// splitName gives the split of "test/macro_f1" in words.
func splitName(metric string) string {
	split, _, _ := strings.Cut(metric, "/")
	return splitWord(split)
}

func splitWord(split string) string {
	if split == "heldout" {
		return "held-out"
	}
	return split
}

// metricShort writes "macro_f1", with or without its split, as "macro F1".
func metricShort(metric string) string {
	name := metric[strings.LastIndex(metric, "/")+1:]
	for _, m := range metricWords {
		if m.name == name {
			return m.words
		}
	}
	return strings.ReplaceAll(name, "_", " ")
}
