package invoices

import (
	"fmt"
	"strings"
)

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
	lang          *language // of the names of its companies and persons
	point, sep    string    // in numbers: before the decimals, and of thousands
	numbers       float64   // share of documents that write numbers so; the others write 1,234.56
	dateForms     []string  // layouts of package time, frequent ones more than once
	companyForms  []string
	taxName       []string // what its sales tax is called; nil where the words of the language serve
	taxRates      []int    // in hundredths of a percent
	cities        []city
	address       func(r draws, c city) (street, place string)
	phone         func(r draws) string
	vat           func(r draws) string
	vatKeys       []string // nil where the words of the language serve
	domain        string   // top level domain of its companies
	routingNumber string   // key of the bank's own number beside the account
}

var countries = []country{
	{
		code: "US", name: "USA", currency: "USD", symbol: "$", letterPaper: true, lang: &english, point: ".", sep: ",", numbers: 1,
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
		code: "GB", name: "United Kingdom", currency: "GBP", symbol: "£", iban: true, lang: &english, point: ".", sep: ",", numbers: 1,
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
		code: "DE", name: "Germany", currency: "EUR", symbol: "€", iban: true, lang: &german, point: ",", sep: ".", numbers: 0.9,
		dateForms:    []string{"02.01.2006", "02.01.2006", "02.01.2006", "2006-01-02", "2. January 2006"},
		companyForms: []string{"GmbH", "GmbH", "AG", "KG", "GmbH & Co. KG", "e.K."},
		taxRates:     []int{1900, 1900, 700},
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
		vat: deVAT, domain: "de", routingNumber: "BLZ",
	},
	{
		code: "NL", name: "Netherlands", currency: "EUR", symbol: "€", iban: true, lang: &english, point: ",", sep: ".", numbers: 0.6,
		dateForms:    []string{"02-01-2006", "02-01-2006", "2 January 2006", "2006-01-02"},
		companyForms: []string{"B.V.", "BV", "B.V.", "N.V.", "V.O.F."},
		taxRates:     []int{2100, 2100, 900},
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
		vat: nlVAT, domain: "nl", routingNumber: "Bank code",
	},
	{
		code: "FR", name: "France", currency: "EUR", symbol: "€", iban: true, lang: &french, point: ",", sep: " ", numbers: 0.75,
		dateForms:    []string{"02/01/2006", "02/01/2006", "2 January 2006", "2006-01-02"},
		companyForms: []string{"SARL", "SAS", "SA", "SARL", "EURL"},
		taxRates:     []int{2000, 2000, 1000, 550},
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
		vat: frVAT, domain: "fr", routingNumber: "Code banque",
	},
	{
		code: "CA", name: "Canada", currency: "CAD", symbol: "$", letterPaper: true, lang: &english, point: ".", sep: ",", numbers: 1,
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
		code: "AU", name: "Australia", currency: "AUD", symbol: "$", lang: &english, point: ".", sep: ",", numbers: 1,
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
	{
		code: "AT", name: "Austria", currency: "EUR", symbol: "€", iban: true, lang: &german, point: ",", sep: ".", numbers: 0.9,
		dateForms:    []string{"02.01.2006", "02.01.2006", "2.1.2006", "2. January 2006"},
		companyForms: []string{"GmbH", "GmbH", "AG", "KG", "OG", "e.U."},
		taxRates:     []int{2000, 2000, 1000, 1300},
		cities: []city{
			{"Wien", "10"}, {"Graz", "80"}, {"Linz", "40"}, {"Salzburg", "50"}, {"Innsbruck", "60"}, {"Klagenfurt", "90"},
			{"Villach", "95"}, {"Wels", "46"}, {"St. Pölten", "31"}, {"Dornbirn", "68"},
		},
		address: func(r draws, c city) (string, string) {
			return fmt.Sprintf("%s %d", pick(r, germanStreets), r.between(1, 120)), fmt.Sprintf("%s%02d %s", c.code, 10*r.between(0, 9), c.name)
		},
		phone: func(r draws) string {
			if r.chance(0.5) {
				return "+43 1 " + r.digits(3) + " " + r.digits(2) + " " + r.digits(2)
			}
			return "0" + r.digits(3) + "/" + r.digits(6)
		},
		vat: atVAT, domain: "at", routingNumber: "BLZ",
	},
	{
		code: "CH", name: "Schweiz", currency: "CHF", symbol: "Fr.", iban: true, lang: &german, point: ".", sep: "'", numbers: 0.9,
		dateForms:    []string{"02.01.2006", "02.01.2006", "2. January 2006", "2.1.2006"},
		companyForms: []string{"AG", "GmbH", "AG", "& Co.", "& Söhne AG"},
		taxRates:     []int{810, 810, 770, 260},
		cities: []city{
			{"Zürich", "80"}, {"Bern", "30"}, {"Basel", "40"}, {"Luzern", "60"}, {"St. Gallen", "90"}, {"Winterthur", "84"},
			{"Chur", "70"}, {"Thun", "36"}, {"Aarau", "50"}, {"Zug", "63"},
		},
		address: func(r draws, c city) (string, string) {
			street := strings.ReplaceAll(pick(r, germanStreets), "ß", "ss")
			return fmt.Sprintf("%s %d", street, r.between(1, 140)), fmt.Sprintf("%s%02d %s", c.code, r.between(0, 59), c.name)
		},
		phone: func(r draws) string {
			return pick(r, []string{"+41 4", "04"}) + r.digits(1) + " " + r.digits(3) + " " + r.digits(2) + " " + r.digits(2)
		},
		vat: chVAT, domain: "ch", routingNumber: "Clearing-Nr.",
	},
	{
		code: "ES", name: "España", currency: "EUR", symbol: "€", iban: true, lang: &spanish, point: ",", sep: ".", numbers: 0.9,
		dateForms:    []string{"02/01/2006", "02/01/2006", "02-01-2006", "2 de January de 2006"},
		companyForms: []string{"S.L.", "S.L.", "S.A.", "SL", "S.L.U."},
		taxRates:     []int{2100, 2100, 1000, 400},
		cities: []city{
			{"Madrid", "280"}, {"Barcelona", "080"}, {"Valencia", "460"}, {"Sevilla", "410"}, {"Zaragoza", "500"}, {"Málaga", "290"},
			{"Bilbao", "480"}, {"Murcia", "300"}, {"Gijón", "332"}, {"Córdoba", "140"}, {"Burgos", "090"}, {"Alicante", "030"},
		},
		address: func(r draws, c city) (string, string) {
			street := fmt.Sprintf("%s, %d", pick(r, spanishStreets), r.between(1, 190))
			if r.chance(0.2) {
				street += fmt.Sprintf(", %d.º %s", r.between(1, 8), r.chars(1, "ABCD"))
			}
			return street, fmt.Sprintf("%s%02d %s", c.code, r.between(1, 59), c.name)
		},
		phone: func(r draws) string {
			if r.chance(0.4) {
				return "+34 9" + r.digits(2) + " " + r.digits(3) + " " + r.digits(3)
			}
			return "9" + r.digits(2) + " " + r.digits(2) + " " + r.digits(2) + " " + r.digits(2)
		},
		vat: esVAT, domain: "es", routingNumber: "Entidad",
	},
	{
		code: "IT", name: "Italia", currency: "EUR", symbol: "€", iban: true, lang: &italian, point: ",", sep: ".", numbers: 0.9,
		dateForms:    []string{"02/01/2006", "02/01/2006", "02-01-2006", "2 January 2006", "02.01.2006"},
		companyForms: []string{"S.r.l.", "S.r.l.", "S.p.A.", "SRL", "S.n.c.", "di Bianchi & C. S.a.s."},
		taxRates:     []int{2200, 2200, 1000, 400},
		cities: []city{
			{"Milano", "201"}, {"Roma", "001"}, {"Torino", "101"}, {"Napoli", "801"}, {"Bologna", "401"}, {"Firenze", "501"},
			{"Genova", "161"}, {"Verona", "371"}, {"Padova", "351"}, {"Bari", "701"}, {"Trieste", "341"}, {"Perugia", "061"},
		},
		address: func(r draws, c city) (string, string) {
			return fmt.Sprintf("%s, %d", pick(r, italianStreets), r.between(1, 210)), fmt.Sprintf("%s%02d %s", c.code, r.between(21, 68), c.name)
		},
		phone: func(r draws) string {
			return pick(r, []string{"+39 0", "0"}) + r.digits(2) + " " + r.digits(7)
		},
		vat: itVAT, domain: "it", routingNumber: "ABI",
	},
}
