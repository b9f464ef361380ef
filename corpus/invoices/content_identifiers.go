package invoices

import (
	"fmt"
	"strings"
	"time"
)

// identifier draws a value of a field that holds an identifier. Its forms
// follow the formats of the resolution rules: a serial number is two letters
// and ten digits, a project code 2 to 4 letters, a dash and four digits.
func identifier(r draws, f field, date time.Time) string {
	year := date.Year()
	switch f {
	case fInvoiceNumber:
		switch r.IntN(8) {
		case 0, 1:
			return fmt.Sprintf("INV-%d-%s", year, r.serial(r.between(4, 6)))
		case 2:
			return "INV" + r.serial(r.between(5, 7))
		case 3:
			return fmt.Sprintf("%d/%s", year, r.serial(4))
		case 4:
			return r.digits(r.between(5, 8))
		case 5:
			return r.chars(1, upperLetters) + "-" + r.digits(5)
		case 6:
			return fmt.Sprintf("%02d%02d-%s", year%100, int(date.Month()), r.serial(4))
		default:
			return pick(r, []string{"IN", "SI", "F", "R", "SINV", "BL"}) + pick(r, []string{"-", "/", ""}) + r.digits(6)
		}
	case fPurchaseOrderNumber:
		switch r.IntN(4) {
		case 0:
			return "PO-" + r.digits(r.between(4, 6))
		case 1:
			return "45" + r.digits(8)
		case 2:
			return "P" + r.digits(r.between(5, 6))
		default:
			return fmt.Sprintf("PO%d-%s", year%100, r.serial(4))
		}
	case fAccountNumber:
		switch r.IntN(4) {
		case 0:
			return "ACCT-" + r.digits(6)
		case 1:
			return r.digits(4) + "-" + r.digits(4) + "-" + r.digits(2)
		case 2:
			return r.digits(r.between(8, 10))
		default:
			return pick(r, []string{"C", "K", "AC"}) + r.digits(r.between(5, 6))
		}
	case fSubscriptionID:
		switch r.IntN(3) {
		case 0:
			return "SUB-" + r.chars(7, upperAlphanum)
		case 1:
			return "sub_" + r.chars(10, "abcdefghijkmnpqrstuvwxyz23456789")
		default:
			return "S-" + r.digits(8)
		}
	case fWaybillNumber:
		switch r.IntN(3) {
		case 0:
			return fmt.Sprintf("WB-%d-%s", year, r.serial(6))
		case 1:
			return airWaybill(r)
		default:
			return pick(r, []string{"BOL", "BL", "CMR"}) + r.digits(7)
		}
	case fTrackingNumber:
		switch r.IntN(3) {
		case 0, 1:
			return ups(r)
		default:
			return r.digits(12)
		}
	case fMeterNumber:
		switch r.IntN(3) {
		case 0:
			return "MTR-" + r.serial(7)
		case 1:
			return r.chars(1, "EGWS") + r.digits(2) + r.chars(1, upperLetters) + r.digits(6)
		default:
			return r.digits(8)
		}
	case fCreditMemoNumber:
		return pick(r, []string{"CN-", "CM-", "CR", "CN"}) + pick(r, []string{r.serial(6), fmt.Sprintf("%d-%s", year, r.serial(4))})
	case fPatientID:
		switch r.IntN(3) {
		case 0:
			return "PT-" + r.digits(6)
		case 1:
			return "MRN" + r.serial(8)
		default:
			return r.digits(3) + "-" + r.digits(2) + "-" + r.digits(3)
		}
	case fInsuranceClaimNumber:
		switch r.IntN(3) {
		case 0:
			return fmt.Sprintf("CLM-%d-%s", year, r.serial(6))
		case 1:
			return "CL" + r.digits(8)
		default:
			return r.chars(3, upperLetters) + r.digits(9)
		}
	case fContractNumber:
		switch r.IntN(3) {
		case 0:
			return r.digits(r.between(9, 12))
		case 1:
			return fmt.Sprintf("%s%d%s-%02d-%s-%s", r.chars(1, "WNFS"), r.between(100, 999), r.chars(2, "ABCDEFGHJKLMPQRTUY"), year%100, r.chars(1, "CDPM"), r.serial(4))
		default:
			return fmt.Sprintf("GS-%dF-%s%s", r.between(10, 47), r.serial(4), r.chars(1, "HJKLMNPRT"))
		}
	case fCageCode:
		const mid = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ" // no I, no O
		return r.chars(1, "0123456789") + r.chars(3, mid) + r.chars(1, "0123456789")
	case fProjectCode:
		return pick(r, []string{"PRJ", "PROJ", "WO", "PR", r.chars(3, upperLetters)}) + "-" + r.digits(4)
	case fCostCenter:
		return pick(r, []string{"CC-" + r.digits(4), "CC" + r.digits(5), r.digits(4)})
	case fGLCode:
		return pick(r, []string{r.digits(4) + "-" + r.digits(3), "GL-" + r.digits(5), r.digits(6)})
	case fLotNumber:
		switch r.IntN(3) {
		case 0:
			return fmt.Sprintf("LOT-%d-%02d%02d", year, int(date.Month()), date.Day())
		case 1:
			return "LOT-" + r.digits(6)
		default:
			return "L" + r.digits(5)
		}
	case fBatchNumber:
		return pick(r, []string{"BATCH-" + r.digits(5), "BATCH-" + r.digits(4), "B" + r.digits(4) + r.chars(1, "ABCD")})
	case fSerialNumber:
		return r.chars(2, upperLetters) + r.digits(10)
	case fRegisterNumber:
		return pick(r, []string{fmt.Sprintf("%02d", r.between(1, 24)), fmt.Sprintf("REG-%02d", r.between(1, 24)), fmt.Sprintf("R%d", r.between(1, 30)), fmt.Sprintf("POS%02d", r.between(1, 16))})
	case fCashierID:
		return pick(r, []string{r.digits(4), "C" + r.digits(4), r.digits(3), "EMP" + r.digits(3)})
	}
	panic("corpus: identifier: " + fieldNames[f] + " is no identifier")
}

// articleCode draws an article number in one of the forms of a supplier; form
// stays the same for all lines of a document.
func articleCode(r draws, form int, description string) string {
	switch form % 5 {
	case 0:
		return initials(description, 2) + "-" + r.digits(4)
	case 1:
		return r.digits(6)
	case 2:
		return ean13(r)
	case 3:
		return initials(description, 3) + r.digits(3)
	default:
		return r.digits(2) + "." + r.digits(4)
	}
}

// initials takes the first n letters of s in upper case.
func initials(s string, n int) string {
	b := make([]byte, 0, n)
	for _, ch := range strings.ToUpper(s) {
		if len(b) < n && ch >= 'A' && ch <= 'Z' {
			b = append(b, byte(ch))
		}
	}
	for len(b) < n {
		b = append(b, 'X')
	}
	return string(b)
}

// serviceNumber is the number of a line: a telephone number or a circuit.
func serviceNumber(r draws, ct *country) string {
	r = r.fork() // as many draws in every country
	switch r.IntN(4) {
	case 0:
		return "SVC-" + r.digits(7)
	case 1:
		return r.chars(2, "DFIX") + r.digits(6)
	default:
		return ct.phone(r)
	}
}
