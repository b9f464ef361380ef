package invoices

// keyWords are the words that announce a value of a field. The first is the
// plain form; none of them contradicts the resolution rules: a period that is
// called after usage is SERVICE_PERIOD, one after the invoice or its cycle is
// BILLING_PERIOD.
var keyWords = [numFields][]string{
	fInvoiceNumber:        {"Invoice No", "Invoice No", "Invoice Number", "Invoice #", "Inv No", "Inv. #", "Invoice", "Bill No", "No", "Document No"},
	fPurchaseOrderNumber:  {"PO Number", "P.O. No", "Purchase Order", "PO #", "Your Order", "Customer PO", "PO Ref", "Order Ref"},
	fInvoiceDate:          {"Invoice Date", "Invoice Date", "Date", "Date", "Date of Issue", "Inv Date", "Issued", "Issue Date", "Dated", "Bill Date", "Tax Point"},
	fDueDate:              {"Due Date", "Due Date", "Payment Due", "Due", "Pay By", "Due On", "Payable by", "Due by"},
	fOrderDate:            {"Order Date", "Ordered", "Date of Order", "Ordered on", "PO Date"},
	fSupplierVAT:          {"VAT No"},
	fSupplierPhone:        {"Tel", "Phone", "Tel.", "T", "Telephone", "Ph", "Call"},
	fSupplierEmail:        {"Email", "E-mail", "E", "Mail"},
	fBuyerPhone:           {"Tel", "Phone", "Telephone", "Contact"},
	fBuyerEmail:           {"Email", "E-mail", "Mail"},
	fCurrency:             {"Currency", "Currency", "Curr", "Invoice Currency", "All amounts in"},
	fTotalAmount:          {"Total", "Total", "Invoice Total", "Total Amount", "Grand Total", "Amount Due", "Total Due", "TOTAL", "Total incl. Tax", "Total Payable"},
	fSubtotal:             {"Subtotal", "Sub-total", "Sub Total", "Net Amount", "Net Total", "Total excl. Tax", "Net", "Goods Total"},
	fDiscount:             {"Discount", "Less Discount", "Disc", "Rebate", "Discount given", "Loyalty Discount"},
	fPaymentTerms:         {"Terms", "Payment Terms", "Terms of Payment", "Pmt Terms", "Payment"},
	fSubscriptionID:       {"Subscription ID", "Subscription", "Subscription No", "Sub ID", "Subscr. ID"},
	fBillingPeriod:        {"Billing Period", "Billing Cycle", "Invoice Period", "Billing period"},
	fLicenseCount:         {"Licenses", "Seats", "License Count", "User Licenses", "Users", "Number of seats"},
	fPlanName:             {"Plan", "Plan Name", "Subscription Plan", "Your plan", "Tariff", "Package"},
	fAccountNumber:        {"Account No", "Account Number", "Account", "Acct No", "Customer No", "Customer Account", "Acct #"},
	fServiceNumber:        {"Service Number", "Service No", "Line", "Phone Line", "Mobile No", "Circuit", "Your number"},
	fServicePeriod:        {"Service Period", "Usage Period", "Coverage Period", "Service rendered", "Period of usage"},
	fPreviousBalance:      {"Previous Balance", "Previous balance", "Balance from last bill", "Last bill", "Opening balance", "Outstanding", "Past due balance", "Prior balance"},
	fPaymentReceived:      {"Payment Received", "Payments received", "Payment - thank you", "Less payments", "Payments", "Received with thanks"},
	fWaybillNumber:        {"Waybill No", "Waybill Number", "Waybill", "Bill of Lading", "B/L No", "Air Waybill", "Consignment Note No"},
	fTrackingNumber:       {"Tracking No", "Tracking Number", "Tracking", "Track #", "Carrier Tracking", "Parcel No"},
	fMeterNumber:          {"Meter Number", "Meter No", "Meter", "Meter ID", "Meter Serial"},
	fAmountPaid:           {"Amount Paid", "Paid", "Less paid", "Deposit paid", "Payment made", "Paid to date"},
	fBalanceDue:           {"Balance Due", "Balance", "Amount outstanding", "Balance to pay", "Remaining balance", "Outstanding amount"},
	fCreditMemoNumber:     {"Credit Note No", "Credit Memo", "Credit Memo No", "Credit No", "CN No", "Credit Note"},
	fRefundAmount:         {"Refund Amount", "Refund", "Amount refunded", "To be refunded", "Refund due"},
	fExchangeRate:         {"Exchange Rate", "FX rate", "Rate of exchange", "Exch. rate", "Conversion rate"},
	fBaseCurrency:         {"Base Currency", "Base curr.", "Reporting currency", "Home currency", "Base currency"},
	fPatientID:            {"Patient ID", "Patient No", "MRN", "Medical Record No", "Patient #"},
	fInsuranceClaimNumber: {"Claim No", "Claim Number", "Insurance Claim", "Claim ID", "Claim #"},
	fContractNumber:       {"Contract No", "Contract Number", "Contract", "Agreement No", "Contract #"},
	fCageCode:             {"CAGE Code", "CAGE", "Cage Code", "CAGE No"},
	fBankAccount:          {"Account No", "Bank Account", "A/C No", "Acct", "Account number", "Bank A/C"},
	fIBAN:                 {"IBAN", "IBAN", "IBAN No", "IBAN code"},
	fSwiftCode:            {"SWIFT", "BIC", "SWIFT Code", "SWIFT/BIC", "BIC Code"},
	fProjectCode:          {"Project", "Project Code", "Project No", "Work Order", "Task"},
	fCostCenter:           {"Cost Center", "Cost Centre", "Cost Ctr", "CC"},
	fGLCode:               {"GL Code", "G/L Account", "GL Acct", "Ledger Code", "GL"},
	fLotNumber:            {"Lot", "Lot No", "Lot Number", "Production Lot"},
	fBatchNumber:          {"Batch", "Batch No", "Batch Number"},
	fSerialNumber:         {"S/N", "Serial No", "Serial Number", "SN"},
	fMeterReadingCurrent:  {"Current Reading", "Present Reading", "Current", "This reading", "Reading now", "Present"},
	fMeterReadingPrevious: {"Previous Reading", "Prior Reading", "Previous", "Last reading", "Prev. reading", "Prior"},
	fConsumption:          {"Consumption", "Usage", "Units used", "Used", "Total usage", "Energy used"},
	fRatePerUnit:          {"Rate per unit", "Unit rate", "Rate", "Price per unit", "Tariff rate"},
	fDataUsage:            {"Data Usage", "Data used", "Data", "Total data", "Internet usage"},
	fWeight:               {"Gross Weight", "Weight", "Total Weight", "Chargeable Weight", "Wt", "Gross wt"},
	fVolume:               {"Volume", "Cube", "Vol", "Measurement", "Total Volume", "CBM"},
	fIncoterms:            {"Incoterms", "Incoterm", "Delivery terms", "Terms of delivery", "Incoterms 2020"},
	fRegisterNumber:       {"Register", "Reg", "Reg #", "Register No", "Till", "POS"},
	fCashierID:            {"Cashier", "Cashier ID", "Operator", "Clerk", "Served by", "Cshr"},
	fCarriedForward:       {"Carried forward", "Carried Forward", "Subtotal forward", "Page total", "Amount carried forward", "Total c/f"},
}

