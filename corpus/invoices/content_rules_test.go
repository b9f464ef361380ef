package invoices

import (
	"regexp"
	"strings"
	"testing"
)

// Key words that a rule of disambiguation names decide the label, so a key
// word of one field must not be one that the rules give to another.
func TestKeyWordsFollowTheRules(t *testing.T) {
	for _, c := range []struct {
		field field
		want  string // each key word has it; empty for no such rule
		never string
	}{
		{fServicePeriod, `usage|service rendered|coverage|service period`, `billing|invoice period|due date`},
		{fBillingPeriod, `billing cycle|invoice period|billing period`, `usage|service rendered|coverage`},
		{fWaybillNumber, `waybill|bill of lading|b/l|consignment note`, `tracking`},
		{fTrackingNumber, ``, `waybill|bill of lading`},
		{fAccountNumber, `account|customer|acct`, `\b(invoice|inv|bill)\b`},
		{fInvoiceNumber, ``, `\b(account|customer|acct)\b`},
		{fProjectCode, `project|work order|task`, `contract|agreement|\bpo\b`},
		{fContractNumber, `contract|agreement|\bpo\b`, `project|work order|task`},
		{fLotNumber, ``, `individual unit|each item|batch|serial`},
		{fBatchNumber, `batch`, `lot|serial`},
		{fSerialNumber, ``, `lot|batch`},
		{fPreviousBalance, ``, `page total|subtotal forward`},
		{fCarriedForward, ``, `outstanding|past due|arrears`},
	} {
		want, never := regexp.MustCompile(c.want), regexp.MustCompile(c.never)
		for _, key := range englishKeys[c.field] {
			if k := strings.ToLower(key); !want.MatchString(k) || never.MatchString(k) {
				t.Errorf("%s: key word %q", fieldNames[c.field], key)
			}
		}
	}
}

func TestWeightsOfFamilies(t *testing.T) {
	byDomain := map[string]int{}
	for _, f := range families {
		byDomain[f.domain] += f.weight
	}
	want := map[string]int{"general": 4000, "saas": 1200, "telecom": 1200, "logistics": 1000, "utilities": 1000, "healthcare": 800, "government": 400, "retail_pos": 400}
	for domain, w := range want {
		if byDomain[domain] != w {
			t.Errorf("%s: weights sum to %d, want %d", domain, byDomain[domain], w)
		}
	}
}

func TestRounding(t *testing.T) {
	for _, c := range []struct {
		a        cents
		num, den int64
		want     cents
	}{{1, 1, 2, 1}, {-1, 1, 2, -1}, {100, 825, 10000, 8}, {200, 825, 10000, 17}, {333, 1, 3, 111}, {10, 1, 4, 3}} {
		if got := c.a.scaled(c.num, c.den); got != c.want {
			t.Errorf("%d*%d/%d = %d, want %d", c.a, c.num, c.den, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	us := moneyForm{sep: ",", symbol: "$", inTable: true}
	de := moneyForm{point: ",", sep: ".", symbol: "€"}
	fr := moneyForm{point: ",", sep: " ", gap: true, symbol: "€"}
	ch := moneyForm{sep: "'", gap: true, symbol: "Fr."}
	plain := moneyForm{}
	for _, c := range []struct{ got, want string }{
		{us.number(123456789), "1,234,567.89"}, {us.cell(5), "$0.05"}, {us.withSymbol(-120050), "-$1,200.50"},
		{de.withSymbol(100000), "1.000,00€"}, {de.cell(99), "0,99"}, {plain.number(123456), "1234.56"},
		{us.rate(825), "8.25%"}, {us.rate(2000), "20%"}, {de.rate(550), "5,5%"}, {us.quantity(2450), "24.5"}, {us.quantity(120000), "1,200"}, {us.quantity(25), "0.25"},
		{de.decimal(15, 4), "0,0015"}, {fr.withSymbol(123456789), "1 234 567,89 €"}, {fr.rate(550), "5,5 %"}, {ch.withSymbol(123450), "Fr. 1'234.50"}, {ch.withSymbol(-5), "-Fr. 0.05"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
