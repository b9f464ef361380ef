package invoices

import "fmt"

// city is a place with what its addresses have beside the name: the state or
// the start of the postal code, as the country has it.
type city struct{ name, code string }

// country holds the conventions of one country's papers.
type country struct {
	code, name    string
	currency      string // ISO 4217
	symbol        string
	letterPaper   bool // US Letter; A4 elsewhere
	iban          bool
	decimalComma  float64  // share of documents that write 1.234,56
	dateForms     []string // layouts of package time, frequent ones more than once
	companyForms  []string
	taxName       []string // what its sales tax is called
	taxRates      []int    // in hundredths of a percent
	cities        []city
	address       func(r draws, c city) (street, place string)
	phone         func(r draws) string
	vat           func(r draws) string
	vatKeys       []string
	domain        string // top level domain of its companies
	routingNumber string // key of the bank's own number beside the account
}

// countryShares are the weights of countries.
var countryShares = []int{38, 20, 12, 8, 7, 8, 7}

var countries = []country{
	{
		code: "US", name: "USA", currency: "USD", symbol: "$", letterPaper: true,
		dateForms:    []string{"01/02/2006", "01/02/2006", "January 2, 2006", "Jan 2, 2006", "2006-01-02", "01-02-2006"},
		companyForms: []string{"Inc", "Inc.", "LLC", "Corp", "Co.", "Corporation", ""},
		taxName:      []string{"Sales Tax", "Tax", "State Tax"}, taxRates: []int{400, 600, 625, 700, 725, 825, 875, 950},
		cities: []city{
			{"Seattle", "WA 981"}, {"Portland", "OR 972"}, {"Denver", "CO 802"}, {"Austin", "TX 787"}, {"Dallas", "TX 752"}, {"Boston", "MA 021"},
			{"Chicago", "IL 606"}, {"Columbus", "OH 432"}, {"Atlanta", "GA 303"}, {"Phoenix", "AZ 850"}, {"Tampa", "FL 336"}, {"Newark", "NJ 071"},
			{"Buffalo", "NY 142"}, {"San Diego", "CA 921"}, {"Oakland", "CA 946"}, {"Salt Lake City", "UT 841"}, {"Omaha", "NE 681"}, {"Madison", "WI 537"},
			{"Memphis", "TN 381"}, {"Kansas City", "MO 641"}, {"Boise", "ID 837"}, {"Richmond", "VA 232"},
		},
		address: func(r draws, c city) (string, string) {
			street := fmt.Sprintf("%d %s %s", r.between(10, 9899), pick(r, streetNames), pick(r, []string{"St", "Street", "Ave", "Avenue", "Blvd", "Rd", "Drive", "Lane", "Way"}))
			switch r.IntN(8) {
			case 0:
				street += fmt.Sprintf(", Suite %d", r.between(100, 990))
			case 1:
				street += fmt.Sprintf(" #%d", r.between(1, 40))
			}
			return street, fmt.Sprintf("%s, %s%02d", c.name, c.code, r.IntN(100))
		},
		phone: func(r draws) string {
			a, b, n := r.between(201, 989), r.between(200, 999), r.IntN(10000)
			return fmt.Sprintf(pick(r, []string{"(%d) %d-%04d", "%d-%d-%04d", "+1 %d %d %04d", "%d.%d.%04d"}), a, b, n)
		},
		vat: usTaxID, vatKeys: []string{"Tax ID", "EIN", "Federal Tax ID", "TIN"}, domain: "com", routingNumber: "Routing No",
	},
	{
		code: "GB", name: "United Kingdom", currency: "GBP", symbol: "£", iban: true,
		dateForms:    []string{"02/01/2006", "02/01/2006", "2 January 2006", "02 Jan 2006", "02-Jan-2006"},
		companyForms: []string{"Ltd", "Ltd", "Limited", "PLC", "LLP", "& Sons"},
		taxName:      []string{"VAT"}, taxRates: []int{2000, 2000, 2000, 500},
		cities: []city{
			{"London", "EC"}, {"Leeds", "LS"}, {"Bristol", "BS"}, {"Manchester", "M"}, {"Sheffield", "S"}, {"Norwich", "NR"}, {"Cardiff", "CF"},
			{"Glasgow", "G"}, {"Edinburgh", "EH"}, {"York", "YO"}, {"Exeter", "EX"}, {"Derby", "DE"}, {"Hull", "HU"}, {"Reading", "RG"}, {"Belfast", "BT"},
		},
		address: func(r draws, c city) (string, string) {
			street := fmt.Sprintf("%d %s %s", r.between(1, 299), pick(r, streetNames), pick(r, []string{"Street", "Road", "Lane", "Way", "Close", "Avenue", "Terrace"}))
			if r.chance(0.15) {
				street = fmt.Sprintf("Unit %d, %s", r.between(1, 30), street)
			}
			return street, fmt.Sprintf("%s %s%d %d%s", c.name, c.code, r.between(1, 19), r.between(1, 9), r.chars(2, "ABDEFGHJLNPQRSTUWXYZ"))
		},
		phone: func(r draws) string {
			if r.chance(0.5) {
				return "0" + r.digits(3) + " " + r.digits(3) + " " + r.digits(4)
			}
			return "+44 " + r.digits(4) + " " + r.digits(6)
		},
		vat: gbVAT, vatKeys: []string{"VAT No", "VAT Reg No", "VAT Registration", "VAT Number"}, domain: "co.uk", routingNumber: "Sort Code",
	},
	{
		code: "DE", name: "Germany", currency: "EUR", symbol: "€", iban: true, decimalComma: 0.7,
		dateForms:    []string{"02.01.2006", "02.01.2006", "02.01.2006", "2006-01-02", "2. January 2006"},
		companyForms: []string{"GmbH", "GmbH", "AG", "KG", "GmbH & Co. KG", "e.K."},
		taxName:      []string{"VAT", "MwSt", "USt"}, taxRates: []int{1900, 1900, 700},
		cities: []city{
			{"Berlin", "10"}, {"Hamburg", "20"}, {"München", "80"}, {"Köln", "50"}, {"Leipzig", "04"}, {"Dresden", "01"}, {"Bremen", "28"},
			{"Hannover", "30"}, {"Essen", "45"}, {"Kassel", "34"}, {"Nürnberg", "90"}, {"Stuttgart", "70"}, {"Mainz", "55"}, {"Kiel", "24"},
		},
		address: func(r draws, c city) (string, string) {
			return fmt.Sprintf("%s %d", pick(r, germanStreets), r.between(1, 180)), fmt.Sprintf("%s%03d %s", c.code, r.IntN(1000), c.name)
		},
		phone: func(r draws) string {
			if r.chance(0.5) {
				return "+49 " + r.digits(2) + " " + r.digits(7)
			}
			return "0" + r.digits(3) + "/" + r.digits(6)
		},
		vat: deVAT, vatKeys: []string{"VAT ID", "USt-IdNr.", "VAT No", "USt-ID"}, domain: "de", routingNumber: "BLZ",
	},
	{
		code: "NL", name: "Netherlands", currency: "EUR", symbol: "€", iban: true, decimalComma: 0.6,
		dateForms:    []string{"02-01-2006", "02-01-2006", "2 January 2006", "2006-01-02"},
		companyForms: []string{"B.V.", "BV", "B.V.", "N.V.", "V.O.F."},
		taxName:      []string{"VAT", "BTW"}, taxRates: []int{2100, 2100, 900},
		cities: []city{
			{"Amsterdam", "10"}, {"Rotterdam", "30"}, {"Utrecht", "35"}, {"Eindhoven", "56"}, {"Groningen", "97"}, {"Tilburg", "50"},
			{"Breda", "48"}, {"Arnhem", "68"}, {"Haarlem", "20"}, {"Zwolle", "80"}, {"Leiden", "23"}, {"Delft", "26"},
		},
		address: func(r draws, c city) (string, string) {
			return fmt.Sprintf("%s %d", pick(r, dutchStreets), r.between(1, 380)), fmt.Sprintf("%s%02d %s %s", c.code, r.between(11, 99), r.chars(2, "ABCDEGHJKLMNPRSTVWXZ"), c.name)
		},
		phone: func(r draws) string {
			if r.chance(0.5) {
				return "+31 " + r.digits(2) + " " + r.digits(3) + " " + r.digits(4)
			}
			return "0" + r.digits(2) + "-" + r.digits(7)
		},
		vat: nlVAT, vatKeys: []string{"VAT No", "BTW-nr", "VAT ID", "BTW"}, domain: "nl", routingNumber: "Bank code",
	},
	{
		code: "FR", name: "France", currency: "EUR", symbol: "€", iban: true, decimalComma: 0.6,
		dateForms:    []string{"02/01/2006", "02/01/2006", "2 January 2006", "2006-01-02"},
		companyForms: []string{"SARL", "SAS", "SA", "SARL", "EURL"},
		taxName:      []string{"VAT", "TVA"}, taxRates: []int{2000, 2000, 1000, 550},
		cities: []city{
			{"Paris", "75"}, {"Lyon", "69"}, {"Marseille", "13"}, {"Lille", "59"}, {"Nantes", "44"}, {"Bordeaux", "33"}, {"Rennes", "35"},
			{"Dijon", "21"}, {"Tours", "37"}, {"Grenoble", "38"}, {"Metz", "57"}, {"Angers", "49"},
		},
		address: func(r draws, c city) (string, string) {
			return fmt.Sprintf("%d %s", r.between(1, 220), pick(r, frenchStreets)), fmt.Sprintf("%s%03d %s", c.code, 10*r.between(0, 99), c.name)
		},
		phone: func(r draws) string {
			pairs := fmt.Sprintf("%d %02d %02d %02d %02d", r.between(1, 6), r.IntN(100), r.IntN(100), r.IntN(100), r.IntN(100))
			return pick(r, []string{"+33 ", "0"}) + pairs
		},
		vat: frVAT, vatKeys: []string{"VAT No", "N° TVA", "VAT ID", "TVA"}, domain: "fr", routingNumber: "Code banque",
	},
	{
		code: "CA", name: "Canada", currency: "CAD", symbol: "$", letterPaper: true,
		dateForms:    []string{"2006-01-02", "2006-01-02", "January 2, 2006", "02/01/2006"},
		companyForms: []string{"Inc.", "Ltd.", "Corp.", "Limited", "Inc"},
		taxName:      []string{"GST", "HST", "GST/HST"}, taxRates: []int{500, 1300, 1500},
		cities: []city{
			{"Toronto", "ON M"}, {"Ottawa", "ON K"}, {"Montreal", "QC H"}, {"Calgary", "AB T"}, {"Vancouver", "BC V"}, {"Halifax", "NS B"},
			{"Winnipeg", "MB R"}, {"Regina", "SK S"}, {"London", "ON N"}, {"Victoria", "BC V"},
		},
		address: func(r draws, c city) (string, string) {
			const l = "ABCEGHJKLMNPRSTVWXYZ"
			street := fmt.Sprintf("%d %s %s", r.between(10, 4800), pick(r, streetNames), pick(r, []string{"Street", "St W", "Ave", "Road", "Crescent", "Blvd"}))
			return street, fmt.Sprintf("%s, %s%d%s %d%s%d", c.name, c.code, r.between(1, 9), r.chars(1, l), r.between(1, 9), r.chars(1, l), r.between(1, 9))
		},
		phone: func(r draws) string {
			return fmt.Sprintf(pick(r, []string{"(%d) %d-%04d", "%d-%d-%04d", "+1 %d-%d-%04d"}), r.between(204, 905), r.between(200, 999), r.IntN(10000))
		},
		vat: caGST, vatKeys: []string{"GST No", "GST/HST No", "Business No", "HST Reg No"}, domain: "ca", routingNumber: "Transit No",
	},
	{
		code: "AU", name: "Australia", currency: "AUD", symbol: "$",
		dateForms:    []string{"02/01/2006", "02/01/2006", "2 January 2006", "02 Jan 2006"},
		companyForms: []string{"Pty Ltd", "Pty Ltd", "Pty. Ltd.", "Ltd"},
		taxName:      []string{"GST"}, taxRates: []int{1000},
		cities: []city{
			{"Sydney", "NSW 20"}, {"Melbourne", "VIC 30"}, {"Brisbane", "QLD 40"}, {"Perth", "WA 60"}, {"Adelaide", "SA 50"}, {"Hobart", "TAS 70"},
			{"Canberra", "ACT 26"}, {"Newcastle", "NSW 23"}, {"Geelong", "VIC 32"}, {"Darwin", "NT 08"},
		},
		address: func(r draws, c city) (string, string) {
			street := fmt.Sprintf("%d %s %s", r.between(1, 480), pick(r, streetNames), pick(r, []string{"Street", "Road", "Parade", "Highway", "Avenue", "St"}))
			return street, fmt.Sprintf("%s %s%02d", c.name, c.code, r.IntN(100))
		},
		phone: func(r draws) string {
			if r.chance(0.4) {
				return "1300 " + r.digits(3) + " " + r.digits(3)
			}
			return fmt.Sprintf(pick(r, []string{"(0%d) %s %s", "+61 %d %s %s", "0%d %s %s"}), pick(r, []int{2, 3, 7, 8}), r.digits(4), r.digits(4))
		},
		vat: auABN, vatKeys: []string{"ABN", "ABN No", "A.B.N."}, domain: "com.au", routingNumber: "BSB",
	},
}
