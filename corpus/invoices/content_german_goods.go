package invoices

// Names and goods of German-speaking countries.

var germanNames = names{
	saints: "St.",
	titles: []string{"Herr", "Frau", "Dr.", "Herrn"},
	stems:  []string{"Nord", "Süd", "Rhein", "Elb", "Main", "Alpen", "Berg", "Wald", "See", "Stern", "Linden", "Eichen", "Falken", "Adler", "Hansa", "Isar", "Neckar", "Harz", "Franken", "Ost", "West", "Donau", "Weser", "Burg", "Stein"},
	banks:  []string{"Sparkasse", "Volksbank", "Handelsbank", "Landesbank", "Kreditbank", "Genossenschaftsbank"},
	first:  []string{"Anna", "Andreas", "Bernd", "Birgit", "Christian", "Claudia", "Daniel", "Dieter", "Elke", "Eva", "Florian", "Frank", "Gabriele", "Günter", "Hannah", "Heike", "Jörg", "Julia", "Jürgen", "Karin", "Katharina", "Klaus", "Lena", "Lukas", "Markus", "Martina", "Matthias", "Monika", "Peter", "Petra", "Sabine", "Stefan", "Susanne", "Thomas", "Uwe", "Wolfgang"},
	last:   []string{"Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Hoffmann", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann", "Braun", "Krüger", "Hofmann", "Hartmann", "Lange", "Krause", "Lehmann", "Köhler", "Huber", "Kaiser", "Fuchs", "Peters", "Scholz", "Möller", "Weiß", "Jung", "Keller", "Vogel", "Frank", "Berger", "Winkler", "Lorenz", "Baumann", "Schuster", "Böhm", "Graf"},
	nouns: [numTrades][]string{
		tradeGoods:    {"Handel", "Werkzeuge", "Bürobedarf", "Maschinenbau", "Elektrotechnik", "Baustoffe", "Großhandel", "Metallbau", "Verpackungen", "Möbel", "Textil", "Industriebedarf", "Drucktechnik", "Beratung", "Technik", "Lebensmittel"},
		tradeClients:  {"Bau", "Architekten", "Immobilien", "Hotel", "Bäckerei", "Brauerei", "Verlag", "Autohaus", "Gartenbau", "Holding", "Consulting", "Medien", "Reisen", "Hausverwaltung", "Gastronomie"},
		tradeSoftware: {"Software", "Cloud", "Systeme", "Daten", "Digital", "Informatik", "Labs"},
		tradeTelecom:  {"Mobil", "Telekom", "Netz", "Kabel", "Funk", "Breitband", "Telefon"},
		tradeFreight:  {"Spedition", "Logistik", "Transporte", "Fracht", "Cargo", "Kurier"},
		tradeEnergy:   {"Stadtwerke", "Energie", "Strom", "Versorgung", "Elektrizitätswerk"},
		tradeGas:      {"Gas", "Gasversorgung", "Energie", "Stadtwerke", "Erdgas"},
		tradeWater:    {"Wasserwerke", "Wasser", "Wasserversorgung", "Stadtwerke"},
		tradeHeat:     {"Fernwärme", "Wärme", "Heizkraft", "Wärmeversorgung"},
		tradeHospital: {"Klinikum", "Krankenhaus", "Universitätsklinik", "Kreiskrankenhaus", "Hospital"},
		tradeClinic:   {"Praxis", "Gemeinschaftspraxis", "Zahnarztpraxis", "Physiotherapie", "Hautarztpraxis"},
		tradeDefence:  {"Wehrtechnik", "Luftfahrt", "Systemtechnik", "Sicherheit", "Schiffbau", "Ingenieure"},
		tradeShop:     {"Markt", "Kaufhaus", "Drogerie", "Bäckerei", "Apotheke", "Buchhandlung", "Lebensmittel", "Baumarkt", "Feinkost", "Sporthaus"},
		tradeFuel:     {"Tankstelle", "Mineralöle", "Autohof"},
	},
	agencies: []string{"Bundesamt für Straßenwesen", "Bauamt", "Landesamt für Vermessung", "Amt für Gebäude", "Wasser- und Schifffahrtsamt", "Hafenbehörde", "Finanzverwaltung", "Amt für Umwelt", "Stadtkämmerei", "Beschaffungsamt"},
}

var germanGoods = []catalog{
	{
		nouns: []string{"Kopierpapier", "Notizblock", "Kugelschreiber", "Hefter", "Bürostuhl", "Aktenordner", "Schreibtischlampe", "Toner", "Briefumschläge", "Aktenvernichter", "Etiketten", "Monitorständer", "Locher", "Textmarker", "Rollcontainer"},
		after: true, attributes: []string{"A4", "schwarz", "blau", "recycelt", "Premium", "höhenverstellbar"}, details: []string{"80 g", "500 Blatt", "0,7 mm", "90 x 60 cm", "12er-Pack"},
		units: []string{"Stk.", "Stück", "Pack", "Karton"}, packs: []string{"12/Karton", "10 x 500", "6er-Pack"}, low: 180, high: 24000, most: 40,
	},
	{
		nouns: []string{"Sechskantschraube", "Unterlegscheibe", "Scharnier", "Bohrer", "Rohrverbinder", "Kugelhahn", "Winkel", "Kugellager", "Schlauchschelle", "Dichtung", "Akkuschrauber", "Sägeblatt", "Kupplung", "Manometer", "Dübel"},
		after: true, attributes: []string{"verzinkt", "Edelstahl", "Messing", "gehärtet", "isoliert"}, details: []string{"M8 x 40", "M6", "DN25", "10 mm", "IP67", "18 V"},
		units: []string{"Stk.", "Stück", "Satz", "kg", "m"}, packs: []string{"100/Karton", "50 Stk.", "25/Beutel"}, low: 12, high: 18000, most: 200, traced: true,
	},
	{
		nouns: []string{"Kaffeebohnen", "Olivenöl", "Butter", "Lachsfilet", "Hähnchenbrust", "Bergkäse", "Mehl", "Tomaten", "Basmatireis", "Mandeln", "Apfelsaft", "Honig", "Nudeln", "Joghurt", "Mineralwasser"},
		after: true, attributes: []string{"bio", "frisch", "tiefgekühlt", "geräuchert", "geschnitten"}, details: []string{"1 kg", "500 g", "5 l", "750 ml", "Klasse I"},
		units: []string{"kg", "Kiste", "Karton", "Sack", "l"}, packs: []string{"6 x 1 kg", "12 x 750 ml", "10 kg"}, low: 95, high: 9800, most: 60, traced: true,
	},
	{
		nouns: []string{"Tastatur", "Bildschirm", "Dockingstation", "Router", "Switch", "Netzteil", "Festplatte", "Webcam", "Headset", "Beamer", "Adapter", "Patchkabel", "Sensor", "Barcodescanner", "Tablet"},
		after: true, attributes: []string{"kabellos", "USB-C", "HDMI", "kompakt", "LED", "Bluetooth"}, details: []string{"27 Zoll", "8-Port", "1 TB", "16 GB", "24 V", "2 m"},
		units: []string{"Stk.", "Stück"}, low: 450, high: 98000, most: 12, traced: true,
	},
	{
		nouns: []string{"Beratung", "Wartung", "Buchhaltung", "Übersetzung", "Schulung", "Prüfung", "Projektleitung", "Montage", "Reparatur", "Reinigung", "Entwurf", "Inspektion"},
		after: true, attributes: []string{"vor Ort", "monatlich", "laut Vertrag", "im Büro"}, details: []string{"Phase 1", "Phase 2", "KW 14", "inkl. Anfahrt"},
		units: []string{"Std.", "h", "Stunden"}, low: 4500, high: 22000, most: 40, hours: true,
	},
	{
		nouns: []string{"Dielen", "Dachziegel", "Mauerziegel", "Gipsplatten", "Fensterrahmen", "Zimmertür", "Mörtel", "Wandfarbe", "Pflastersteine", "Dämmrolle", "Dachrinne", "Fliesenkleber", "Zaunpfosten"},
		after: true, attributes: []string{"Eiche", "Kiefer", "weiß", "wasserfest", "grundiert"}, details: []string{"2,4 m", "12,5 mm", "10 l", "25 kg"},
		units: []string{"m2", "Stk.", "Sack", "Palette", "m"}, packs: []string{"20/Palette", "50 Stk."}, low: 240, high: 32000, most: 80, traced: true,
	},
}

var germanGroceries = catalog{
	nouns: []string{"Milch", "Brot", "Bananen", "Eier", "Joghurt", "Äpfel", "Käse", "Kaffee", "Pizza", "Schinken", "Limonade", "Chips", "Shampoo", "Zahnpasta", "Batterien", "Waschmittel", "Müsli", "Butter", "Nudeln", "Orangensaft", "Kekse"},
	after: true, attributes: []string{"bio", "frisch", "groß", "mild", "klein"}, details: []string{"1L", "500G", "12ER", "250ML"}, units: []string{"Stk.", "kg", "x"}, low: 49, high: 2499, most: 4,
}

var germanDishes = catalog{
	nouns: []string{"Milchkaffee", "Schnitzel", "Salat", "Käsespätzle", "Espresso", "Tagessuppe", "Pfannkuchen", "Apfelschorle", "Käsekuchen", "Rotwein", "Pils", "Bratwurst", "Tee", "Flammkuchen", "Maultaschen"},
	after: true, attributes: []string{"groß", "klein", "vegan", "hausgemacht"}, units: []string{"x", "Stk."}, low: 250, high: 3200, most: 3,
}

var germanContract = catalog{
	nouns: []string{"Ingenieurleistung", "Instandhaltung", "Systemintegration", "Dokumentation", "Ausbildung", "Überholung", "Ersatzteilsatz", "Prüfung", "Softwarepflege", "Wachdienst", "Lagerung", "Kalibrierung"},
	after: true, attributes: []string{"Fahrzeug", "Radar", "Netz", "Feld"}, details: []string{"Los II", "Abruf 3", "Teil 1"}, units: []string{"LE", "Stk.", "Std.", "Mon."}, low: 9500, high: 410000, most: 12, traced: true,
}

var germanProcedures = []string{
	"Sprechstunde, bekannter Patient", "Sprechstunde, mittlerer Aufwand", "Erstuntersuchung", "Notaufnahme", "Visite stationär", "Intensivbehandlung, erste Stunde", "Blutentnahme", "Stoffwechselprofil",
	"Großes Blutbild", "Urinuntersuchung", "Röntgen Thorax, zwei Ebenen", "Röntgen Sprunggelenk", "CT Kopf ohne Kontrastmittel", "CT Bauch mit Kontrastmittel", "MRT Lendenwirbelsäule", "Elektrokardiogramm",
	"Echokardiographie", "Krankengymnastik", "Manuelle Therapie", "Impfung", "Hautbiopsie", "Wundversorgung, einfach", "Gelenkinjektion", "Arthroskopie Knie",
	"Darmspiegelung", "Entfernung der Gallenblase", "Geburtshilfe", "Narkose, Bauchraum", "Inhalation", "Augenuntersuchung", "Injektion eines Medikaments", "Streptokokken-Test",
}
