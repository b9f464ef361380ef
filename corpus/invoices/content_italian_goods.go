package invoices

// Names and goods of Italy.

var italianNames = names{
	nounFirst: true, saints: "San",
	titles: []string{"Sig.", "Sig.ra", "Dott.", "Dott.ssa"},
	stems:  []string{"del Nord", "Adriatica", "Tirrena", "Padana", "Alpina", "Belvedere", "Monteverde", "Valdarno", "del Lago", "Italia", "San Marco", "Toscana", "del Sole", "La Quercia", "Due Torri", "Mediterranea", "del Garda", "Aurora", "Bellosguardo", "Etrusca"},
	banks:  []string{"Banca Popolare", "Cassa di Risparmio", "Credito Cooperativo", "Banca del Commercio", "Banco Adriatico", "Credito Lombardo"},
	first:  []string{"Alessandro", "Alessia", "Andrea", "Anna", "Antonio", "Beatrice", "Carlo", "Chiara", "Claudia", "Davide", "Elena", "Elisa", "Enrico", "Fabio", "Federica", "Francesca", "Franco", "Giacomo", "Giorgio", "Giovanni", "Giulia", "Giuseppe", "Laura", "Lorenzo", "Luca", "Lucia", "Marco", "Maria", "Massimo", "Matteo", "Nicola", "Paola", "Paolo", "Pietro", "Roberto", "Sara", "Silvia", "Simone", "Stefano", "Valentina"},
	last:   []string{"Rossi", "Russo", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci", "Marino", "Greco", "Bruno", "Gallo", "Conti", "De Luca", "Costa", "Giordano", "Mancini", "Rizzo", "Lombardi", "Moretti", "Barbieri", "Fontana", "Santoro", "Mariani", "Rinaldi", "Caruso", "Ferrara", "Galli", "Martini", "Leone", "Longo", "Gentile", "Martinelli", "Vitale", "Serra", "Coppola", "De Santis", "Marchetti", "Parisi", "Villa", "Conte", "Ferri", "Fabbri", "Bianco", "Marini"},
	nouns: [numTrades][]string{
		tradeGoods:    {"Forniture", "Utensileria", "Cartoleria", "Officine", "Materiali", "Elettrotecnica", "Imballaggi", "Arredamenti", "Commerciale", "Tipografia", "Distribuzione", "Consulenze", "Attrezzature", "Tessuti", "Ferramenta", "Meccanica"},
		tradeClients:  {"Costruzioni", "Albergo", "Panificio", "Birrificio", "Autofficina", "Editrice", "Gruppo", "Immobiliare", "Ristorante", "Viaggi", "Cantine", "Studio", "Allestimenti", "Fattoria", "Teatro"},
		tradeSoftware: {"Software", "Cloud", "Informatica", "Dati", "Soluzioni Digitali", "Sistemi"},
		tradeTelecom:  {"Mobile", "Telecomunicazioni", "Reti", "Fibra", "Connessioni", "Telefonia"},
		tradeFreight:  {"Trasporti", "Logistica", "Spedizioni", "Corriere", "Autotrasporti", "Cargo"},
		tradeEnergy:   {"Energia", "Elettrica", "Luce", "Azienda Elettrica"},
		tradeGas:      {"Gas", "Gas e Calore", "Metano", "Energia"},
		tradeWater:    {"Acque", "Acquedotto", "Servizi Idrici", "Acque e Depurazione"},
		tradeHeat:     {"Teleriscaldamento", "Calore", "Energia Termica"},
		tradeHospital: {"Ospedale", "Policlinico", "Casa di Cura", "Azienda Ospedaliera"},
		tradeClinic:   {"Studio Medico", "Ambulatorio", "Studio Dentistico", "Centro Fisioterapico", "Poliambulatorio"},
		tradeDefence:  {"Aeronautica", "Sistemi", "Difesa", "Cantieri Navali", "Ingegneria", "Sicurezza"},
		tradeShop:     {"Supermercato", "Farmacia", "Panetteria", "Libreria", "Mercato", "Bar", "Ferramenta", "Alimentari", "Profumeria", "Gastronomia"},
		tradeFuel:     {"Stazione di Servizio", "Carburanti", "Petroli"},
	},
	agencies: []string{"Provveditorato alle Opere", "Ministero delle Infrastrutture", "Azienda Sanitaria", "Ufficio Acquisti", "Agenzia per l'Ambiente", "Autorità Portuale", "Comune, Ragioneria", "Base Navale", "Istituto Geografico", "Ente Strade"},
}

var italianGoods = []catalog{
	{
		nouns: []string{"Carta per fotocopie", "Quaderno", "Penne a sfera", "Cucitrice", "Sedia da ufficio", "Raccoglitori", "Lampada da tavolo", "Toner", "Buste", "Distruggidocumenti", "Etichette", "Supporto monitor", "Perforatrice", "Evidenziatori", "Cassettiera"},
		after: true, attributes: []string{"A4", "in metallo", "a spirale", "di lusso"}, details: []string{"80 g", "500 fogli", "0,7 mm", "90 x 60 cm", "conf. 12"},
		units: []string{"pz", "nr", "scatola", "conf."}, packs: []string{"12/scatola", "10 x 500", "6 pz"}, low: 180, high: 24000, most: 40,
	},
	{
		nouns: []string{"Bullone", "Vite", "Rondella", "Dado", "Cerniera", "Punta da trapano", "Raccordo", "Valvola", "Squadretta", "Cuscinetto", "Fascetta", "Guarnizione", "Avvitatore", "Lama per sega", "Manometro"},
		after: true, attributes: []string{"in acciaio", "inox", "in ottone", "passo fine"}, details: []string{"M8 x 40", "M6", "DN25", "10 mm", "IP67", "18 V"},
		units: []string{"pz", "nr", "set", "kg", "m"}, packs: []string{"100/scatola", "50 pz", "25/busta"}, low: 12, high: 18000, most: 200, traced: true,
	},
	{
		nouns: []string{"Caffè in grani", "Olio d'oliva", "Burro", "Filetto di salmone", "Petto di pollo", "Parmigiano", "Farina", "Pomodori", "Riso", "Mandorle", "Succo di mela", "Miele", "Pasta", "Yogurt", "Acqua frizzante"},
		after: true, attributes: []string{"bio", "extra", "di montagna", "senza sale"}, details: []string{"1 kg", "500 g", "5 l", "750 ml", "cat. I"},
		units: []string{"kg", "cassa", "cartone", "sacco", "l"}, packs: []string{"6 x 1 kg", "12 x 750 ml", "10 kg"}, low: 95, high: 9800, most: 60, traced: true,
	},
	{
		nouns: []string{"Tastiera", "Monitor", "Docking station", "Router", "Switch", "Alimentatore", "Disco rigido", "Webcam", "Cuffie", "Proiettore", "Adattatore", "Cavo di rete", "Sensore", "Lettore di codici", "Tablet"},
		after: true, attributes: []string{"senza fili", "USB-C", "HDMI", "LED", "Bluetooth"}, details: []string{"27 pollici", "8 porte", "1 TB", "16 GB", "24 V", "2 m"},
		units: []string{"pz", "nr"}, low: 450, high: 98000, most: 12, traced: true,
	},
	{
		nouns: []string{"Consulenza", "Manutenzione", "Contabilità", "Traduzione", "Formazione", "Ispezione", "Gestione progetto", "Installazione", "Riparazione", "Pulizia", "Progettazione", "Assistenza"},
		after: true, attributes: []string{"in sede", "da contratto", "a distanza"}, details: []string{"fase 1", "fase 2", "settimana 14", "trasferta inclusa"},
		units: []string{"ore", "h", "giorno"}, low: 4500, high: 22000, most: 40, hours: true,
	},
	{
		nouns: []string{"Parquet", "Tegole", "Mattoni", "Lastre di cartongesso", "Finestra", "Porta", "Malta", "Pittura murale", "Autobloccanti", "Rotolo isolante", "Grondaia", "Colla per piastrelle", "Pali"},
		after: true, attributes: []string{"in rovere", "in pino", "in cemento"}, details: []string{"2,4 m", "12,5 mm", "10 l", "25 kg"},
		units: []string{"mq", "pz", "sacco", "bancale", "m"}, packs: []string{"20/bancale", "50 pz"}, low: 240, high: 32000, most: 80, traced: true,
	},
}

var italianGroceries = catalog{
	nouns: []string{"Latte", "Pane", "Banane", "Uova", "Yogurt", "Mele", "Formaggio", "Caffè", "Pizza", "Prosciutto", "Bibita", "Patatine", "Shampoo", "Dentifricio", "Pile", "Detersivo", "Cereali", "Burro", "Pasta", "Succo d'arancia", "Biscotti"},
	after: true, attributes: []string{"bio", "extra", "light", "famiglia"}, details: []string{"1L", "500G", "X12", "250ML"}, units: []string{"pz", "kg", "x"}, low: 49, high: 2499, most: 4,
}

var italianDishes = catalog{
	nouns: []string{"Cappuccino", "Spaghetti", "Insalata", "Panino", "Espresso", "Zuppa del giorno", "Bruschetta", "Limonata", "Tiramisù", "Vino rosso", "Birra", "Lasagne", "Tè", "Risotto", "Pizza margherita"},
	after: true, attributes: []string{"della casa", "al forno", "con panna"}, units: []string{"x", "pz"}, low: 250, high: 3200, most: 3,
}

var italianContract = catalog{
	nouns: []string{"Assistenza tecnica", "Manutenzione", "Integrazione", "Documentazione", "Addestramento", "Revisione", "Serie di ricambi", "Collaudo", "Supporto software", "Vigilanza", "Immagazzinamento", "Taratura"},
	after: true, attributes: []string{"veicoli", "radar", "rete"}, details: []string{"lotto II", "anno 1", "attività 3"}, units: []string{"LO", "pz", "ore", "mese"}, low: 9500, high: 410000, most: 12, traced: true,
}

var italianProcedures = []string{
	"Visita di controllo", "Visita di media complessità", "Prima visita", "Accesso al pronto soccorso", "Visita in reparto", "Terapia intensiva, prima ora", "Prelievo di sangue", "Profilo metabolico",
	"Emocromo completo", "Esame delle urine", "Radiografia del torace, due proiezioni", "Radiografia della caviglia", "TAC cranio senza contrasto", "TAC addome con contrasto", "Risonanza lombare", "Elettrocardiogramma",
	"Ecocardiogramma", "Esercizio terapeutico", "Terapia manuale", "Vaccinazione", "Biopsia cutanea", "Sutura semplice", "Infiltrazione articolare", "Artroscopia del ginocchio",
	"Colonscopia", "Asportazione della colecisti", "Assistenza al parto", "Anestesia, addome", "Aerosol", "Visita oculistica", "Iniezione di farmaco", "Test streptococco",
}
