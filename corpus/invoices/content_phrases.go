package invoices

// phrase names a list of wordings of one meaning, of which a document draws
// one in its language. Key words of fields and titles of columns have tables
// of their own.
type phrase uint8

const (
	// Titles of documents.
	pInvoiceTitle phrase = iota
	pBillTitle
	pReceiptTitle
	pWaybillTitle
	pFreightTitle
	pCreditTitle
	pMedicalTitle
	pClinicTitle
	pPublicTitle
	pExportTitle
	pStatementTitle

	// Headings of blocks; they are GENERIC_LABEL.
	pBillTo
	pShipTo
	pFrom
	pBankHead
	pNotesHead
	pTermsHead
	pAccountHead
	pUsageHead
	pMeterHead
	pShipmentHead
	pShipper
	pReceiver
	pPatient
	pHistoryHead
	pDetailsHead

	// Key words of values that have no field.
	pOurRef
	pDeliveryNote
	pDeliveryDate
	pSalesRep
	pQuote
	pPrinted
	pFax
	pBank
	pReason
	pVehicle
	pTableNumber
	pCash
	pChange
	pCard
	pAuth
	pStore
	pItemsSold
	pDeliveryOrder
	pDoctor
	pBirth
	pFlight
	pPump
	pEquivalent

	// Key words of a field in one kind of document.
	pOriginalInvoice
	pReceiptNumber
	pWaybillInvoice
	pBillTotal
	pNewCharges
	pCreditTotal
	pFreightTotal
	pCareTotal
	pInsurancePaid
	pPatientBalance
	pAdvances
	pSignatureKey
	pSalesTax

	// Titles of columns and words of tables.
	pOrdinalColumn
	pGoodsColumn
	pPackagesColumn
	pChargesColumn
	pTreatmentColumn
	pDateColumn
	pParcelColumn
	pLineColumn
	pSectionSum
	pBroughtForward
	pContained

	// Words inside of texts.
	pPage
	pOf
	pUntil
	pDated

	// Sentences, with {total}, {due} and {number} for facts in letters, each
	// before a space, so that no full stop becomes part of a value. The last
	// pPayRequest has no {number}, all others have.
	pSalutation
	pLetterOpening
	pPayRequest
	pRegards
	pNotes
	pGoodsNotes
	pServiceNotes
	pSupplyNotes
	pCareNotes
	pTermsTexts
	pPaymentTerms
	pStamps
	pWatermarks
	pHandwritten
	pFinePrint
	pStrayTexts
	pReasons

	// What is sold.
	pSections
	pWards
	pSeats
	pUsageKinds
	pProrations
	pServiceExtras
	pMonthly
	pTelecomExtras
	pEquipment
	pRoaming
	pOverage
	pTelecomCredits
	pFreightCharges
	pCourierServices
	pCargo
	pPackages
	pPeak
	pOffPeak
	pElectricUsage
	pElectricStanding
	pElectricExtras
	pGasUsage
	pGasStanding
	pGasExtras
	pWaterUsage
	pWaterStanding
	pWaterExtras
	pHeatUsage
	pHeatStanding
	pHeatExtras
	pElectricity
	pGas
	pDays
	pHospitalExtras
	pFuels

	numPhrases = int(iota)
)
