package invoices

import "github.com/invoicelab/invoicelab/corpus"

// field is what a piece of text of a generated document means: noField, or an
// entity type of the full schema. Which of them become spans depends on the
// schema that the corpus is made under.
type field uint8

const (
	noField field = iota
	fDocType
	fInvoiceNumber
	fPurchaseOrderNumber
	fInvoiceDate
	fDueDate
	fOrderDate
	fSupplierName
	fSupplierVAT
	fSupplierAddress
	fSupplierPhone
	fSupplierEmail
	fBuyerName
	fBuyerAddress
	fBuyerPhone
	fBuyerEmail
	fCurrency
	fTotalAmount
	fTaxAmount
	fSubtotal
	fDiscount
	fTaxRate
	fPaymentTerms
	fPOLineItem
	fItemDescription
	fItemSKU
	fItemQty
	fItemUnit
	fItemUnitCost
	fItemTotalCost
	fItemPackSize
	fItemTax
	fItemDiscount
	fTerms
	fNote
	fGenericLabel
	fTable
	fSubscriptionID
	fBillingPeriod
	fLicenseCount
	fPlanName
	fUsageCharge
	fRecurringAmount
	fProration
	fAccountNumber
	fServiceNumber
	fServicePeriod
	fPreviousBalance
	fPaymentReceived
	fWaybillNumber
	fShipperName
	fConsigneeName
	fOrigin
	fDestination
	fMeterNumber
	fAmountPaid
	fBalanceDue
	fCreditMemoNumber
	fRefundAmount
	fExchangeRate
	fBaseCurrency
	fPatientID
	fProcedureCode
	fInsuranceClaimNumber
	fContractNumber
	fCageCode
	fTrackingNumber
	fItemGroupHeader
	fItemGroupSubtotal
	fPageNumber
	fCarriedForward
	fSignature
	fStampText
	fHandwrittenNote
	fWatermark
	fBankAccount
	fIBAN
	fSwiftCode
	fProjectCode
	fCostCenter
	fGLCode
	fLotNumber
	fBatchNumber
	fSerialNumber
	fMeterReadingCurrent
	fMeterReadingPrevious
	fConsumption
	fRatePerUnit
	fSupplyCharge
	fPeakCharge
	fOffPeakCharge
	fDataUsage
	fRoamingCharge
	fEquipmentCharge
	fWeight
	fVolume
	fIncoterms
	fRegisterNumber
	fCashierID

	numFields = int(iota)
)

