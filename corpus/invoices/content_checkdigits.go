package invoices

import (
	"fmt"
	"strings"
)

// The tax numbers below carry the check digits of their countries, so that a
// reader who checks them finds them right.

// usTaxID is an employer identification number, NN-NNNNNNN; it has no check
// digit.
func usTaxID(r draws) string { return fmt.Sprintf("%02d-%07d", r.between(10, 98), r.IntN(10_000_000)) }

// gbVAT is GB and 9 digits. Digits 1 to 7 weighted 8 to 2, plus the number
// formed by digits 8 and 9, is a multiple of 97.
func gbVAT(r draws) string {
	n := r.between(1_000_000, 9_999_999)
	sum := 0
	for k, m := 2, n; k <= 8; k, m = k+1, m/10 {
		sum += k * (m % 10)
	}
	check := (97 - sum%97) % 97
	s := fmt.Sprintf("%07d%02d", n, check)
	if r.chance(0.4) {
		return "GB " + s[:3] + " " + s[3:7] + " " + s[7:]
	}
	return "GB" + s
}

// deVAT is DE and 9 digits, the last by ISO 7064 MOD 11,10.
func deVAT(r draws) string {
	s := r.digits(8)
	p := 10
	for _, ch := range s {
		sum := (int(ch-'0') + p) % 10
		if sum == 0 {
			sum = 10
		}
		p = 2 * sum % 11
	}
	return fmt.Sprintf("DE%s%d", s, (11-p)%10)
}

// nlVAT is NL, 9 digits, B and 2 digits. Digits 1 to 8 weighted 9 to 2 and
// reduced modulo 11 give digit 9.
func nlVAT(r draws) string {
	for {
		s := r.digits(8)
		sum := 0
		for k, ch := range s {
			sum += (9 - k) * int(ch-'0')
		}
		if sum%11 < 10 {
			return fmt.Sprintf("NL%s%dB%02d", s, sum%11, r.between(1, 4))
		}
	}
}

// frVAT is FR, 2 check digits and a SIREN of 9 digits that passes the Luhn
// check; the check digits are (12 + 3*(SIREN mod 97)) mod 97.
func frVAT(r draws) string {
	siren := luhn(r.digits(8))
	n := 0
	for _, ch := range siren {
		n = 10*n + int(ch-'0')
	}
	return fmt.Sprintf("FR%02d%s", (12+3*(n%97))%97, siren)
}

// caGST is a business number, 9 digits that pass the Luhn check, RT and 4
// digits.
func caGST(r draws) string { return luhn(r.digits(8)) + fmt.Sprintf("RT%04d", r.between(1, 9)) }

// auABN is 11 digits: the first two make the sum of the digits weighted
// 10, 1, 3, 5, ..., 19, the first digit less 1, a multiple of 89.
func auABN(r draws) string {
	s := r.digits(9)
	sum := 0
	for k, ch := range s {
		sum += (2*k + 3) * int(ch-'0')
	}
	lead := 10 + 89 - sum%89 // weights 10 and 1, less the 10 that the first digit's 1 takes
	abn := fmt.Sprintf("%d%s", lead, s)
	return abn[:2] + " " + abn[2:5] + " " + abn[5:8] + " " + abn[8:]
}

// atVAT is ATU and 8 digits. Digits 1 to 7, every second of them doubled and
// its digits added, plus 4, plus digit 8 make a multiple of 10.
func atVAT(r draws) string {
	s := r.digits(7)
	sum := 4
	for k, ch := range s {
		d := int(ch - '0')
		if k%2 == 1 {
			d = 2*d/10 + 2*d%10
		}
		sum += d
	}
	return fmt.Sprintf("ATU%s%d", s, (10-sum%10)%10)
}

// chVAT is CHE and 9 digits. Digits 1 to 8 weighted 5, 4, 3, 2, 7, 6, 5, 4
// plus digit 9 make a multiple of 11.
func chVAT(r draws) string {
	weights := [8]int{5, 4, 3, 2, 7, 6, 5, 4}
	for {
		s := r.digits(8)
		sum := 0
		for k, ch := range s {
			sum += weights[k] * int(ch-'0')
		}
		if check := (11 - sum%11) % 11; check < 10 {
			return fmt.Sprintf("CHE-%s.%s.%s%d", s[:3], s[3:6], s[6:], check) + pick(r, []string{"", " MWST"})
		}
	}
}

// esVAT is a letter for the form of the company, 7 digits and a check digit:
// digits 2, 4 and 6, plus the digits of twice the others, plus the check digit
// make a multiple of 10.
func esVAT(r draws) string {
	s := r.digits(7)
	sum := 0
	for k, ch := range s {
		d := int(ch - '0')
		if k%2 == 0 {
			d = 2*d/10 + 2*d%10
		}
		sum += d
	}
	return pick(r, []string{"", "", "ES"}) + pick(r, []string{"B", "B", "A"}) + s + string(rune('0'+(10-sum%10)%10))
}

