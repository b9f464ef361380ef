package invoices_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/corpus"
)

// onlyDigits reads a number without its separators and signs of currency; all
// amounts of money have two decimals, so that gives cents.
func onlyDigits(t *testing.T, s string) int64 {
	t.Helper()
	var b strings.Builder
	for _, ch := range s {
		if ch >= '0' && ch <= '9' || ch == '-' {
			b.WriteRune(ch)
		}
	}
	n, err := strconv.ParseInt(b.String(), 10, 64)
	if err != nil {
		t.Fatalf("%q is not a number: %v", s, err)
	}
	return n
}

// hundredths reads a quantity or a percentage of up to two decimals; a
// separator before three digits is one of thousands.
func hundredths(t *testing.T, s string) int64 {
	t.Helper()
	s = strings.TrimSpace(strings.TrimSuffix(s, "%"))
	if k := strings.LastIndexAny(s, ".,"); k >= 0 {
		switch len(s) - k - 1 {
		case 1:
			return onlyDigits(t, s) * 10
		case 2:
			return onlyDigits(t, s)
		}
	}
	return onlyDigits(t, s) * 100
}

// charges are the entities whose amounts make up the subtotal of a bill.
var charges = strings.Fields("ITEM_TOTAL_COST RECURRING_AMOUNT USAGE_CHARGE PRORATION ROAMING_CHARGE EQUIPMENT_CHARGE SUPPLY_CHARGE PEAK_CHARGE OFF_PEAK_CHARGE")

// rounded is n/d, halves upwards, for n >= 0.
func rounded(n, d int64) int64 { return (2*n + d) / (2 * d) }

// Every labelled amount is read back from the text and checked against the
// others of its document, to the cent.
func TestAmountsAddUp(t *testing.T) {
	ds := cleanCorpus(t)
	checked := map[string]int{}
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
		v := values(ds, d)
		money := func(name string) (int64, bool) {
			if len(v[name]) == 0 {
				return 0, false
			}
			return onlyDigits(t, v[name][0]), true
		}
		sum := func(names ...string) (total int64) {
			for _, name := range names {
				for _, s := range v[name] {
					total += onlyDigits(t, s)
				}
			}
			return total
		}
		equal := func(what string, got, want int64) {
			t.Helper()
			checked[what]++
			if got != want {
				t.Errorf("%s (%s): %s: %d is not %d", d.ID, d.Template, what, got, want)
			}
		}
		total, hasTotal := money("TOTAL_AMOUNT")
		subtotal, hasSubtotal := money("SUBTOTAL")
		tax, hasTax := money("TAX_AMOUNT")
		discount, _ := money("DISCOUNT")
		paid, hasPaid := money("AMOUNT_PAID")
		balance, hasBalance := money("BALANCE_DUE")
		previous, hasPrevious := money("PREVIOUS_BALANCE")
		items := sum(charges...)
		if hasSubtotal {
			equal("lines make the subtotal", items, subtotal)
		}
		if d.Template != "waybill" && d.Template != "air_waybill" && hasTotal {
			net := items - discount
			inclusive := hasTax && d.Kind == "RECEIPT" && total == net
			switch {
			case inclusive:
				equal("lines make a total with its tax", net, total)
			case hasTax:
				equal("net and tax make the total", net+tax, total)
			default:
				equal("lines make an untaxed total", net, total)
			}
			if len(v["ITEM_TAX"]) > 0 {
				equal("taxes of the lines make the tax", sum("ITEM_TAX"), tax)
			} else if len(v["TAX_RATE"]) > 0 && hasTax {
				rate := hundredths(t, v["TAX_RATE"][0])
				if inclusive {
					equal("rate gives the contained tax", tax, rounded(net*rate, 10000+rate))
				} else {
					equal("rate gives the tax", tax, rounded(net*rate, 10000))
				}
			}
		}
		if hasPaid && hasBalance {
			equal("balance is what is not paid", balance, total-paid)
		}
		if hasPrevious && hasBalance {
			equal("balance carries the last one", balance, previous-sum("PAYMENT_RECEIVED")+total)
		}
		if len(v["REFUND_AMOUNT"]) > 0 {
			equal("refund is the total", sum("REFUND_AMOUNT"), total)
		}
		if len(v["ITEM_GROUP_SUBTOTAL"]) > 0 {
			equal("sections make the lines", sum("ITEM_GROUP_SUBTOTAL"), items)
		}
		if n := len(v["METER_READING_CURRENT"]); n > 0 && len(v["CONSUMPTION"]) == n && (d.Template != "dual_fuel" || n == 2) {
			var used int64
			for _, s := range v["CONSUMPTION"] {
				used += onlyDigits(t, s[:strings.LastIndex(s, " ")])
			}
			equal("readings give the consumption", used, sum("METER_READING_CURRENT")-sum("METER_READING_PREVIOUS"))
		}
		checkLines(t, ds, d, equal)
		if n := len(v["WEIGHT"]); (d.Template == "waybill" || d.Template == "air_waybill") && n == len(v["ITEM_DESCRIPTION"])+1 {
			var lots, weight int64 // the lots come first, their sum last
			for _, s := range v["WEIGHT"] {
				lots, weight = lots+weight, hundredths(t, s[:strings.LastIndex(s, " ")])
			}
			equal("lots make the weight", weight, lots)
		}
	})
	for _, what := range []string{
		"lines make the subtotal", "lines make a total with its tax", "net and tax make the total", "lines make an untaxed total",
		"taxes of the lines make the tax", "rate gives the tax", "rate gives the contained tax", "balance is what is not paid",
		"balance carries the last one", "refund is the total", "sections make the lines", "readings give the consumption",
		"lots make the weight", "quantity times price", "units times rate", "carried forward",
	} {
		if checked[what] < 30 {
			t.Errorf("%s: checked %d times only", what, checked[what])
		}
	}
}

// checkLines checks each line of the tables, and the sums at the boundaries
// of pages.
func checkLines(t *testing.T, ds *corpus.Dataset, d *corpus.Document, equal func(what string, got, want int64)) {
	t.Helper()
	var soFar int64
	line, cells := -1, map[string]string{}
	flush := func() {
		amount, found := int64(0), false
		for _, name := range charges {
			if s, ok := cells[name]; ok {
				amount, found = onlyDigits(t, s), true
			}
		}
		quantity, priced := cells["ITEM_QTY"]
		if price, ok := cells["ITEM_UNIT_COST"]; ok && found && priced {
			less := int64(0)
			if s, ok := cells["ITEM_DISCOUNT"]; ok {
				less = onlyDigits(t, s)
			}
			equal("quantity times price", amount, rounded(hundredths(t, quantity)*onlyDigits(t, price), 100)-less)
		}
		if rate, ok := cells["RATE_PER_UNIT"]; ok && found && priced {
			equal("units times rate", amount, rounded(onlyDigits(t, quantity)*onlyDigits(t, rate), 100)) // rates have four decimals
		}
		soFar += amount
		cells = map[string]string{}
	}
	for _, s := range d.Spans {
		if l := d.Tokens[s.Start].Line; l != line {
			flush()
			line = l
		}
		name := ds.Schema.Entities[s.Entity].Name
		cells[name] = spanText(d, s)
		if name == "CARRIED_FORWARD" {
			equal("carried forward", onlyDigits(t, cells[name]), soFar)
		}
	}
}