// fieldNames gives the entity type of each field.
var fieldNames = [numFields]string{
	fDocType:              "DOC_TYPE",
	fInvoiceNumber:        "INVOICE_NUMBER",
	fPurchaseOrderNumber:  "PURCHASE_ORDER_NUMBER",
	fInvoiceDate:          "INVOICE_DATE",
	fDueDate:              "DUE_DATE",
	fOrderDate:            "ORDER_DATE",
	fSupplierName:         "SUPPLIER_NAME",
	fSupplierVAT:          "SUPPLIER_VAT",
	fSupplierAddress:      "SUPPLIER_ADDRESS",
	fSupplierPhone:        "SUPPLIER_PHONE",
	fSupplierEmail:        "SUPPLIER_EMAIL",
	fBuyerName:            "BUYER_NAME",
	fBuyerAddress:         "BUYER_ADDRESS",
	fBuyerPhone:           "BUYER_PHONE",
	fBuyerEmail:           "BUYER_EMAIL",
	fCurrency:             "CURRENCY",
	fTotalAmount:          "TOTAL_AMOUNT",
	fTaxAmount:            "TAX_AMOUNT",
	fSubtotal:             "SUBTOTAL",
	fDiscount:             "DISCOUNT",
	fTaxRate:              "TAX_RATE",
	fPaymentTerms:         "PAYMENT_TERMS",
	fPOLineItem:           "PO_LINE_ITEM",
	fItemDescription:      "ITEM_DESCRIPTION",
	fItemSKU:              "ITEM_SKU",
	fItemQty:              "ITEM_QTY",
	fItemUnit:             "ITEM_UNIT",
	fItemUnitCost:         "ITEM_UNIT_COST",
	fItemTotalCost:        "ITEM_TOTAL_COST",
	fItemPackSize:         "ITEM_PACK_SIZE",
	fItemTax:              "ITEM_TAX",
	fItemDiscount:         "ITEM_DISCOUNT",
	fTerms:                "TERMS_AND_CONDITIONS",
	fNote:                 "NOTE",
	fGenericLabel:         "GENERIC_LABEL",
	fTable:                "TABLE",
	fSubscriptionID:       "SUBSCRIPTION_ID",
	fBillingPeriod:        "BILLING_PERIOD",
	fLicenseCount:         "LICENSE_COUNT",
	fPlanName:             "PLAN_NAME",
	fUsageCharge:          "USAGE_CHARGE",
	fRecurringAmount:      "RECURRING_AMOUNT",
	fProration:            "PRORATION",
	fAccountNumber:        "ACCOUNT_NUMBER",
	fServiceNumber:        "SERVICE_NUMBER",
	fServicePeriod:        "SERVICE_PERIOD",
	fPreviousBalance:      "PREVIOUS_BALANCE",
	fPaymentReceived:      "PAYMENT_RECEIVED",
	fWaybillNumber:        "WAYBILL_NUMBER",
	fShipperName:          "SHIPPER_NAME",
	fConsigneeName:        "CONSIGNEE_NAME",
	fOrigin:               "ORIGIN",
	fDestination:          "DESTINATION",
	fMeterNumber:          "METER_NUMBER",
	fAmountPaid:           "AMOUNT_PAID",
	fBalanceDue:           "BALANCE_DUE",
	fCreditMemoNumber:     "CREDIT_MEMO_NUMBER",
	fRefundAmount:         "REFUND_AMOUNT",
	fExchangeRate:         "EXCHANGE_RATE",
	fBaseCurrency:         "BASE_CURRENCY",
	fPatientID:            "PATIENT_ID",
	fProcedureCode:        "PROCEDURE_CODE",
	fInsuranceClaimNumber: "INSURANCE_CLAIM_NUMBER",
	fContractNumber:       "CONTRACT_NUMBER",
	fCageCode:             "CAGE_CODE",
	fTrackingNumber:       "TRACKING_NUMBER",
	fItemGroupHeader:      "ITEM_GROUP_HEADER",
	fItemGroupSubtotal:    "ITEM_GROUP_SUBTOTAL",
	fPageNumber:           "PAGE_NUMBER",
	fCarriedForward:       "CARRIED_FORWARD",
	fSignature:            "SIGNATURE",
	fStampText:            "STAMP_TEXT",
	fHandwrittenNote:      "HANDWRITTEN_NOTE",
	fWatermark:            "WATERMARK",
	fBankAccount:          "BANK_ACCOUNT",
	fIBAN:                 "IBAN",
	fSwiftCode:            "SWIFT_CODE",
	fProjectCode:          "PROJECT_CODE",
	fCostCenter:           "COST_CENTER",
	fGLCode:               "GL_CODE",
	fLotNumber:            "LOT_NUMBER",
	fBatchNumber:          "BATCH_NUMBER",
	fSerialNumber:         "SERIAL_NUMBER",
	fMeterReadingCurrent:  "METER_READING_CURRENT",
	fMeterReadingPrevious: "METER_READING_PREVIOUS",
	fConsumption:          "CONSUMPTION",
	fRatePerUnit:          "RATE_PER_UNIT",
	fSupplyCharge:         "SUPPLY_CHARGE",
	fPeakCharge:           "PEAK_CHARGE",
	fOffPeakCharge:        "OFF_PEAK_CHARGE",
	fDataUsage:            "DATA_USAGE",
	fRoamingCharge:        "ROAMING_CHARGE",
	fEquipmentCharge:      "EQUIPMENT_CHARGE",
	fWeight:               "WEIGHT",
	fVolume:               "VOLUME",
	fIncoterms:            "INCOTERMS",
	fRegisterNumber:       "REGISTER_NUMBER",
	fCashierID:            "CASHIER_ID",
}

// fieldIDs finds the schema's entity of each field, -1 where it has none.
func fieldIDs(schema *corpus.Schema) (ids [numFields]int, known int) {
	for f := range ids {
		ids[f] = -1
		if id, ok := schema.Lookup(fieldNames[f]); ok && field(f) != noField {
			ids[f] = int(id)
			known++
		}
	}
	return ids, known
}
