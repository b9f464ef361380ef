package invoices

// vagueWords are the key words that many labels of a class share, by the code
// of the language; a field of classOther keeps its own.
var vagueWords = map[string][numClasses][]string{
	"en": {
		classNumber:  {"No.", "Ref", "Reference", "ID", "Number", "Code", "#", "Our ref"},
		classDate:    {"Date", "Date", "Dated", "On"},
		classAmount:  {"Amount", "Amount", "Sum", "Value"},
		classMeasure: {"Quantity", "Value", "Units", "Figure"},
	},
	"de": {
		classNumber:  {"Nr.", "Ref.", "Kennung", "Nummer", "Code", "Zeichen"},
		classDate:    {"Datum", "Datum", "vom", "Tag"},
		classAmount:  {"Betrag", "Betrag", "Summe", "Wert"},
		classMeasure: {"Menge", "Wert", "Stand", "Einheiten"},
	},
	"fr": {
		classNumber:  {"N°", "Réf.", "Référence", "Code", "Numéro", "Ident."},
		classDate:    {"Date", "Date", "Le", "Du"},
		classAmount:  {"Montant", "Montant", "Somme", "Valeur"},
		classMeasure: {"Quantité", "Valeur", "Unités", "Relevé"},
	},
	"es": {
		classNumber:  {"N.º", "Ref.", "Referencia", "Código", "Número", "Id."},
		classDate:    {"Fecha", "Fecha", "Con fecha", "Día"},
		classAmount:  {"Importe", "Importe", "Suma", "Valor"},
		classMeasure: {"Cantidad", "Valor", "Unidades", "Dato"},
	},
	"it": {
		classNumber:  {"N.", "Rif.", "Riferimento", "Codice", "Numero", "Id."},
		classDate:    {"Data", "Data", "Del", "Giorno"},
		classAmount:  {"Importo", "Importo", "Somma", "Valore"},
		classMeasure: {"Quantità", "Valore", "Unità", "Dato"},
	},
}

// distraction is a key word and a value that no label covers: another paper's
// number, a date of something else, an amount that is not owed.
//
// In its value and in distracting sentences # is a digit, ^ a letter, ~ a
// date, $ an amount, @ a city, * a person, and % a telephone number.
type distraction struct{ key, value string }

