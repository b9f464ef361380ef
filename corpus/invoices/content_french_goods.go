package invoices

// Names and goods of France.

var frenchNames = names{
	nounFirst: true, saints: "Saint",
	titles: []string{"M.", "Mme", "Dr", "Mlle"},
	stems:  []string{"du Nord", "du Midi", "de l'Ouest", "Rhône", "Alpin", "Atlantique", "Bellevue", "du Lac", "Montclair", "du Vieux Port", "Beaumont", "des Vosges", "Loire", "Provence", "du Marais", "Bretagne", "Belmont", "de la Vallée", "Saint-Michel", "du Chêne"},
	banks:  []string{"Crédit du Nord-Est", "Banque du Commerce", "Caisse Mutuelle", "Banque Régionale", "Crédit Coopérant", "Banque de l'Ouest"},
	first:  []string{"Alain", "Anne", "Antoine", "Béatrice", "Bernard", "Camille", "Céline", "Chloé", "Christophe", "Claire", "Denis", "Élise", "Émile", "Fabrice", "Françoise", "Gérard", "Hélène", "Isabelle", "Jacques", "Jean", "Julien", "Laurent", "Louise", "Luc", "Lucie", "Marc", "Marie", "Mathilde", "Nathalie", "Nicolas", "Olivier", "Paul", "Philippe", "Sophie", "Sylvie", "Thérèse", "Thierry", "Valérie", "Yves"},
	last:   []string{"Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy", "Moreau", "Simon", "Laurent", "Lefèvre", "Michel", "Garcia", "David", "Bertrand", "Roux", "Vincent", "Fournier", "Morel", "Girard", "André", "Mercier", "Dupont", "Lambert", "Bonnet", "François", "Martinez", "Legrand", "Garnier", "Faure", "Rousseau", "Blanc", "Guérin", "Muller", "Henry", "Roussel", "Perrin", "Morin", "Clément", "Gauthier", "Lemaître", "Béranger", "Noël"},
	nouns: [numTrades][]string{
		tradeGoods:    {"Fournitures", "Outillage", "Papeterie", "Ateliers", "Établissements", "Matériaux", "Électricité", "Emballages", "Menuiserie", "Comptoir", "Imprimerie", "Distribution", "Conseil", "Équipements", "Textiles", "Quincaillerie"},
		tradeClients:  {"Constructions", "Cabinet", "Hôtel", "Boulangerie", "Brasserie", "Garage", "Éditions", "Groupe", "Immobilière", "Restaurant", "Voyages", "Domaine", "Architectes", "Théâtre", "Société"},
		tradeSoftware: {"Logiciels", "Cloud", "Informatique", "Données", "Numérique", "Labo"},
		tradeTelecom:  {"Mobile", "Télécom", "Réseaux", "Fibre", "Connexions", "Téléphonie"},
		tradeFreight:  {"Transports", "Fret", "Messagerie", "Logistique", "Affrètement", "Cargo"},
		tradeEnergy:   {"Énergie", "Électricité", "Énergies", "Régie d'électricité"},
		tradeGas:      {"Gaz", "Gaz et Chaleur", "Énergie", "Gaz naturel"},
		tradeWater:    {"Eaux", "Compagnie des Eaux", "Régie des Eaux", "Eau"},
		tradeHeat:     {"Chauffage urbain", "Chaleur", "Réseau de chaleur"},
		tradeHospital: {"Hôpital", "Centre hospitalier", "Clinique", "Hôpital universitaire"},
		tradeClinic:   {"Cabinet médical", "Cabinet dentaire", "Centre de kinésithérapie", "Cabinet de dermatologie", "Maison de santé"},
		tradeDefence:  {"Aéronautique", "Systèmes", "Défense", "Chantiers navals", "Ingénierie", "Sécurité"},
		tradeShop:     {"Marché", "Épicerie", "Pharmacie", "Boulangerie", "Librairie", "Supermarché", "Café", "Jardinerie", "Traiteur", "Bazar"},
		tradeFuel:     {"Station-service", "Relais", "Pétroles"},
	},
	agencies: []string{"Direction des Routes", "Direction des Travaux publics", "Office de la Santé", "Ministère de l'Équipement", "Service des Achats", "Agence de l'Environnement", "Direction des Domaines", "Trésorerie municipale", "Port autonome", "Base navale"},
}

