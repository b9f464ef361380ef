package invoices_test

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
)

// forms are the texts that an entity may have, whole.
var forms = map[string]string{
	"INVOICE_NUMBER":         `[A-Z0-9/-]{4,16}`,
	"PURCHASE_ORDER_NUMBER":  `PO-\d{4,6}|45\d{8}|P\d{5,6}|PO\d\d-\d{4}`,
	"SUPPLIER_VAT":           `\d\d-\d{7}|ATU\d{8}|CHE-\d{3}\.\d{3}\.\d{3}( MWST)?|(ES)?[AB]\d{8}|(IT)?0\d{10}|GB ?\d{3} ?\d{4} ?\d\d|DE\d{9}|NL\d{9}B\d\d|FR\d{11}|\d{9}RT\d{4}|\d\d \d{3} \d{3} \d{3}`,
	"SUPPLIER_EMAIL":         `[a-z]+@[a-z]+(\.[a-z]+)+`,
	"BUYER_EMAIL":            `[a-z._]+@[a-z]+(\.[a-z]+)+`,
	"SUPPLIER_PHONE":         `[+(]?[\d() ./-]{8,18}`,
	"BUYER_PHONE":            `[+(]?[\d() ./-]{8,18}`,
	"CURRENCY":               `USD|GBP|EUR|CAD|AUD|CHF`,
	"BASE_CURRENCY":          `USD|GBP|EUR|CHF|JPY|SEK`,
	"EXCHANGE_RATE":          `(1 [A-Z]{3} = )?\d[.,]\d{4}( [A-Z]{3})?`,
	"TAX_RATE":               `\d{1,2}([.,]\d{1,2})? ?%`,
	"ITEM_QTY":               `\d{1,3}([.,' ]\d{3})?([.,]\d{1,2})?|\d{4}`,
	"SUBSCRIPTION_ID":        `SUB-[A-Z0-9]{7}|sub_[a-z0-9]{10}|S-\d{8}`,
	"LICENSE_COUNT":          `\d{1,3}`,
	"ACCOUNT_NUMBER":         `ACCT-\d{6}|\d{4}-\d{4}-\d\d|\d{8,10}|(C|K|AC)\d{5,6}`,
	"WAYBILL_NUMBER":         `WB-20\d\d-\d{6}|\d{3}-\d{8}|(BOL|BL|CMR)\d{7}`,
	"TRACKING_NUMBER":        `1Z[A-Z0-9]{16}|\d{12}`,
	"METER_NUMBER":           `MTR-\d{7}|[EGWS]\d\d[A-Z]\d{6}|\d{8}`,
	"METER_READING_CURRENT":  `\d{4,5}`,
	"METER_READING_PREVIOUS": `\d{4,5}`,
	"CONSUMPTION":            `\d{1,3}([.,' ]?\d{3})? (kWh|therms|m3|kl|CCF|MWh)`,
	"RATE_PER_UNIT":          `\d[.,]\d{4}`,
	"DATA_USAGE":             `\d{3} MB|\d{1,2}[.,]\d GB`,
	"WEIGHT":                 `\d{1,2}?\d?([.,' ]?\d{3})?([.,]\d)? (kg|lbs)`,
	"VOLUME":                 `\d{1,2}[.,]\d\d (m3|cbm)`,
	"INCOTERMS":              `(EXW|FCA|FOB|CFR|CIF|CPT|CIP|DAP|DDP|FAS)( [\pL.]+)*`,
	"CREDIT_MEMO_NUMBER":     `(CN-?|CM-|CR)(\d{6}|20\d\d-\d{4})`,
	"PATIENT_ID":             `PT-\d{6}|MRN\d{8}|\d{3}-\d\d-\d{3}`,
	"PROCEDURE_CODE":         `\d{5}|[JGQ]\d{4}`,
	"INSURANCE_CLAIM_NUMBER": `CLM-20\d\d-\d{6}|CL\d{8}|[A-Z]{3}\d{9}`,
	"CONTRACT_NUMBER":        `\d{9,12}|[WNFS]\d{3}[A-Z]{2}-\d\d-[CDPM]-\d{4}|GS-\d\dF-\d{4}[A-Z]`,
	"CAGE_CODE":              `\d[A-HJ-NP-Z0-9]{3}\d`,
	"PROJECT_CODE":           `[A-Z]{2,4}-\d{4}`,
	"COST_CENTER":            `CC-\d{4}|CC\d{5}|\d{4}`,
	"GL_CODE":                `\d{4}-\d{3}|GL-\d{5}|\d{6}`,
	"LOT_NUMBER":             `LOT-20\d\d-\d{4}|LOT-\d{6}|L\d{5}`,
	"BATCH_NUMBER":           `BATCH-\d{4,5}|B\d{4}[A-D]`,
	"SERIAL_NUMBER":          `[A-Z]{2}\d{10}`,
	"REGISTER_NUMBER":        `\d\d|REG-\d\d|R\d{1,2}|POS\d\d`,
	"CASHIER_ID":             `\d{3,4}|C\d{4}|EMP\d{3}`,
	"SWIFT_CODE":             `[A-Z]{4}(US|GB|DE|NL|FR|CA|AU|AT|CH|ES|IT)[A-Z][A-Z0-9]([A-Z0-9]{3})?`,
	"BANK_ACCOUNT":           `\d{7,12}`,
	"PAGE_NUMBER":            `(Page|Seite|Blatt|Página|Pág\.|Pagina|Pag\.):? \d( (of|von|sur|de|di) \d)?|\d / \d`,
	"ITEM_SKU":               `[A-Z]{2}-\d{4}|\d{6}|\d{13}|[A-Z]{3}\d{3}|\d\d\.\d{4}`,
	"PO_LINE_ITEM":           `\d{2,5}`,
}

