package rules_test

import (
	"errors"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus/rules"
)

func shipped(t *testing.T) *rules.Set {
	t.Helper()
	set, err := config.LoadRules("resolution")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// near is evidence of a text with texts nearby.
func near(text string, texts ...string) rules.Evidence {
	return rules.Evidence{Text: text, Near: texts}
}

func in(text, section string) rules.Evidence { return rules.Evidence{Text: text, Section: section} }
func at(text, position string) rules.Evidence {
	return rules.Evidence{Text: text, Position: position}
}
func on(text, document string) rules.Evidence {
	return rules.Evidence{Text: text, DocumentType: document}
}

// The examples that the rules were published with.
func TestExamples(t *testing.T) {
	check(t, []expectation{
		{on("From: 123 Warehouse St, Seattle", "WAYBILL"), "ORIGIN"},
		{on("Acme Corp, 456 Main St, Portland", "INVOICE"), "SUPPLIER_ADDRESS"},
		{near("Service Period: Jan 1-31, 2024", "usage charges"), "SERVICE_PERIOD"},
		{near("Billing Cycle: Jan 2024", "invoice date"), "BILLING_PERIOD"},
		{near("S/N: AB1234567890"), "SERIAL_NUMBER"},
		{near("Lot: LOT-2024-01-15"), "LOT_NUMBER"},
		{near("Batch: BATCH-45621"), "BATCH_NUMBER"},
		{at("Waybill No: WB-2024-001234", "top_of_document"), "WAYBILL_NUMBER"},
		{near("UPS Tracking: 1Z999AA10123456784"), "TRACKING_NUMBER"},
		{at("Carried Forward: $1,250.00", "top_of_page_2"), "CARRIED_FORWARD"},
		{in("Previous Balance: $450.00", "account_summary"), "PREVIOUS_BALANCE"},
		{at("Invoice #: INV-2024-001234", "document_header"), "INVOICE_NUMBER"},
		{in("Account: ACCT-789456", "buyer_info"), "ACCOUNT_NUMBER"},
		{near("Project: PROJ-2024"), "PROJECT_CODE"},
		{near("Contract: 123456789012"), "CONTRACT_NUMBER"},
		{on("Deliver To: ABC Corp, 789 Market St", "WAYBILL"), "DESTINATION"},
		{on("Bill To: XYZ Inc, 321 Office Blvd", "INVOICE"), "BUYER_ADDRESS"},
	})
}

// expectation is evidence and its label.
type expectation struct {
	e    rules.Evidence
	want string
}

// check resolves each, with the labels of its rule as candidates and without.
func check(t *testing.T, list []expectation) {
	t.Helper()
	set := shipped(t)
	for _, c := range list {
		rule, ok := set.Rule(c.want)
		if !ok {
			t.Fatalf("no rule has %s", c.want)
		}
		for _, candidates := range [][]string{nil, rule.Labels} {
			d, err := set.Resolve(c.e, candidates...)
			switch {
			case err != nil:
				t.Errorf("%+v with %v: %v", c.e, candidates, err)
			case d.Label != c.want:
				t.Errorf("%+v with %v:\n got %s (%s: %s: %s)\nwant %s", c.e, candidates, d.Label, d.Level, d.Condition, d.Reason, c.want)
			case d.Reason == "" || d.Condition == "" || d.Rule != rule.Name():
				t.Errorf("%+v: a decision without reason, condition or rule: %+v", c.e, d)
			}
		}
	}
}

func TestOriginOrSupplier(t *testing.T) {
	check(t, []expectation{
		{on("Ship from: 9 Dock Road, Oakland, CA 94607", "WAYBILL"), "ORIGIN"},
		{on("FROM: 77 HARBOR BLVD, TACOMA", "waybill"), "ORIGIN"},
		{on("Shipper: Müller GmbH, Hafenstraße 4, 20457 Hamburg", "Frachtbrief"), "ORIGIN"},
		{on("Pickup address: 5 Mill Lane, Leeds LS1 4AB", "bill of lading"), "ORIGIN"},
		{on("Northwind Ltd, 12 King Street, London", "RECEIPT"), "SUPPLIER_ADDRESS"},
		{on("Supplier: Harbor Tools Inc, 400 Pine Ave, Boise", "tax invoice"), "SUPPLIER_ADDRESS"},
		{on("Sender: 22 Canal St, Utrecht", "FREIGHT_INVOICE"), "ORIGIN"}, // a freight invoice counts as a waybill
		{on("From: 22 Canal St, Utrecht", "commercial invoice"), "SUPPLIER_ADDRESS"},
		{on("Origin: 22 Canal St, Utrecht", "INVOICE"), "SUPPLIER_ADDRESS"}, // the type of the document goes first
		{on("Supplier address: 22 Canal St, Utrecht", "AirWaybill"), "ORIGIN"},
		{in("From: 18 Quay St, Bristol", "shipping_details"), "ORIGIN"},
		{in("From: 18 Quay St, Bristol", "supplier_info"), "SUPPLIER_ADDRESS"},
		{in("Bluepine Foods, 18 Quay St, Bristol", "Vendor details"), "SUPPLIER_ADDRESS"},
		{in("18 Quay St, Bristol", "shipment_info"), "ORIGIN"},
		{near("Origin: Rotterdam"), "ORIGIN"},
		{near("Shipped from 18 Quay St, Bristol"), "ORIGIN"},
		{rules.Evidence{Text: "From: 18 Quay St, Bristol", Domain: "logistics"}, "ORIGIN"},
		{rules.Evidence{Text: "From: 18 Quay St, Bristol", Domain: "saas"}, "SUPPLIER_ADDRESS"},
		{on("Absender: Werkstraße 5, 04109 Leipzig", "WAYBILL"), "ORIGIN"},
	})
}

func TestServiceOrBillingPeriod(t *testing.T) {
	check(t, []expectation{
		{near("Service period: 01/02/2024 - 29/02/2024"), "SERVICE_PERIOD"},
		{near("SERVICE PERIOD 1 Mar 2024 to 31 Mar 2024"), "SERVICE_PERIOD"},
		{near("Period: Feb 1-29, 2024", "data usage"), "SERVICE_PERIOD"},
		{near("Coverage: Mar 1 - Mar 31, 2024"), "SERVICE_PERIOD"},
		{near("Services rendered: 03/01/2024 - 03/31/2024"), "SERVICE_PERIOD"},
		{near("Usage from Feb 1 to Feb 29, 2024"), "SERVICE_PERIOD"},
		{near("Period: March 2024", "USAGE_CHARGE"), "SERVICE_PERIOD"},
		{near("For the period: April 2024", "Billing cycle"), "BILLING_PERIOD"},
		{near("Invoice Period: March 2024", "due date"), "BILLING_PERIOD"},
		{near("Billing period: 2024-03-01 to 2024-03-31", "usage charges"), "BILLING_PERIOD"}, // its own name goes first
		{near("BILLING CYCLE: Q1 2024"), "BILLING_PERIOD"},
		{near("Period: 1 May 2024 - 31 May 2024", "INVOICE_DATE"), "BILLING_PERIOD"},
		{near("Jan 1, 2024 - Jan 31, 2024", "payment due date 02/15/2024"), "BILLING_PERIOD"},
		{near("Statement period: Feb 2024"), "BILLING_PERIOD"},
		{near("Abrechnungszeitraum: 01.01.2024 - 31.01.2024"), "BILLING_PERIOD"},
		{near("Leistungszeitraum: Januar 2024"), "SERVICE_PERIOD"},
		{near("Période de facturation : janvier 2024"), "BILLING_PERIOD"},
		{near("Period: May 2024", "usage", "invoice date"), "SERVICE_PERIOD"}, // the first condition of a level
		{rules.Evidence{Text: "Period: May 2024", Domain: "telecom"}, "SERVICE_PERIOD"},
		{rules.Evidence{Text: "Period: May 2024", Domain: "saas"}, "BILLING_PERIOD"},
	})
}

func TestSerialLotOrBatch(t *testing.T) {
	check(t, []expectation{
		{near("Serial No.: XY0987654321"), "SERIAL_NUMBER"},
		{near("serial number ab0000000017"), "SERIAL_NUMBER"},
		{near("QK5550001234"), "SERIAL_NUMBER"},
		{near("No: 4711-22", "each item"), "SERIAL_NUMBER"},
		{near("778-21-A", "Individual units are marked"), "SERIAL_NUMBER"},
		{near("Unit QK5550001234"), "SERIAL_NUMBER"},
		{near("Seriennummer: 4711-22"), "SERIAL_NUMBER"},
		{near("LOT-99812"), "LOT_NUMBER"},
		{near("Production lot: 4711"), "LOT_NUMBER"},
		{near("Lot Number: 22-118"), "LOT_NUMBER"},
		{near("LOT # L55012"), "LOT_NUMBER"},
		{near("22-118", "production lot"), "LOT_NUMBER"},
		{near("Lot no: BATCH-118"), "LOT_NUMBER"}, // an explicit label before the format
		{near("BATCH-7"), "BATCH_NUMBER"},
		{near("Batch no. B5512A"), "BATCH_NUMBER"},
		{near("Batch code: batch-118"), "BATCH_NUMBER"},
		{near("BATCH-118", "manufactured 2024-02-01"), "BATCH_NUMBER"},
	})
}

func TestTrackingOrWaybill(t *testing.T) {
	check(t, []expectation{
		{rules.Evidence{Text: "WB-2023-004411", DocumentType: "WAYBILL", Position: "header"}, "WAYBILL_NUMBER"},
		{rules.Evidence{Text: "No: 176-12345675", DocumentType: "air waybill", Position: "top_right"}, "WAYBILL_NUMBER"},
		{rules.Evidence{Text: "WB-2023-004411", DocumentType: "Freight invoice", PrimaryDocumentID: true}, "WAYBILL_NUMBER"},
		{near("Airway bill: 176-12345675"), "WAYBILL_NUMBER"},
		{near("Bill of Lading No. BOL7781234"), "WAYBILL_NUMBER"},
		{near("B/L: 0098812"), "WAYBILL_NUMBER"},
		{near("AWB 176-12345675"), "WAYBILL_NUMBER"},
		{near("Waybill: 1Z999AA10123456784"), "WAYBILL_NUMBER"}, // an explicit label before the format
		{at("WAYBILL NUMBER: 20240099", "document_header"), "WAYBILL_NUMBER"},
		{in("Ref: 774899172137", "carrier_details"), "TRACKING_NUMBER"},
		{in("774899172137", "Carrier info"), "TRACKING_NUMBER"},
		{near("1Z12345E0205271688"), "TRACKING_NUMBER"},
		{near("Tracking No: 774899172137"), "TRACKING_NUMBER"},
		{near("track # 774899172137"), "TRACKING_NUMBER"},
		{near("Parcel: 1Z12345E0205271688"), "TRACKING_NUMBER"},
		{rules.Evidence{Text: "Tracking number: 774899172137", DocumentType: "WAYBILL", Position: "top_of_document"}, "TRACKING_NUMBER"},
		{near("Frachtbrief-Nr.: 5512-88"), "WAYBILL_NUMBER"},
		{near("Sendungsnummer: 00340434161094021501"), "TRACKING_NUMBER"},
	})
}

func TestCarriedForwardOrPreviousBalance(t *testing.T) {
	check(t, []expectation{
		{at("Amount brought forward: 3,480.00", "top_of_page_3"), "CARRIED_FORWARD"},
		{at("$2,118.40", "page_top"), "CARRIED_FORWARD"},
		{at("Total: $2,118.40", "bottom_of_page_1"), "CARRIED_FORWARD"},
		{at("Balance: 2.118,40 €", "page 2 header"), "CARRIED_FORWARD"},
		{near("1,020.00", "Page 2 of 3"), "CARRIED_FORWARD"},
		{near("Subtotal forward: EUR 310.20"), "CARRIED_FORWARD"},
		{near("Page total $310.20"), "CARRIED_FORWARD"},
		{near("310.20", "page total"), "CARRIED_FORWARD"},
		{near("Total c/f: 310.20"), "CARRIED_FORWARD"},
		{in("Previous balance: $88.10", "payment_history"), "PREVIOUS_BALANCE"},
		{in("Balance: $88.10", "payment history"), "PREVIOUS_BALANCE"},
		{in("$88.10", "account_summary"), "PREVIOUS_BALANCE"},
		{near("Outstanding: $45.00"), "PREVIOUS_BALANCE"},
		{near("Past due amount: 45.00"), "PREVIOUS_BALANCE"},
		{near("Arrears $45.00"), "PREVIOUS_BALANCE"},
		{near("Balance: $45.00", "past due"), "PREVIOUS_BALANCE"},
		{at("Previous balance: $45.00", "top_of_page_2"), "PREVIOUS_BALANCE"}, // an explicit label before the position
		{in("Carried forward: $45.00", "payment_history"), "CARRIED_FORWARD"},
		{at("Balance: $45.00", "top_of_page_1"), "PREVIOUS_BALANCE"}, // no boundary: the first page begins
		{near("Übertrag: 1.250,00 €"), "CARRIED_FORWARD"},
		{near("Solde précédent : 45,00 €"), "PREVIOUS_BALANCE"},
		{in("Balance brought forward: $45.00", "account_summary"), "PREVIOUS_BALANCE"},
	})
}

func TestAccountOrInvoiceNumber(t *testing.T) {
	check(t, []expectation{
		{at("INV-2023-000871", "top_of_document"), "INVOICE_NUMBER"},
		{at("No: 2023-871", "header"), "INVOICE_NUMBER"},
		{rules.Evidence{Text: "2023-871", PrimaryDocumentID: true}, "INVOICE_NUMBER"},
		{near("Inv No: 2024-0099"), "INVOICE_NUMBER"},
		{near("Bill number 88123"), "INVOICE_NUMBER"},
		{near("INVOICE # 88123"), "INVOICE_NUMBER"},
		{in("Invoice: 88123", "customer_info"), "INVOICE_NUMBER"}, // an explicit label before the section
		{near("Rechnungsnummer: R-88123"), "INVOICE_NUMBER"},
		{near("Acct no: 99-1234"), "ACCOUNT_NUMBER"},
		{near("Customer No. C-1122"), "ACCOUNT_NUMBER"},
		{near("ACCOUNT NUMBER 8812 0031"), "ACCOUNT_NUMBER"},
		{in("C-1122-9", "customer_info"), "ACCOUNT_NUMBER"},
		{in("ID: 55-9921", "bill_to"), "ACCOUNT_NUMBER"},
		{near("55-9921", "BUYER_NAME"), "ACCOUNT_NUMBER"},
		{near("55-9921", "buyer name"), "ACCOUNT_NUMBER"},
		{at("Account No: 8812", "document_header"), "ACCOUNT_NUMBER"},
		{near("A/C: 8812-31"), "ACCOUNT_NUMBER"},
		{near("Kundennummer: K-5512"), "ACCOUNT_NUMBER"},
	})
}

func TestProjectOrContract(t *testing.T) {
	check(t, []expectation{
		{near("PRJ-2031"), "PROJECT_CODE"},
		{near("Code: WO-4410"), "PROJECT_CODE"},
		{near("Project code: 77"), "PROJECT_CODE"},
		{near("Work order: 5512"), "PROJECT_CODE"},
		{near("Task # T-9"), "PROJECT_CODE"},
		{near("PROJECT NO 20240001"), "PROJECT_CODE"}, // an explicit label before the format
		{near("Projekt: AB-2024"), "PROJECT_CODE"},
		{near("Work Order No. XYZ-0042"), "PROJECT_CODE"},
		{near("20240001234"), "CONTRACT_NUMBER"},
		{near("Agreement #: 88"), "CONTRACT_NUMBER"},
		{near("Contract no: PROJ-2024"), "CONTRACT_NUMBER"},
		{near("PO: 4500123456"), "CONTRACT_NUMBER"},
		{near("P.O. 77-12"), "CONTRACT_NUMBER"},
		{near("Agreement ABCD-2024"), "CONTRACT_NUMBER"},
		{near("CONTRACT NUMBER W912DR-19-C-0001"), "CONTRACT_NUMBER"},
		{near("Vertragsnummer: 4711"), "CONTRACT_NUMBER"},
		{near("No: 12345678"), "CONTRACT_NUMBER"},
	})
}

func TestDestinationOrBuyer(t *testing.T) {
	check(t, []expectation{
		{on("Ship to: Delta Ltd, 8 Port Rd, Hull", "WAYBILL"), "DESTINATION"},
		{on("Consignee: Delta Ltd, 8 Port Rd, Hull", "bill of lading"), "DESTINATION"},
		{on("Bill to: Delta Ltd, 8 Port Rd, Hull", "WAYBILL"), "DESTINATION"}, // the type of the document goes first
		{on("Deliver to: Delta Ltd, 8 Port Rd, Hull", "INVOICE"), "BUYER_ADDRESS"},
		{on("Sold to: Delta Ltd, 8 Port Rd, Hull", "RECEIPT"), "BUYER_ADDRESS"},
		{on("To: Delta Ltd, 8 Port Rd, Hull", "INVOICE"), "BUYER_ADDRESS"},
		{on("To: Delta Ltd, 8 Port Rd, Hull", "freight invoice"), "DESTINATION"},
		{near("Deliver to Delta Ltd, 8 Port Rd, Hull"), "DESTINATION"},
		{near("SHIP TO: 8 Port Rd, Hull"), "DESTINATION"},
		{near("Delivery address: 8 Port Rd, Hull"), "DESTINATION"},
		{near("Bill to: 8 Port Rd, Hull"), "BUYER_ADDRESS"},
		{near("Customer: Delta Ltd, 8 Port Rd, Hull"), "BUYER_ADDRESS"},
		{in("Delta Ltd, 8 Port Rd, Hull", "buyer_info"), "BUYER_ADDRESS"},
		{in("Delta Ltd, 8 Port Rd, Hull", "bill_to"), "BUYER_ADDRESS"},
		{in("To: Delta Ltd, 8 Port Rd, Hull", "shipping_details"), "DESTINATION"},
		{in("Bill to: Delta Ltd, 8 Port Rd, Hull", "shipping_details"), "BUYER_ADDRESS"}, // an explicit label before the section
		{rules.Evidence{Text: "Delta Ltd, 8 Port Rd, Hull", DocumentType: "INVOICE", Section: "buyer_info"}, "BUYER_ADDRESS"},
		{near("Lieferadresse: Hafenstraße 4, 20457 Hamburg"), "DESTINATION"},
		{near("Rechnungsadresse: Hafenstraße 4, 20457 Hamburg"), "BUYER_ADDRESS"},
	})
}

// What nothing speaks for stays undecided, and candidates must be of a rule.
func TestUndecided(t *testing.T) {
	set := shipped(t)
	for _, text := range []string{"", "hello", "17", "Thank you for your business."} {
		if d, err := set.Resolve(rules.Evidence{Text: text}); !errors.Is(err, rules.ErrUndecided) {
			t.Errorf("%q: %+v, %v", text, d, err)
		}
	}
	for _, labels := range [][]string{{"ORIGIN"}, {"ORIGIN", "BUYER_ADDRESS"}, {"ORIGIN", "TOTAL_AMOUNT"}} {
		if d, err := set.Resolve(rules.Evidence{Text: "x"}, labels...); err == nil {
			t.Errorf("candidates %v: %+v", labels, d)
		}
	}
	// With candidates the most common one of the domain is the last resort.
	for domain, want := range map[string]string{"": "SUPPLIER_ADDRESS", "logistics": "ORIGIN", "saas": "SUPPLIER_ADDRESS"} {
		d, err := set.Resolve(rules.Evidence{Text: "7 Mill St, Hull", Domain: domain}, "ORIGIN", "SUPPLIER_ADDRESS")
		if err != nil || d.Label != want || d.Level != rules.Common {
			t.Errorf("domain %q: %+v, %v; expected %s", domain, d, err, want)
		}
	}
}

// A decision says what fired and what it overruled.
func TestDecisionNamesItsEvidence(t *testing.T) {
	d, err := shipped(t).Resolve(rules.Evidence{Text: "Contract: PROJ-2024"})
	if err != nil {
		t.Fatal(err)
	}
	if d.Label != "CONTRACT_NUMBER" || d.Level != rules.Key || d.Rule != "PROJECT_CODE/CONTRACT_NUMBER" {
		t.Errorf("%+v", d)
	}
	if len(d.Overruled) == 0 || d.Overruled[0].Label != "PROJECT_CODE" || d.Overruled[0].Level != rules.Format || d.Overruled[0].Reason != `the value holds "PROJ-2024"` {
		t.Errorf("overruled: %+v", d.Overruled)
	}
	d, err = shipped(t).Resolve(rules.Evidence{Text: "Ship to: 7 Mill St, Hull", DocumentType: "tax invoice"})
	if err != nil || d.Level != rules.Document || d.Condition != "document: [INVOICE, RECEIPT]" || d.Reason != "the document is of type INVOICE" {
		t.Errorf("%+v, %v", d, err)
	}
}