var distractions = map[string][]distraction{
	"en": {
		{"Your ref", "^^/####"}, {"Our ref", "####-##"}, {"File", "#####"}, {"Quote", "Q-#####"}, {"Quotation of", "~"},
		{"Previous document", "INV-20##-####"}, {"Replaces", "#######"}, {"Delivery note", "######"}, {"Delivered", "~"}, {"Shipped on", "~"},
		{"Printed", "~"}, {"Valid until", "~"}, {"Customer since", "~"}, {"Last payment", "$"}, {"Credit limit", "$"}, {"Year to date", "$"},
		{"Last order", "PO-#####"}, {"Reminder", "#"}, {"Hotline", "%"}, {"Sales rep", "*"}, {"Contact", "*"}, {"Branch", "@"}, {"Depot", "@ ##"},
		{"Doc", "^#####"}, {"Run", "####/##"}, {"Form", "^^-####"}, {"Licence", "########"}, {"Terminal", "########"}, {"Ticket", "^^^-#####"},
	},
	"de": {
		{"Ihr Zeichen", "^^/####"}, {"Unser Zeichen", "####-##"}, {"Akte", "#####"}, {"Angebot", "A-#####"}, {"Angebot vom", "~"},
		{"Voriger Beleg", "RE-20##-####"}, {"Ersetzt", "#######"}, {"Lieferschein", "######"}, {"Geliefert am", "~"}, {"Versandt am", "~"},
		{"Gedruckt", "~"}, {"Gültig bis", "~"}, {"Kunde seit", "~"}, {"Letzte Zahlung", "$"}, {"Kreditrahmen", "$"}, {"Umsatz im Jahr", "$"},
		{"Mahnstufe", "#"}, {"Hotline", "%"}, {"Sachbearbeiter", "*"}, {"Ansprechpartner", "*"}, {"Filiale", "@"}, {"Lager", "@ ##"},
		{"Beleg", "^#####"}, {"Lauf", "####/##"}, {"Formular", "^^-####"}, {"Steuernummer", "##/###/#####"}, {"Vorgang", "^^^-#####"},
	},
	"fr": {
		{"Votre réf.", "^^/####"}, {"Notre réf.", "####-##"}, {"Dossier", "#####"}, {"Devis", "D-#####"}, {"Devis du", "~"},
		{"Pièce précédente", "FA-20##-####"}, {"Remplace", "#######"}, {"Bon de livraison", "######"}, {"Livré le", "~"}, {"Expédié le", "~"},
		{"Imprimé le", "~"}, {"Valable jusqu'au", "~"}, {"Client depuis", "~"}, {"Dernier règlement", "$"}, {"Encours autorisé", "$"}, {"Cumul annuel", "$"},
		{"Relance", "#"}, {"Assistance", "%"}, {"Commercial", "*"}, {"Contact", "*"}, {"Agence", "@"}, {"Dépôt", "@ ##"},
		{"Pièce", "^#####"}, {"Lot d'édition", "####/##"}, {"Formulaire", "^^-####"}, {"SIRET", "### ### ### #####"}, {"Ticket", "^^^-#####"},
	},
	"es": {
		{"Su ref.", "^^/####"}, {"Nuestra ref.", "####-##"}, {"Expediente", "#####"}, {"Presupuesto", "P-#####"}, {"Presupuesto de", "~"},
		{"Documento anterior", "FV-20##-####"}, {"Sustituye a", "#######"}, {"Albarán", "######"}, {"Entregado el", "~"}, {"Enviado el", "~"},
		{"Impreso el", "~"}, {"Válido hasta", "~"}, {"Cliente desde", "~"}, {"Último pago", "$"}, {"Límite de crédito", "$"}, {"Acumulado anual", "$"},
		{"Aviso", "#"}, {"Atención", "%"}, {"Comercial", "*"}, {"Contacto", "*"}, {"Sucursal", "@"}, {"Almacén", "@ ##"},
		{"Doc.", "^#####"}, {"Tirada", "####/##"}, {"Formulario", "^^-####"}, {"Registro", "########"}, {"Incidencia", "^^^-#####"},
	},
	"it": {
		{"Vs. rif.", "^^/####"}, {"Ns. rif.", "####-##"}, {"Pratica", "#####"}, {"Preventivo", "P-#####"}, {"Preventivo del", "~"},
		{"Documento precedente", "FT-20##-####"}, {"Sostituisce", "#######"}, {"Bolla", "######"}, {"Consegnato il", "~"}, {"Spedito il", "~"},
		{"Stampato il", "~"}, {"Valido fino al", "~"}, {"Cliente dal", "~"}, {"Ultimo pagamento", "$"}, {"Fido", "$"}, {"Totale annuo", "$"},
		{"Sollecito", "#"}, {"Assistenza", "%"}, {"Agente", "*"}, {"Contatto", "*"}, {"Filiale", "@"}, {"Deposito", "@ ##"},
		{"Doc.", "^#####"}, {"Tiratura", "####/##"}, {"Modulo", "^^-####"}, {"REA", "^^-######"}, {"Segnalazione", "^^^-#####"},
	},
}

