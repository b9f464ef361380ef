package audit

import (
	"strconv"
	"strings"
	"unicode"
)

// number reads a number as any of the locales writes it, in units of
// 1/10^places: 1,234.50, 1.234,50, 1 234,50, 1'234.50, (12.00), 12.00-, with
// or without a currency. A separator with one or two digits behind it, or
// with places digits where those are more, is a decimal point; one with three
// groups thousands. It is false where the text holds no number, more decimals
// than places, or two numbers.
func number(s string, places int) (int64, bool) {
	s = strings.TrimSpace(s)
	negative := strings.HasSuffix(s, "-") || strings.HasPrefix(s, "(")
	var groups []string // of digits
	var marks []string  // between them
	var digits, between strings.Builder
	for _, ch := range s {
		if ch >= '0' && ch <= '9' {
			if digits.Len() == 0 && len(groups) > 0 {
				marks = append(marks, between.String())
			}
			between.Reset()
			digits.WriteRune(ch)
			continue
		}
		if digits.Len() > 0 {
			groups = append(groups, digits.String())
			digits.Reset()
		}
		if !unicode.IsLetter(ch) && !unicode.Is(unicode.Sc, ch) && ch != '%' {
			between.WriteRune(ch)
		} else if len(groups) > 0 {
			between.WriteByte('x') // letters end a number
		}
		negative = negative || len(groups) == 0 && (ch == '-' || ch == '−')
	}
	if digits.Len() > 0 {
		groups = append(groups, digits.String())
	}
	if len(groups) == 0 {
		return 0, false
	}
	whole, part := groups, ""
	if n := len(groups); n > 1 {
		last := groups[n-1]
		point := marks[n-2] == "." || marks[n-2] == ","
		alone := n == 2 || marks[n-3] != marks[n-2] // the mark is not that of the groups before it
		if point && alone && len(last) != 3 || point && alone && len(last) == 3 && places == 3 || point && places > 3 && len(last) == places {
			whole, part = groups[:n-1], last
		}
	}
	for k, g := range whole[1:] {
		if len(g) != 3 {
			return 0, false
		}
		switch marks[k] {
		case ".", ",", " ", "'", "’", "\u00a0", "\u202f":
		default:
			return 0, false
		}
	}
	if len(part) > places {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.Join(whole, "")+part+strings.Repeat("0", places-len(part)), 10, 64)
	if err != nil {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// rounded is n/d, halves away from zero, for d > 0.
func rounded(n, d int64) int64 {
	if n < 0 {
		return -rounded(-n, d)
	}
	return (2*n + d) / (2 * d)
}