// itVAT is 7 digits of the company, 3 of the province and one that makes all
// 11 pass the Luhn check.
func itVAT(r draws) string {
	return pick(r, []string{"IT", ""}) + luhn(fmt.Sprintf("0%s%03d", r.digits(6), r.between(1, 100)))
}

// luhn appends the digit that makes s pass the Luhn check.
func luhn(s string) string {
	sum := 0
	for k := range len(s) {
		d := int(s[len(s)-1-k] - '0')
		if k%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return s + string(rune('0'+(10-sum%10)%10))
}

// iban is the IBAN of an account at a bank of the country: check digits by
// ISO 7064 MOD 97-10.
func iban(r draws, code, bank string) string {
	var bban string
	switch code {
	case "DE":
		bban = r.digits(8) + r.serial(10)
	case "GB":
		bban = bank + r.digits(6) + r.serial(8)
	case "NL":
		bban = bank + "0" + r.digits(9)
	case "FR":
		bban = frenchAccount(r)
	case "AT":
		bban = r.digits(5) + r.serial(11)
	case "CH":
		bban = "0" + r.digits(4) + r.serial(12)
	case "ES":
		bban = spanishAccount(r)
	case "IT":
		bban = italianAccount(r)
	default:
		panic("corpus: iban: " + code + " has no IBAN")
	}
	return code + fmt.Sprintf("%02d", 98-mod97(bban+code+"00")) + bban
}

// frenchAccount is bank (5 digits), branch (5), account (11) and the national
// key 97 - (89*bank + 15*branch + 3*account) mod 97.
func frenchAccount(r draws) string {
	bank, branch := r.between(10000, 30999), r.between(1, 99999)
	account := r.Int64N(99_999_999_999) + 1
	key := 97 - (89*int64(bank)+15*int64(branch)+3*account)%97
	return fmt.Sprintf("%05d%05d%011d%02d", bank, branch, account, key)
}

// spanishAccount is bank (4 digits), branch (4), two check digits and account
// (10). Each check digit is 11 less the digits before it, weighted, modulo 11;
// 10 is written 1 and 11 is written 0.
func spanishAccount(r draws) string {
	check := func(s string) byte {
		weights := [10]int{1, 2, 4, 8, 5, 10, 9, 7, 3, 6}
		sum := 0
		for k, ch := range s {
			sum += weights[k] * int(ch-'0')
		}
		switch d := 11 - sum%11; d {
		case 10:
			return '1'
		case 11:
			return '0'
		default:
			return byte('0' + d)
		}
	}
	bank, account := "0"+r.digits(3)+r.serial(4), r.digits(10)
	return bank + string([]byte{check("00" + bank), check(account)}) + account
}

// italianAccount is a check letter, bank (5 digits), branch (5) and account
// (12). The letter is the sum modulo 26 of the digits at even places, counted
// from 1, and of what a table gives for those at odd places.
func italianAccount(r draws) string {
	odd := [10]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21}
	s := "0" + r.digits(4) + "0" + r.digits(4) + r.serial(12)
	sum := 0
	for k, ch := range s {
		if k%2 == 0 {
			sum += odd[ch-'0']
		} else {
			sum += int(ch - '0')
		}
	}
	return string(rune('A'+sum%26)) + s
}

// mod97 reads s as a decimal number, in which a letter stands for the two
// digits 10 (A) to 35 (Z), modulo 97.
func mod97(s string) int {
	rest := 0
	for _, ch := range s {
		if ch >= 'A' {
			rest = (rest*100 + int(ch-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(ch-'0')) % 97
		}
	}
	return rest
}

// grouped writes s in groups of 4, as IBANs are printed.
func grouped(s string) string {
	var b strings.Builder
	for k, ch := range s {
		if k > 0 && k%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(ch)
	}
	return b.String()
}

// ups is a UPS tracking number: 1Z, 15 characters and a check digit. Letters
// count (code-63) mod 10; characters at even places, counted from 1, count
// double.
func ups(r draws) string {
	s := r.chars(6, upperAlphanum) + r.digits(9)
	sum := 0
	for k, ch := range s {
		d := int(ch - '0')
		if ch >= 'A' {
			d = int(ch-63) % 10
		}
		if k%2 == 1 {
			d *= 2
		}
		sum += d
	}
	return fmt.Sprintf("1Z%s%d", s, (10-sum%10)%10)
}

// airWaybill is an airline's prefix of 3 digits, a dash, 7 digits and their
// remainder modulo 7.
func airWaybill(r draws) string {
	n := r.between(1_000_000, 9_999_999)
	return fmt.Sprintf("%03d-%07d%d", pick(r, []int{1, 16, 20, 57, 74, 125, 157, 172, 176, 235}), n, n%7)
}

// ean13 is an article number of 12 digits and a check digit.
func ean13(r draws) string {
	s := pick(r, []string{"40", "50", "00", "87", "30"}) + r.digits(10)
	sum := 0
	for k, ch := range s {
		d := int(ch - '0')
		if k%2 == 1 {
			d *= 3
		}
		sum += d
	}
	return fmt.Sprintf("%s%d", s, (10-sum%10)%10)
}