var frenchGoods = []catalog{
	{
		nouns: []string{"Papier copie", "Cahier", "Stylos à bille", "Agrafeuse", "Chaise de bureau", "Classeurs", "Lampe de bureau", "Cartouche de toner", "Enveloppes", "Destructeur de papier", "Étiquettes", "Support d'écran", "Perforateur", "Surligneurs", "Caisson à tiroirs"},
		after: true, attributes: []string{"A4", "en métal", "de luxe", "à spirale", "ergonomique"}, details: []string{"80 g", "500 feuilles", "0,7 mm", "90 x 60 cm", "lot de 12"},
		units: []string{"pce", "u", "boîte", "lot"}, packs: []string{"12/carton", "10 x 500", "lot de 6"}, low: 180, high: 24000, most: 40,
	},
	{
		nouns: []string{"Boulon", "Vis", "Rondelle", "Écrou", "Charnière", "Foret", "Raccord", "Vanne", "Équerre", "Roulement", "Collier de serrage", "Joint", "Perceuse", "Lame de scie", "Manomètre"},
		after: true, attributes: []string{"en inox", "en laiton", "en acier", "à filetage fin"}, details: []string{"M8 x 40", "M6", "DN25", "10 mm", "IP67", "18 V"},
		units: []string{"pce", "u", "jeu", "kg", "m"}, packs: []string{"100/boîte", "50 pces", "25/sachet"}, low: 12, high: 18000, most: 200, traced: true,
	},
	{
		nouns: []string{"Café en grains", "Huile d'olive", "Beurre", "Filet de saumon", "Blanc de poulet", "Comté", "Farine", "Tomates", "Riz basmati", "Amandes", "Jus de pomme", "Miel", "Pâtes", "Yaourt", "Eau gazeuse"},
		after: true, attributes: []string{"bio", "de pays", "sans sel", "extra"}, details: []string{"1 kg", "500 g", "5 l", "750 ml", "cat. I"},
		units: []string{"kg", "caisse", "carton", "sac", "l"}, packs: []string{"6 x 1 kg", "12 x 750 ml", "10 kg"}, low: 95, high: 9800, most: 60, traced: true,
	},
	{
		nouns: []string{"Clavier", "Écran", "Station d'accueil", "Routeur", "Commutateur", "Alimentation", "Disque dur", "Webcam", "Casque audio", "Vidéoprojecteur", "Adaptateur", "Câble réseau", "Capteur", "Lecteur de codes-barres", "Tablette"},
		after: true, attributes: []string{"sans fil", "USB-C", "HDMI", "LED", "Bluetooth"}, details: []string{"27 pouces", "8 ports", "1 To", "16 Go", "24 V", "2 m"},
		units: []string{"pce", "u"}, low: 450, high: 98000, most: 12, traced: true,
	},
	{
		nouns: []string{"Conseil", "Maintenance", "Comptabilité", "Traduction", "Formation", "Contrôle", "Gestion de projet", "Installation", "Réparation", "Nettoyage", "Étude", "Dépannage"},
		after: true, attributes: []string{"sur site", "à distance", "selon contrat"}, details: []string{"phase 1", "phase 2", "semaine 14", "déplacement inclus"},
		units: []string{"h", "heures", "jour"}, low: 4500, high: 22000, most: 40, hours: true,
	},
	{
		nouns: []string{"Parquet", "Tuiles", "Briques", "Plaques de plâtre", "Fenêtre", "Porte", "Mortier", "Peinture", "Pavés", "Rouleau isolant", "Gouttière", "Colle à carrelage", "Poteaux"},
		after: true, attributes: []string{"en chêne", "en pin", "en béton", "hydrofuge"}, details: []string{"2,4 m", "12,5 mm", "10 l", "25 kg"},
		units: []string{"m2", "pce", "sac", "palette", "m"}, packs: []string{"20/palette", "50 pces"}, low: 240, high: 32000, most: 80, traced: true,
	},
}

var frenchGroceries = catalog{
	nouns: []string{"Lait", "Pain", "Bananes", "Œufs", "Yaourt", "Pommes", "Fromage", "Café", "Pizza", "Jambon", "Limonade", "Chips", "Shampooing", "Dentifrice", "Piles", "Lessive", "Céréales", "Beurre", "Pâtes", "Jus d'orange", "Biscuits"},
	after: true, attributes: []string{"bio", "extra", "nature", "léger"}, details: []string{"1L", "500G", "X12", "250ML"}, units: []string{"u", "kg", "x"}, low: 49, high: 2499, most: 4,
}

var frenchDishes = catalog{
	nouns: []string{"Café crème", "Steak frites", "Salade", "Croque-monsieur", "Expresso", "Soupe du jour", "Crêpe", "Citron pressé", "Tarte Tatin", "Vin rouge", "Bière pression", "Quiche", "Thé", "Omelette", "Plat du jour"},
	after: true, attributes: []string{"maison", "du chef", "nature"}, units: []string{"x", "u"}, low: 250, high: 3200, most: 3,
}

var frenchContract = catalog{
	nouns: []string{"Assistance technique", "Entretien", "Intégration", "Documentation", "Formation", "Révision", "Lot de pièces", "Inspection", "Maintenance logicielle", "Gardiennage", "Entreposage", "Étalonnage"},
	after: true, attributes: []string{"véhicules", "radar", "réseau"}, details: []string{"lot II", "tranche 1", "bon 3"}, units: []string{"LO", "u", "h", "mois"}, low: 9500, high: 410000, most: 12, traced: true,
}

var frenchProcedures = []string{
	"Consultation, patient connu", "Consultation complexe", "Première consultation", "Passage aux urgences", "Visite en hospitalisation", "Soins intensifs, première heure", "Prise de sang", "Bilan métabolique",
	"Numération sanguine", "Analyse d'urine", "Radio du thorax, deux clichés", "Radio de la cheville", "Scanner du crâne sans contraste", "Scanner abdominal avec contraste", "IRM lombaire", "Électrocardiogramme",
	"Échocardiographie", "Rééducation", "Thérapie manuelle", "Vaccination", "Biopsie de peau", "Suture simple", "Infiltration", "Arthroscopie du genou",
	"Coloscopie", "Ablation de la vésicule", "Accouchement", "Anesthésie, abdomen", "Aérosol", "Examen des yeux", "Injection de médicament", "Test streptocoque",
}
