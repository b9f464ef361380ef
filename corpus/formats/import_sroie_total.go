package formats

import (
	"strconv"
	"strings"
	"unicode"
)

// total finds the amount that a receipt's total stands for. The same amount
// often stands in several places; the place is chosen by the key words of
// its row (totalRank), the last of equals. Where the value starts with a
// currency and the word before the amount is that currency, it belongs to the
// field. A value that is no amount is found as other short fields are.
func (a *fieldAligner) total(value string) fieldMatch {
	want, ok := amountIn(value)
	if !ok {
		return a.inside(foldAlphanumeric(value))
	}
	best := fieldMatch{length: len(foldAlphanumeric(value))}
	bestRank := 0
	for i := range a.tokens {
		got, ok := amountIn(a.tokens[i].Text)
		if !ok || got.cents != want.cents || a.taken[i] {
			continue
		}
		if rank := a.totalRank(a.tokens[i].Line); best.quality == alignedNot || rank >= bestRank {
			best.quality, bestRank = alignedExact, rank
			best.start, best.end = i, i+1
		}
	}
	if best.quality == alignedNot {
		return best
	}
	i := best.start
	if i > 0 && want.currency != "" && a.tokens[i-1].Line == a.tokens[i].Line && !a.taken[i-1] &&
		strings.EqualFold(strings.Trim(a.tokens[i-1].Text, ":."), want.currency) {
		best.start--
	}
	if string(foldAlphanumeric(a.words(best))) != string(foldAlphanumeric(value)) {
		best.quality = alignedInside
	}
	return best
}

// amount is a sum of money with an optional currency before it.
type amount struct {
	currency string
	cents    int64
}

// amountIn reads the one amount with a fraction in a word such as "9.00",
// "RM9.00", "$1,009.00", ":9.00*" or "-9.00". A word with other letters after
// it, or with several numbers, is none.
func amountIn(word string) (amount, bool) {
	digits := strings.IndexFunc(word, func(r rune) bool { return r >= '0' && r <= '9' })
	if digits < 0 {
		return amount{}, false
	}
	before, number := word[:digits], word[digits:]
	end := strings.IndexFunc(number, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' })
	if end >= 0 {
		if strings.ContainsFunc(number[end:], func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '%' || r == '/' }) {
			return amount{}, false
		}
		number = number[:end]
	}
	number = strings.TrimRight(number, ".,")
	whole, fraction, ok := strings.Cut(number, ".")
	if !ok || len(fraction) < 1 || len(fraction) > 2 {
		return amount{}, false
	}
	if len(fraction) == 1 {
		fraction += "0"
	}
	cents, err := strconv.ParseInt(strings.ReplaceAll(whole, ",", "")+fraction, 10, 64)
	if err != nil {
		return amount{}, false
	}
	if strings.HasSuffix(before, "-") {
		cents = -cents
	}
	return amount{currency: strings.Trim(before, " :.-*=("), cents: cents}, true
}

// totalWords says which key words a line has.
type totalWords struct {
	total  bool // "total", but not of a subtotal, a saving or a number of items
	final  bool // a word of totals that are rounded or include everything
	settle bool // a word of rows that give the total without the word
	other  bool // a word of another amount: paid, given back, before tax
}

// totalWordsOf finds the key words of a line. Spaces do not matter: "SUB
// TOTAL" is a subtotal.
func totalWordsOf(line string) totalWords {
	text := strings.ReplaceAll(string(foldAlphanumeric(line)), "subtotal", "")
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	return totalWords{
		total:  has("total") && !has("saving", "discount", "qty", "quantity"),
		final:  has("round", "grand", "incl", "due", "payable", "nett", "final", "after"),
		settle: has("round", "amountdue", "amtdue", "balancedue", "payable", "netamt", "netamount", "tobepaid"),
		other: has("cash", "change", "tender", "excl", "visa", "mastercard", "credit", "paid", "payment",
			"taxable", "received"),
	}
}

// totalRank says how likely an amount in line i is the receipt's total, by
// the key words of its row, which is all lines that stand beside it: whose
// middle lies within its height, or the other way round. It is 3 for a total
// that is rounded or includes everything, 2 for another total, 1 for a row
// that says nothing and for a subtotal, 0 for an amount of another kind.
func (a *fieldAligner) totalRank(i int) int {
	var row totalWords
	l := a.lines[i]
	for k, o := range a.lines {
		middle, other := l.y0+l.y1, o.y0+o.y1
		if (other < 2*l.y0 || other > 2*l.y1) && (middle < 2*o.y0 || middle > 2*o.y1) {
			continue
		}
		w := a.ranks[k]
		row.total = row.total || w.total
		row.final = row.final || w.final
		row.settle = row.settle || w.settle
		row.other = row.other || w.other
	}
	switch {
	case row.other && !row.settle:
		return 0
	case row.total && row.final && !row.other:
		return 3
	case row.total, row.settle:
		return 2
	}
	return 1
}