// amounts of money have two decimals and at times a sign of currency.
const moneyForm = `(Fr\. )?[$£€]?\d{1,3}([.,' ]?\d{3})*[.,]\d\d( ?€)?`

func TestTextsHaveTheFormOfTheirEntity(t *testing.T) {
	ds := cleanCorpus(t)
	compiled := map[string]*regexp.Regexp{}
	for name, form := range forms {
		compiled[name] = regexp.MustCompile(`^(?:` + form + `)$`)
	}
	money := strings.Fields("TOTAL_AMOUNT TAX_AMOUNT SUBTOTAL DISCOUNT AMOUNT_PAID BALANCE_DUE PREVIOUS_BALANCE PAYMENT_RECEIVED REFUND_AMOUNT CARRIED_FORWARD ITEM_GROUP_SUBTOTAL ITEM_UNIT_COST ITEM_TAX ITEM_DISCOUNT")
	for _, name := range append(money, charges...) {
		compiled[name] = regexp.MustCompile(`^(?:` + moneyForm + `)$`)
	}
	seen := map[string]int{}
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
		for name, texts := range values(ds, d) {
			for _, s := range texts {
				switch form := compiled[name]; {
				case form != nil && !form.MatchString(s):
					t.Errorf("%s (%s): %s %q is not of the form %s", d.ID, d.Template, name, s, form)
				case strings.HasSuffix(name, "_DATE") && !isDate(s):
					t.Errorf("%s (%s): %s %q is no date", d.ID, d.Template, name, s)
				}
				seen[name]++
			}
		}
	})
	for name := range compiled {
		if seen[name] == 0 {
			t.Errorf("no %s was seen", name)
		}
	}
}

// months translates the names of months; those of one language that another
// one begins with come later.
var months = strings.NewReplacer(
	"January", "January", "February", "February", "Januar", "January", "Februar", "February", "März", "March", "Mai", "May", "Juni", "June", "Juli", "July", "Oktober", "October", "Dezember", "December",
	"janvier", "January", "février", "February", "mars", "March", "avril", "April", "mai", "May", "juin", "June", "juillet", "July", "août", "August", "septembre", "September", "octobre", "October", "novembre", "November", "décembre", "December",
	"enero", "January", "febrero", "February", "marzo", "March", "abril", "April", "mayo", "May", "junio", "June", "julio", "July", "agosto", "August", "septiembre", "September", "octubre", "October", "noviembre", "November", "diciembre", "December",
	"gennaio", "January", "febbraio", "February", "aprile", "April", "maggio", "May", "giugno", "June", "luglio", "July", "settembre", "September", "ottobre", "October", "dicembre", "December",
	" de ", " ",
)

func isDate(s string) bool {
	for _, layout := range []string{"01/02/2006", "02/01/2006", "January 2, 2006", "Jan 2, 2006", "2006-01-02", "01-02-2006", "02-01-2006", "2 January 2006", "02 Jan 2006", "02-Jan-2006", "02.01.2006", "2.1.2006", "2. January 2006"} {
		if _, err := time.Parse(layout, months.Replace(s)); err == nil {
			return true
		}
	}
	return false
}