var distractingSentences = map[string][]string{
	"en": {
		"Our letter of ~ about document INV-20##-#### is void.",
		"Visit us at the fair in @ on ~, hall #, stand ^##.",
		"Orders above $ are delivered free of charge until ~.",
		"Formerly at ## Mill Road, @.",
		"A reminder costs $, a second one $.",
		"Our accounts in @ are closed, use the details on this document only.",
		"Ask * for our new list of prices, valid from ~.",
		"Service hotline % (0.14 a minute).",
		"Win a voucher worth $: enter code ^^##^^ by ~.",
		"Quote file ####/## in all letters; orders by fax to %.",
		"This document was checked by * on ~ (log ######).",
		"Insured with policy ###-###### up to $ for each case.",
		"Return goods to ### Harbor Street, @, with slip ######.",
		"Your consultant * can be reached at %.",
		"Offer of the year ####: it ends on ~.",
		"Members of group ^^^-### receive ##% off orders from $.",
	},
	"de": {
		"Unser Schreiben vom ~ zum Beleg RE-20##-#### ist gegenstandslos.",
		"Besuchen Sie uns am ~ auf der Messe in @, Halle #, Stand ^##.",
		"Ab $ liefern wir bis ~ frei Haus.",
		"Früher Mühlenweg ##, @.",
		"Eine Mahnung kostet $, jede weitere $.",
		"Unsere Konten in @ sind aufgelöst.",
		"Fragen Sie * nach der neuen Preisliste, gültig ab ~.",
		"Hotline % (14 Cent je Minute).",
		"Gewinnen Sie einen Gutschein über $: Code ^^##^^ bis ~ einsenden.",
		"Bitte bei Schriftwechsel Akte ####/## angeben; Bestellungen per Fax an %.",
		"Geprüft von * am ~ (Protokoll ######).",
		"Versichert unter Police ###-###### bis $ je Fall.",
		"Rücksendungen an Hafenstraße ##, @, mit Schein ######.",
		"Ihr Berater * ist unter % erreichbar.",
	},
	"fr": {
		"Notre courrier du ~ concernant la pièce FA-20##-#### est annulé.",
		"Retrouvez-nous au salon de @ le ~, hall #, stand ^##.",
		"Livraison gratuite dès $ jusqu'au ~.",
		"Anciennement ## rue du Moulin, @.",
		"Une relance coûte $, la suivante $.",
		"Nos comptes à @ sont clos.",
		"Demandez à * notre nouveau tarif, valable dès le ~.",
		"Assistance % (0,14 la minute).",
		"Gagnez un bon de $ : code ^^##^^ avant le ~.",
		"Rappelez le dossier ####/## dans tout courrier ; commandes par fax au %.",
		"Contrôlé par * le ~ (journal ######).",
		"Assuré par la police ###-###### jusqu'à $ par sinistre.",
		"Retours au ## quai des Docks, @, avec le bon ######.",
		"Votre conseiller * est joignable au %.",
	},
	"es": {
		"Nuestra carta de ~ sobre el documento FV-20##-#### queda anulada.",
		"Visítenos en la feria de @ el ~, pabellón #, puesto ^##.",
		"Entrega gratuita desde $ hasta el ~.",
		"Antes en calle del Molino ##, @.",
		"Un aviso cuesta $, el segundo $.",
		"Nuestras cuentas en @ están cerradas.",
		"Pida a * la nueva lista de precios, válida desde el ~.",
		"Atención al cliente % (0,14 por minuto).",
		"Gane un vale de $: código ^^##^^ antes del ~.",
		"Indique el expediente ####/## en sus cartas; pedidos por fax al %.",
		"Revisado por * el ~ (registro ######).",
		"Asegurado con la póliza ###-###### hasta $ por caso.",
		"Devoluciones a calle del Puerto ##, @, con el talón ######.",
		"Su asesor * atiende en el %.",
	},
	"it": {
		"La nostra lettera del ~ sul documento FT-20##-#### è annullata.",
		"Visitateci alla fiera di @ il ~, padiglione #, stand ^##.",
		"Consegna gratuita da $ fino al ~.",
		"Già in via del Mulino ##, @.",
		"Un sollecito costa $, il secondo $.",
		"I nostri conti a @ sono chiusi.",
		"Chiedete a * il nuovo listino, valido dal ~.",
		"Assistenza % (0,14 al minuto).",
		"Vinci un buono da $: codice ^^##^^ entro il ~.",
		"Citare la pratica ####/## in ogni lettera; ordini via fax al %.",
		"Controllato da * il ~ (registro ######).",
		"Assicurato con polizza ###-###### fino a $ per caso.",
		"Resi in via del Porto ##, @, con la bolla ######.",
		"Il vostro consulente * risponde al %.",
	},
}

// otherCharges describe an item of no particular kind.
var otherCharges = map[string]string{
	"en": "Other charges", "de": "Sonstige Kosten", "fr": "Autres frais", "es": "Otros cargos", "it": "Altri addebiti",
}