// columnTitles are the words at the head of a column of a table.
var columnTitles = [numFields][]string{
	fPOLineItem:      {"Line", "PO Line", "Item", "Ln", "Pos"},
	fItemDescription: {"Description", "Description", "Item", "Product", "Details", "Service", "Article", "Goods"},
	fItemSKU:         {"SKU", "Item No", "Code", "Art. No", "Part No", "Product Code", "Item Code"},
	fItemQty:         {"Qty", "Qty", "Quantity", "QTY", "Units", "Qty."},
	fItemUnit:        {"Unit", "UOM", "U/M", "Unit"},
	fItemUnitCost:    {"Unit Price", "Price", "Unit Cost", "Rate", "Price each", "Each"},
	fItemTotalCost:   {"Amount", "Total", "Line Total", "Net Amount", "Ext. Price", "Total Price"},
	fItemPackSize:    {"Pack", "Pack Size", "Packing", "Size"},
	fItemTax:         {"Tax", "VAT", "Tax Amt", "GST"},
	fItemDiscount:    {"Disc", "Discount", "Disc.", "Less"},
	fProcedureCode:   {"CPT", "Code", "Procedure", "Proc. Code", "CPT Code"},
	fWeight:          {"Weight", "Gross wt", "Wt", "Weight kg"},
	fVolume:          {"Volume", "CBM", "Vol", "Cube"},
	fRatePerUnit:     {"Rate", "Unit rate", "Price", "Rate per unit"},
	fConsumption:     {"Usage", "Used", "Consumption", "Units"},
}

// headings announce a block, not a single value; they are GENERIC_LABEL.
var (
	billToWords   = []string{"Bill To", "Bill To", "Billed To", "Invoice To", "Customer", "Sold To", "Client", "Buyer", "To"}
	shipToWords   = []string{"Ship To", "Deliver To", "Delivery Address", "Shipping Address"}
	fromWords     = []string{"From", "Seller", "Supplier", "Vendor", "Issued by"}
	bankWords     = []string{"Payment Details", "Bank Details", "Remit To", "Payment Information", "Banking", "How to pay", "Wire instructions"}
	notesWords    = []string{"Notes", "Note", "Remarks", "Comments", "Message"}
	termsWords    = []string{"Terms and Conditions", "Terms & Conditions", "Conditions", "Terms of Sale"}
	accountWords  = []string{"Account Summary", "Summary", "Your account", "Account overview", "Billing summary"}
	usageWords    = []string{"Usage Summary", "Your usage", "Usage this period", "Usage details"}
	meterWords    = []string{"Meter Details", "Meter readings", "Your meter", "Readings"}
	shipmentWords = []string{"Shipment Details", "Shipment", "Cargo details", "Consignment"}
	shipperWords  = []string{"Shipper", "Sender", "Consignor", "From", "Ship From", "Pickup from"}
	receiverWords = []string{"Consignee", "Receiver", "Deliver To", "Ship To", "To", "Recipient"}
)
