package invoices

// Word lists of names. They are invented or common; a company of the same
// name is chance.

var stemFirst = []string{
	"Alder", "Amber", "Ash", "Birch", "Black", "Blue", "Bright", "Brook", "Cedar", "Clear",
	"Cold", "Copper", "Crest", "Dawn", "Deer", "East", "Elm", "Ever", "Fair", "Falcon",
	"Fern", "Fox", "Glen", "Gold", "Grand", "Gray", "Green", "Hart", "Haven", "Hazel",
	"High", "Iron", "Ivy", "Jade", "Kings", "Lake", "Linden", "Maple", "Marsh", "Mill",
	"Moss", "North", "Oak", "Ocean", "Pine", "Prim", "Quartz", "Raven", "Red", "River",
	"Rock", "Silver", "Snow", "South", "Spring", "Star", "Stone", "Summit", "Terra", "Thorn",
	"Vale", "Verd", "West", "White", "Wild", "Wind", "Winter", "Wolf", "Wood", "Zephyr",
}

var stemSecond = []string{
	"bank", "beam", "borne", "bridge", "burn", "cliff", "cross", "dale", "field", "ford",
	"forge", "gate", "grove", "hall", "ham", "haven", "hill", "hurst", "land", "ley",
	"light", "line", "mark", "mere", "mont", "path", "peak", "point", "port", "ridge",
	"shore", "side", "stead", "stone", "ton", "vale", "view", "ville", "ward", "way",
	"well", "wick", "wood", "worth", "wyn",
}

var lastNames = []string{
	"Abbott", "Adams", "Alvarez", "Andersson", "Bailey", "Baker", "Banerjee", "Barnes", "Becker", "Bennett",
	"Bergmann", "Bishop", "Boyd", "Brandt", "Brennan", "Brooks", "Byrne", "Carter", "Chandra", "Chen",
	"Clarke", "Collins", "Cooper", "Costa", "Dalton", "Davies", "de Vries", "Diaz", "Donnelly", "Dubois",
	"Edwards", "Ellis", "Evans", "Fischer", "Fletcher", "Foster", "Fournier", "Garcia", "Gibson", "Graham",
	"Grant", "Griffin", "Hansen", "Harper", "Hayes", "Henderson", "Hoffmann", "Holt", "Hughes", "Ibrahim",
	"Jansen", "Jensen", "Johnson", "Kaur", "Keller", "Kelly", "Khan", "Kim", "Klein", "Kowalski",
	"Lambert", "Larsen", "Lee", "Lewis", "Lopez", "Martin", "Mason", "McKenzie", "Meyer", "Mitchell",
	"Moreau", "Morgan", "Murphy", "Nakamura", "Nelson", "Nguyen", "Novak", "O'Brien", "Okafor", "Olsen",
	"Palmer", "Parker", "Patel", "Perry", "Peters", "Price", "Quinn", "Ramirez", "Reed", "Richter",
	"Rivera", "Robinson", "Rossi", "Russell", "Sanders", "Schmidt", "Schneider", "Shah", "Silva", "Smit",
	"Stewart", "Sullivan", "Tanaka", "Taylor", "Thompson", "Turner", "van Dijk", "Vogel", "Walker", "Walsh",
	"Watson", "Weber", "Wells", "Wilson", "Wright", "Yamamoto", "Young", "Zhang", "Ziegler", "Zimmermann",
}

var firstNames = []string{
	"Aaron", "Adele", "Aisha", "Alan", "Alice", "Amir", "Andrea", "Anita", "Anna", "Anton",
	"Beatrice", "Ben", "Bianca", "Brian", "Carla", "Carlos", "Cathy", "Chloe", "Claire", "Colin",
	"Daniel", "David", "Deborah", "Diana", "Dmitri", "Edward", "Elena", "Elias", "Emily", "Emma",
	"Erik", "Esther", "Fatima", "Felix", "Fiona", "Frank", "George", "Grace", "Greta", "Hannah",
	"Harold", "Helen", "Henry", "Ian", "Ingrid", "Irene", "Isaac", "Jack", "James", "Jane",
	"Jasmine", "Joan", "Jonas", "Julia", "Karen", "Karl", "Kate", "Kenji", "Laura", "Leon",
	"Linda", "Lucas", "Maria", "Mark", "Martha", "Matteo", "Megan", "Michael", "Mina", "Nadia",
	"Nathan", "Nina", "Oliver", "Omar", "Patricia", "Paul", "Peter", "Priya", "Rachel", "Rafael",
	"Robert", "Rosa", "Ruth", "Samuel", "Sandra", "Sara", "Simon", "Sofia", "Stefan", "Susan",
	"Tara", "Theo", "Thomas", "Tina", "Ursula", "Victor", "Vivian", "Walter", "Wendy", "Yusuf",
}

