package rules

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	amountForm = regexp.MustCompile(`^[(+-]?\s*(?:(?:\p{Sc}|\pL{1,3}\.?)\s*)?[(+-]?\s*\p{Sc}?\s*\d[\d.,'’\s]*[)+-]?\s*(?:\p{Sc}|\pL{1,3}\.?)?\s*\)?$`)
	dateForm   = regexp.MustCompile(`(?:^|[\s(–—-])(?:\d{1,2}|\d{4})[./-]\d{1,2}(?:[./-]\d{2,4})?\.?(?:$|[\s),–—-])`)
	yearForm   = regexp.MustCompile(`(?i)^(?:(?:q[1-4]|h[12]|week|kw|fy|quarter|year)\W*\d{0,4}\W*)?(?:19|20)\d{2}(?:\W+q[1-4])?$`)
	months     = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december|` +
		`januar|jänner|februar|märz|mai|juni|juli|oktober|dezember|okt|dez|` +
		`janvier|février|fevrier|mars|avril|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre|` +
		`enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|` +
		`gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|gen|mag|giu|lug|ago|set|ott|dic)(?:[^\pL]|$)`)
	plainWord = regexp.MustCompile(`^\p{Lu}?\p{Ll}{4,}[.,;]?$`)
	reads     = regexp.MustCompile(`\pL{2,}`)
)

// kindsOf says what a value may be. Where nothing fits it may be anything.
func kindsOf(value string) map[Kind]bool {
	value = strings.TrimSpace(value)
	kinds := map[Kind]bool{}
	fields := strings.Fields(value)
	month := months.MatchString(value)
	digits := strings.ContainsFunc(value, unicode.IsDigit)
	if amountForm.MatchString(value) {
		kinds[Amount] = true
	}
	if digits && (month || dateForm.MatchString(value) || yearForm.MatchString(value)) || month && len(fields) <= 4 {
		kinds[Period] = true
	}
	if digits && !month && !strings.ContainsFunc(value, func(ch rune) bool { return unicode.Is(unicode.Sc, ch) }) {
		kinds[Identifier] = isIdentifier(fields)
	}
	if reads.MatchString(value) && !kinds[Amount] && !(month && kinds[Period] && !strings.Contains(strings.TrimRight(value, ","), ", ")) && !(len(fields) == 1 && digits) {
		kinds[Address] = !onlyDates(fields)
	}
	for k, ok := range kinds {
		if !ok {
			delete(kinds, k)
		}
	}
	if len(kinds) == 0 {
		for _, k := range Kinds {
			kinds[k] = true
		}
	}
	return kinds
}

// isIdentifier says whether groups of letters and digits can be one number:
// at least half of them have a digit, and none is a word of running text.
func isIdentifier(fields []string) bool {
	const most = 6 // groups of a long number
	with := 0
	for _, f := range fields {
		if strings.ContainsFunc(f, unicode.IsDigit) {
			with++
		} else if plainWord.MatchString(f) || strings.HasSuffix(f, ",") {
			return false
		}
	}
	return len(fields) <= most && 2*with >= len(fields) && !strings.Contains(strings.Join(fields, " "), ", ")
}

// onlyDates says whether every word with letters is a month or joins dates.
func onlyDates(fields []string) bool {
	for _, f := range fields {
		w := strings.ToLower(strings.Trim(f, ".,;()"))
		if !reads.MatchString(w) || months.MatchString(w) {
			continue
		}
		switch w {
		case "to", "until", "through", "thru", "and", "from", "bis", "von", "au", "du", "al", "del", "dal", "st", "nd", "rd", "th":
			continue
		}
		if strings.ContainsFunc(w, unicode.IsDigit) && (strings.HasSuffix(w, "st") || strings.HasSuffix(w, "nd") || strings.HasSuffix(w, "rd") || strings.HasSuffix(w, "th")) {
			continue
		}
		return false
	}
	return true
}