// ibanOK checks an IBAN as its standard says: the country and the check
// digits go to the end, letters become numbers, and the whole is 1 modulo 97.
func ibanOK(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	length := map[string]int{"DE": 22, "GB": 22, "NL": 18, "FR": 27, "AT": 20, "CH": 21, "ES": 24, "IT": 27}[s[:2]]
	if len(s) != length {
		return false
	}
	var b strings.Builder
	for _, ch := range s[4:] + s[:4] {
		if ch >= 'A' && ch <= 'Z' {
			b.WriteString(strconv.Itoa(int(ch-'A') + 10))
		} else {
			b.WriteRune(ch)
		}
	}
	n, ok := new(big.Int).SetString(b.String(), 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}

// weighted is the sum of digits times weights.
func weighted(digits string, weights ...int) (sum int) {
	for k, w := range weights {
		sum += w * int(digits[k]-'0')
	}
	return sum
}

// doubled is the sum of the digits of twice each digit.
func doubled(digits string) (sum int) {
	for _, ch := range digits {
		sum += []int{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}[ch-'0']
	}
	return sum
}

// luhnOK doubles every second digit from the right and wants a sum of 10s.
func luhnOK(s string) bool {
	table := [2][10]int{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {0, 2, 4, 6, 8, 1, 3, 5, 7, 9}}
	sum := 0
	for k := range len(s) {
		sum += table[k%2][s[len(s)-1-k]-'0']
	}
	return sum%10 == 0
}

// vatOK checks the check digits of a tax number of any of the countries.
func vatOK(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	switch {
	case strings.HasPrefix(s, "GB"):
		d := s[2:]
		check, _ := strconv.Atoi(d[7:9])
		return (weighted(d, 8, 7, 6, 5, 4, 3, 2)+check)%97 == 0
	case strings.HasPrefix(s, "DE"):
		// ISO 7064 MOD 11,10 over all nine digits ends in 1.
		p := 10
		for k := range 9 {
			m := (p + int(s[2+k]-'0')) % 10
			if k == 8 {
				return m == 1
			}
			if m == 0 {
				m = 10
			}
			p = m * 2 % 11
		}
	case strings.HasPrefix(s, "NL"):
		return weighted(s[2:], 9, 8, 7, 6, 5, 4, 3, 2)%11 == int(s[10]-'0')
	case strings.HasPrefix(s, "FR"):
		// The key is the SIREN with "12" behind it, modulo 97.
		n, _ := strconv.Atoi(s[4:] + "12")
		key, _ := strconv.Atoi(s[2:4])
		return n%97 == key && luhnOK(s[4:])
	case strings.HasPrefix(s, "ATU"):
		return (weighted(s[3:], 1, 0, 1, 0, 1, 0, 1, 1)+doubled(s[4:5]+s[6:7]+s[8:9])+4)%10 == 0
	case strings.HasPrefix(s, "CHE"):
		d := strings.NewReplacer("CHE-", "", ".", "", "MWST", "").Replace(s)
		return weighted(d, 5, 4, 3, 2, 7, 6, 5, 4, 1)%11 == 0
	case len(s) == 9 || strings.HasPrefix(s, "ES"):
		d := s[len(s)-8:]
		return (weighted(d, 0, 1, 0, 1, 0, 1, 0, 1)+doubled(d[:1]+d[2:3]+d[4:5]+d[6:7]))%10 == 0
	case len(s) == 13 || len(s) == 11 && s[0] == '0':
		return luhnOK(s[len(s)-11:])
	case strings.Contains(s, "RT"):
		return luhnOK(s[:9])
	case len(s) == 11:
		return (weighted(s, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
	}
	return len(s) == 10 && s[2] == '-' // US: no check digit
}

func upsOK(s string) bool {
	sum := 0
	for k, ch := range s[2:17] {
		v := strings.IndexRune("0123456789", ch)
		if v < 0 {
			v = (strings.IndexRune("ABCDEFGHIJKLMNOPQRSTUVWXYZ", ch) + 2) % 10
		}
		sum += v * (1 + k%2)
	}
	return (sum+int(s[17]-'0'))%10 == 0
}

func eanOK(s string) bool { return weighted(s, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)%10 == 0 }

func airWaybillOK(s string) bool {
	n, _ := strconv.Atoi(s[4:11])
	return n%7 == int(s[11]-'0')
}

// The checks themselves accept well-known numbers from the publications of
// their issuers, and reject them with one digit changed.
func TestTheChecksOfCheckDigits(t *testing.T) {
	for _, c := range []struct {
		check     func(string) bool
		good, bad string
	}{
		{ibanOK, "DE89370400440532013000", "DE89370400440532013001"},
		{ibanOK, "GB82WEST12345698765432", "GB82WEST12345698765423"},
		{ibanOK, "NL91ABNA0417164300", "NL91ABNA0417164301"},
		{ibanOK, "FR1420041010050500013M02606", "FR1520041010050500013M02606"},
		{vatOK, "GB980780684", "GB980780685"},
		{vatOK, "DE136695976", "DE136695978"},
		{vatOK, "NL004495445B01", "NL004495446B01"},
		{vatOK, "FR40303265045", "FR41303265045"},
		{vatOK, "51 824 753 556", "51 824 753 557"},
		{vatOK, "ATU13585627", "ATU13585626"},
		{vatOK, "CHE-100.155.212", "CHE-100.155.213"},
		{vatOK, "A13585625", "A13585626"},
		{vatOK, "00743110157", "00743110158"},
		{ibanOK, "AT611904300234573201", "AT611904300234573202"},
		{ibanOK, "CH9300762011623852957", "CH9300762011623852958"},
		{ibanOK, "ES9121000418450200051332", "ES9121000418450200051323"},
		{ibanOK, "IT60X0542811101000000123456", "IT60X0542811101000000123465"},
		{vatOK, "123456782RT0001", "123456783RT0001"},
		{upsOK, "1Z999AA10123456784", "1Z999AA10123456785"},
		{eanOK, "4006381333931", "4006381333932"},
		{airWaybillOK, "176-12345675", "176-12345676"},
	} {
		if !c.check(c.good) || c.check(c.bad) {
			t.Errorf("%s is %v, %s is %v", c.good, c.check(c.good), c.bad, c.check(c.bad))
		}
	}
}

func TestCheckDigits(t *testing.T) {
	ds := cleanCorpus(t)
	checked := map[string]int{}
	everyDocument(ds, func(_ corpus.Split, d *corpus.Document) {
		for name, texts := range values(ds, d) {
			for _, s := range texts {
				what, good := "", true
				switch {
				case name == "IBAN":
					what, good = name+" "+s[:2], ibanOK(s)
				case name == "SUPPLIER_VAT" && (s[0] == 'A' && s[1] != 'T' || s[0] == 'B'):
					what, good = name+" ES", vatOK(s)
				case name == "SUPPLIER_VAT" && s[0] >= 'A':
					what, good = name+" "+s[:2], vatOK(s)
				case name == "SUPPLIER_VAT":
					what, good = name+" "+strconv.Itoa(len(s)), vatOK(s)
				case name == "TRACKING_NUMBER" && strings.HasPrefix(s, "1Z"):
					what, good = "UPS", upsOK(s)
				case name == "ITEM_SKU" && len(s) == 13:
					what, good = "EAN", eanOK(s)
				case name == "WAYBILL_NUMBER" && s[3] == '-':
					what, good = "AWB", airWaybillOK(s)
				default:
					continue
				}
				checked[what]++
				if !good {
					t.Errorf("%s: %s %q has a wrong check digit", d.ID, name, s)
				}
			}
		}
	})
	for _, what := range []string{"IBAN DE", "IBAN GB", "IBAN NL", "IBAN FR", "IBAN AT", "IBAN CH", "IBAN ES", "IBAN IT", "SUPPLIER_VAT AT", "SUPPLIER_VAT CH", "SUPPLIER_VAT ES", "SUPPLIER_VAT IT", "SUPPLIER_VAT 11", "SUPPLIER_VAT GB", "SUPPLIER_VAT DE", "SUPPLIER_VAT NL", "SUPPLIER_VAT FR",
		"SUPPLIER_VAT 10", "SUPPLIER_VAT 14", "SUPPLIER_VAT 15", "UPS", "EAN", "AWB"} {
		if checked[what] < 10 {
			t.Errorf("%s: checked %d times only", what, checked[what])
		}
	}
}