// streetNames are proper parts of street names; the country adds the kind of
// street.
var streetNames = []string{
	"Abbey", "Albert", "Arlington", "Ashley", "Bay", "Beacon", "Bedford", "Bell", "Birch", "Bridge",
	"Broad", "Cambridge", "Canal", "Castle", "Cedar", "Center", "Central", "Chapel", "Cherry", "Chestnut",
	"Church", "Clarendon", "Clay", "Clinton", "College", "Commerce", "Court", "Cypress", "Dover", "Elm",
	"Factory", "Ferry", "First", "Forest", "Franklin", "Garden", "George", "Grove", "Hamilton", "Harbor",
	"Harrison", "High", "Highland", "Hill", "Holly", "Industrial", "Jackson", "Jefferson", "King", "Lake",
	"Laurel", "Lincoln", "Madison", "Main", "Maple", "Market", "Meadow", "Mill", "Monroe", "North",
	"Oak", "Orchard", "Park", "Pearl", "Pine", "Pleasant", "Prospect", "Queen", "Railway", "River",
	"School", "Second", "South", "Spring", "Spruce", "State", "Station", "Sunset", "Temple", "Union",
	"Valley", "Victoria", "Vine", "Walnut", "Warehouse", "Washington", "Water", "West", "Willow", "York",
}

var germanStreets = []string{
	"Ahornweg", "Am Bahnhof", "Bahnhofstraße", "Bergstraße", "Birkenweg", "Brunnenstraße", "Gartenstraße", "Goethestraße",
	"Hafenstraße", "Hauptstraße", "Industriestraße", "Kirchplatz", "Lindenallee", "Marktstraße", "Mozartstraße", "Mühlenweg",
	"Ringstraße", "Rosenweg", "Schillerstraße", "Schulstraße", "Seestraße", "Waldstraße", "Werkstraße", "Wiesenweg",
}

var dutchStreets = []string{
	"Beatrixlaan", "Dorpsstraat", "Havenweg", "Herengracht", "Industrieweg", "Julianastraat", "Keizersgracht", "Kerkstraat",
	"Kanaalweg", "Lindelaan", "Marktplein", "Molenstraat", "Nieuwstraat", "Parallelweg", "Prinsengracht", "Schoolstraat",
	"Stationsweg", "Vondelstraat", "Weteringkade", "Wilhelminakade",
}

var frenchStreets = []string{
	"rue de la Gare", "rue Victor Hugo", "rue des Lilas", "rue du Moulin", "avenue Foch", "avenue de la République",
	"boulevard Voltaire", "boulevard Carnot", "place du Marché", "rue Pasteur", "rue Jean Jaurès", "quai des Docks",
	"chemin des Vignes", "rue de l'Église", "avenue Gambetta", "rue Lafayette", "impasse des Roses", "rue Molière",
}

var spanishStreets = []string{
	"Calle Mayor", "Calle Real", "Avenida de la Constitución", "Plaza de España", "Calle del Sol", "Paseo de la Castellana", "Calle San Juan",
	"Avenida de Andalucía", "Calle Cervantes", "Ronda de Toledo", "Calle de la Luna", "Camino Viejo", "Polígono El Campo", "Calle Alcalá", "Gran Vía", "Calle Goya",
}

var italianStreets = []string{
	"Via Roma", "Via Garibaldi", "Corso Italia", "Via Mazzini", "Piazza del Duomo", "Via Dante", "Viale Europa", "Via Verdi", "Corso Vittorio Emanuele",
	"Via dei Mille", "Via San Francesco", "Via della Stazione", "Viale della Libertà", "Via Cavour", "Via Leopardi", "Piazza Mercato",
}

