package invoices

// noteTexts fit any document; goodsNotes and the other lists fit those of
// their domains.
var noteTexts = []string{
	"Thank you for your business.",
	"Thank you for your order!",
	"Please quote the number above with your payment.",
	"We appreciate your prompt payment.",
	"Call us with any question about this document.",
	"Prices as agreed by telephone.",
	"Our office is closed on public holidays.",
	"Thank you for choosing us.",
	"We have moved, note our new address.",
	"Work was completed as described.",
	"Changes as discussed with your colleague last week.",
	"This replaces our earlier document of the same number.",
}

var goodsNotes = []string{
	"Goods were delivered in good condition.",
	"Delivery was made to the rear entrance.",
	"Partial delivery, the rest follows next week.",
	"Second floor, ring twice.",
	"Samples were added free of charge.",
	"Your new price list is enclosed.",
	"Warranty card is inside the box.",
	"Please check the goods on arrival.",
	"Replacement parts ship on Monday.",
	"Handle with care, fragile content.",
	"Driver to call one hour before delivery.",
	"Pallets are to be returned.",
}

var serviceNotes = []string{
	"Contact your account representative for upgrades.",
	"Go paperless and save on your next bill.",
	"Your contract renews automatically next year.",
	"New features are described on our blog.",
	"You saved by paying annually.",
	"Ask about our bundle offers.",
}

var supplyNotes = []string{
	"Reading was taken by our technician.",
	"Your next reading is planned for the end of the month.",
	"This bill is based on an estimated reading.",
	"Save energy: lower the thermostat at night.",
	"Please keep access to the meter clear.",
	"Set up autopay on our website.",
}

var careNotes = []string{
	"A claim was sent to your insurance.",
	"This is not a bill from your physician.",
	"Financial assistance is available, ask our staff.",
	"Please bring your insurance card to your next visit.",
	"Results were sent to your doctor.",
	"Follow-up in six weeks.",
}

var termsTexts = []string{
	"Goods remain the property of the seller until paid in full.",
	"Late payments bear interest of 1.5% a month.",
	"Claims must be made within 8 days of receipt.",
	"Returns only with prior written consent and original packaging.",
	"All sales are subject to our general conditions of sale.",
	"Interest of 8% a year is charged on overdue accounts.",
	"Payment without deduction; a reminder costs a fee of 15.00.",
	"Liability is limited to the value of the goods.",
	"Disputes are settled by the courts at our place of business.",
	"No refund after 30 days. Exchange with receipt only.",
	"Services are billed monthly in advance and are not refundable.",
	"Carrier's liability is limited as printed overleaf.",
	"Cancellation requires notice of 30 days before renewal.",
	"Errors and omissions excepted.",
}

var paymentTermTexts = []string{"Net 30", "Net 30", "Net 15", "Net 45", "Net 60", "30 days", "14 days net", "Due on receipt", "2/10 Net 30", "30 days net", "Within 14 days", "COD", "Prepaid", "End of month", "Cash in advance"}

var stampTexts = []string{"PAID", "PAID IN FULL", "RECEIVED", "APPROVED", "APPROVED FOR PAYMENT", "CHECKED", "PAST DUE", "URGENT", "DELIVERED", "ENTERED", "POSTED"}

var watermarkTexts = []string{"COPY", "DUPLICATE", "DRAFT", "ORIGINAL", "SAMPLE", "CONFIDENTIAL", "VOID", "NOT FOR RESALE"}

var handwrittenTexts = []string{"ok to pay", "rec'd 3 boxes", "called, will send check", "2 missing!", "see attached", "approved JM", "paid by card", "ask Tom first", "split w/ dept 4", "damaged box", "left at dock", "chk #2041", "wrong price?", "file under repairs", "thanks!"}

// finePrint are clauses without a meaning of interest, at the foot of a
// document. # stands for a digit, @ for a city, and * for a person.
var finePrint = []string{
	"Registered in @ under number ########.",
	"Directors: *, *.",
	"Managing partner: *. Commercial register @ HRB #####.",
	"Questions? Our customer service is there for you Monday to Friday, 8:30 to 17:00.",
	"This document was produced by computer and is valid without a signature.",
	"Make checks payable to the company named above.",
	"Please detach the slip below and return it together with your payment.",
	"Visit our website to view your documents online.",
	"An additional charge may apply to payments by card.",
	"Privacy: we store your data as the law requires. See our website.",
	"Certified to ISO 9001:2015, certificate ####-##.",
	"Member of the Chamber of Commerce of @, no. #####.",
	"To report an emergency, call our hotline at any hour of the day.",
	"If you have moved, please tell us your new address in writing.",
	"A copy of this document is kept for ## years.",
	"Licence ####/## of the trade office in @.",
	"Opening hours: Mon - Sat 8:00 - 20:00, Sun 10:00 - 18:00.",
	"You were helped today by *.",
	"Form ##-# revised 0#/201#.",
	"Please allow 3 to 5 working days for processing.",
	"Para español, visite nuestra página web.",
}

// strayTexts are words that documents carry without a meaning of interest.
var strayTexts = []string{
	"Please retain for your records", "Form 27-B", "Rev. 03", "Printed on recycled paper", "E. & O. E.", "Branch 014", "Ref JT/ab", "Original for customer",
	"Member of the trade association", "ISO 9001 certified", "Registered office as above", "Computer generated, valid without signature",
}