// bankNames and bankCodes are banks of the English-speaking countries and the
// first letters of their SWIFT codes.
var (
	bankNames = []string{"First National Bank", "Union Trust Bank", "Harbor Savings Bank", "Commerce Bank", "Merchants Bank", "Citizens Credit Bank",
		"Northern Bank", "Provincial Bank", "Westland Bank", "Mercantile Bank"}
	bankCodes = []string{"FNBT", "UTBK", "HSBK", "COMB", "MERC", "CCBK", "NBKX", "PRVB", "WLBK", "MRCB"}
)

// goodsNouns, and the other nouns below, follow a stem or a surname in the
// name of a company of a domain.
var goodsNouns = []string{
	"Trading", "Supplies", "Supply", "Industries", "Manufacturing", "Tools", "Hardware", "Office Products", "Paper", "Packaging",
	"Foods", "Catering", "Print", "Design", "Interiors", "Furniture", "Textiles", "Engineering", "Components", "Electronics",
	"Electrical", "Plumbing", "Timber", "Steel", "Plastics", "Equipment", "Wholesale", "Imports", "Distribution", "Consulting",
	"Services", "Partners", "Associates", "Group", "Works", "Solutions", "Systems", "Instruments", "Chemicals", "Building Materials",
}

var clientNouns = []string{
	"Group", "Holdings", "Partners", "Retail", "Construction", "Properties", "Media", "Motors", "Hotels", "Dental",
	"Architects", "Bakery", "Brewing", "Capital", "Schools", "Theatre", "Sports", "Travel", "Farms", "Homes",
	"Industries", "Legal", "Studios", "Restaurants", "Insurance", "Research", "Robotics", "Aviation", "Marine", "Energy Services",
}

var saasNouns = []string{"Software", "Cloud", "Labs", "Analytics", "Data", "Apps", "Technologies", "Digital", "Hosting", "Platforms", "AI", "Workspace"}

var telecomNouns = []string{"Mobile", "Telecom", "Wireless", "Networks", "Broadband", "Fibre", "Communications", "Connect", "Telephone", "Internet"}

var freightNouns = []string{"Freight", "Logistics", "Cargo", "Shipping", "Transport", "Forwarding", "Express", "Carriers", "Haulage", "Lines"}

var energyNouns = []string{"Energy", "Power", "Electric", "Utilities", "Light & Power", "Public Service"}

var gasNouns = []string{"Gas", "Gas & Heat", "Energy", "Utilities", "Natural Gas", "Gasworks"}

var waterNouns = []string{"Water", "Water Services", "Waterworks", "Utilities", "Water & Sewer", "Aqua"}

var heatNouns = []string{"District Heating", "Heat & Power", "Energy", "Thermal", "Heat Networks"}

var fuelNouns = []string{"Fuels", "Service Station", "Petrol", "Gas Station", "Oil", "Roadside"}

var hospitalNouns = []string{"Hospital", "Medical Center", "Regional Hospital", "Health", "Memorial Hospital", "Healthcare", "General Hospital", "University Hospital"}

var clinicNouns = []string{"Clinic", "Family Practice", "Medical Group", "Physiotherapy", "Dermatology", "Orthopedics", "Pediatrics", "Dental Care"}

var defenceNouns = []string{"Defense Systems", "Aerospace", "Federal Services", "Technical Services", "Government Solutions", "Engineering", "Dynamics", "Research", "Security", "Marine Systems"}

var shopNouns = []string{"Market", "Supermarket", "Stores", "Pharmacy", "Grocery", "Mart", "Cafe", "Bakery", "Garden Centre", "Books", "Hardware", "Deli", "Sports", "Electronics"}

// agencies are buyers of government contracts.
var agencies = []string{
	"Department of Transportation", "Department of Public Works", "Department of Veterans Services", "Defense Logistics Office",
	"Naval Supply Command", "Army Contracting Office", "Air Force Materiel Office", "Coast Guard Base Support", "National Park Office",
	"Bureau of Land Survey", "Office of Procurement", "Ministry of Health Supplies", "Federal Highway Office", "Customs and Border Office",
	"National Weather Office", "State Department of Education", "City Treasurer", "County Sheriff", "Port Authority", "Forest Service Office",
}
