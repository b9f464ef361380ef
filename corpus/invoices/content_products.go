package invoices

// catalog composes the goods or services of one trade: an attribute, a noun
// and at times a detail.
type catalog struct {
	attributes, nouns, details []string
	after                      bool // attributes follow nouns
	units                      []string
	packs                      []string // nil where goods are not packed
	low, high                  cents    // unit cost
	most                       int      // greatest quantity
	hours                      bool     // quantities are quarters of an hour
	traced                     bool     // goods carry lot, batch or serial numbers
}

// englishGoods are the catalogs of the general suppliers.
var englishGoods = []catalog{
	{
		attributes: []string{"A4", "Recycled", "Premium", "Blue", "Black", "Spiral", "Heavy Duty", "Ergonomic", "Mesh", "Steel", "White", "Adjustable", "Desktop", "Letter Size"},
		nouns: []string{"Copy Paper", "Notebook", "Ballpoint Pens", "Stapler", "Office Chair", "File Folders", "Whiteboard", "Desk Lamp", "Toner Cartridge", "Envelopes",
			"Binder Clips", "Paper Shredder", "Label Rolls", "Desk Organizer", "Monitor Stand", "Hole Punch", "Highlighters", "Filing Cabinet"},
		details: []string{"80 g", "500 sheets", "XL", "0.7 mm", "2-ring", "pack of 12", "90 x 60 cm", "refill"},
		units:   []string{"pcs", "ea", "box", "pack", "pcs"}, packs: []string{"12/box", "10 x 500", "6 pk", "24 ct"}, low: 180, high: 24000, most: 40,
	},
	{
		attributes: []string{"Hex", "Galvanized", "Stainless", "Brass", "Zinc", "Carbide", "Cordless", "Insulated", "Threaded", "Countersunk", "Reinforced", "Flanged"},
		nouns: []string{"Bolt", "Screw", "Washer", "Nut", "Hinge", "Drill Bit", "Pipe Fitting", "Valve", "Bracket", "Cable Gland",
			"Bearing", "Anchor", "Hose Clamp", "Gasket", "Impact Driver", "Saw Blade", "Coupling", "Pressure Gauge", "Ball Joint", "Sealant"},
		details: []string{"M8 x 40", "M6", "3/4 in", "DN25", "10 mm", "304", "IP67", "type B", "18 V"},
		units:   []string{"pcs", "ea", "set", "kg", "m"}, packs: []string{"100/box", "50 pcs", "25/bag", "10 pk"}, low: 12, high: 18000, most: 200, traced: true,
	},
	{
		attributes: []string{"Organic", "Fresh", "Frozen", "Smoked", "Whole", "Sliced", "Roasted", "Unsalted", "Extra Virgin", "Wild", "Free Range", "Dark"},
		nouns: []string{"Coffee Beans", "Olive Oil", "Butter", "Salmon Fillet", "Chicken Breast", "Cheddar", "Flour", "Tomatoes", "Basmati Rice", "Almonds",
			"Apple Juice", "Honey", "Pasta", "Chocolate", "Yoghurt", "Lemons", "Green Tea", "Oats", "Mushrooms", "Sparkling Water"},
		details: []string{"1 kg", "500 g", "5 l", "750 ml", "class I", "25 kg bag"},
		units:   []string{"kg", "case", "box", "bag", "l", "ea"}, packs: []string{"6 x 1 kg", "12 x 750 ml", "24 x 330 ml", "10 kg", "4 x 5 l"}, low: 95, high: 9800, most: 60, traced: true,
	},
	{
		attributes: []string{"Wireless", "USB-C", "HDMI", "Gigabit", "Compact", "Rack Mount", "Dual", "Portable", "LED", "Industrial", "Smart", "Bluetooth"},
		nouns: []string{"Keyboard", "Monitor", "Docking Station", "Router", "Switch", "Power Supply", "Hard Drive", "Webcam", "Headset", "Projector",
			"Adapter", "Patch Cable", "Sensor", "Barcode Scanner", "Tablet", "Battery Pack", "Thermal Printer", "Access Point", "Memory Module", "Relay"},
		details: []string{"27 in", "8-port", "1 TB", "16 GB", "24 V", "2 m", "Gen 2", "65 W"},
		units:   []string{"pcs", "ea", "unit"}, low: 450, high: 98000, most: 12, traced: true,
	},
	{
		attributes: []string{"Technical", "Strategic", "Legal", "Monthly", "On-site", "Remote", "Senior", "Tax", "Marketing", "Structural", "Interior", "Emergency"},
		nouns: []string{"Consulting", "Support", "Design Review", "Bookkeeping", "Translation", "Training", "Maintenance", "Inspection", "Audit", "Project Management",
			"Copywriting", "Installation", "Site Survey", "Repair", "Cleaning", "Photography", "Drafting", "Testing"},
		details: []string{"phase 1", "phase 2", "stage B", "per contract", "Q2", "week 14", "incl. travel"},
		units:   []string{"hrs", "h", "hours", "day"}, low: 4500, high: 22000, most: 40, hours: true,
	},
	{
		attributes: []string{"Oak", "Pine", "Treated", "Double Glazed", "Concrete", "Clay", "Ceramic", "Insulating", "Waterproof", "Primed", "Fire Rated", "Matt"},
		nouns: []string{"Floor Boards", "Roof Tiles", "Bricks", "Plasterboard", "Window Frame", "Door", "Mortar", "Emulsion Paint", "Wall Panels", "Skirting",
			"Paving Slabs", "Roof Felt", "Insulation Roll", "Gutter", "Tile Adhesive", "Rebar", "Fence Posts", "Lintel"},
		details: []string{"2.4 m", "12.5 mm", "10 l", "25 kg", "600 x 600", "grade C24", "white"},
		units:   []string{"m2", "pcs", "bag", "pallet", "m", "ea"}, packs: []string{"20/pallet", "5 per pack", "50 pcs"}, low: 240, high: 32000, most: 80, traced: true,
	},
	{
		attributes: []string{"Cotton", "Linen", "Printed", "Woven", "Organic", "Navy", "Grey", "Embroidered", "Hi-Vis", "Quilted", "Waxed", "Merino"},
		nouns: []string{"T-Shirt", "Work Jacket", "Apron", "Table Cloth", "Towel", "Bed Sheet", "Curtain", "Polo Shirt", "Trousers", "Safety Vest",
			"Cushion Cover", "Tote Bag", "Blanket", "Scarf", "Uniform", "Fabric Roll"},
		details: []string{"size M", "size L", "XL", "140 x 200", "200 gsm", "30 m", "unisex"},
		units:   []string{"pcs", "ea", "pair", "roll", "m"}, packs: []string{"5 pk", "10/bundle", "3 pk"}, low: 390, high: 15500, most: 50,
	},
	{
		attributes: []string{"Nitrile", "Sterile", "Disposable", "Antibacterial", "Concentrated", "Neutral", "Industrial", "Low Foam", "Unscented", "Protective"},
		nouns: []string{"Gloves", "Face Masks", "Floor Cleaner", "Hand Soap", "Degreaser", "Isopropanol", "Paper Towels", "Solvent", "Descaler", "Goggles",
			"Lab Beakers", "Test Strips", "Syringes", "Bin Liners", "Hand Sanitizer", "Bandages"},
		details: []string{"5 l", "size 8", "500 ml", "99%", "120 l", "type IIR"},
		units:   []string{"box", "ea", "case", "l", "drum"}, packs: []string{"100/box", "12 x 500 ml", "4 x 5 l", "50 ct"}, low: 320, high: 12800, most: 30, traced: true,
	},
}

var englishGroceries = catalog{
	attributes: []string{"Organic", "Whole", "Sliced", "Large", "Red", "Green", "Fresh", "Family", "Light", "Classic", "Mini", "Crunchy", "Sour", "Vanilla"},
	nouns: []string{"Milk", "Bread", "Bananas", "Eggs", "Yogurt", "Apples", "Cheese", "Coffee", "Pizza", "Ham", "Soda", "Chips", "Shampoo", "Toothpaste",
		"Batteries", "Detergent", "Cereal", "Butter", "Pasta", "Tissues", "Candy Bar", "Orange Juice", "Soup", "Cookies", "Notebook", "Light Bulb", "Socks", "Magazine"},
	details: []string{"1L", "500G", "12CT", "2PK", "6X", "250ML"},
	units:   []string{"ea", "kg", "x"}, low: 49, high: 2499, most: 4,
}

var englishDishes = catalog{
	attributes: []string{"Grilled", "Iced", "House", "Double", "Vegan", "Spicy", "Small", "Large", "Daily", "Toasted", "Classic", "Crispy"},
	nouns: []string{"Latte", "Burger", "Salad", "Sandwich", "Espresso", "Soup", "Pancakes", "Lemonade", "Fish Tacos", "Cheesecake", "Red Wine", "Pilsner",
		"Noodles", "Curry", "Omelette", "Bagel", "Tea", "Brownie", "Pizza", "Risotto"},
	units: []string{"x", "ea"}, low: 250, high: 3200, most: 3,
}

var softwarePlans = []string{"Starter", "Basic", "Team", "Business", "Professional", "Pro", "Enterprise", "Growth", "Scale", "Premium", "Standard", "Developer", "Essentials", "Ultimate", "Plus"}

var softwareProducts = []string{"CRM", "Analytics", "Helpdesk", "Backup", "Storage", "Mail", "Board", "Pipeline", "Monitor", "Payroll", "Sign", "Inbox", "Metrics", "Vault", "Forms", "Chat", "Search", "Render"}

var usageKinds = []string{"API calls", "Storage overage", "Compute hours", "Data transfer", "SMS messages", "Email sends", "Build minutes", "Extra storage", "Log ingestion", "Video minutes"}

var mobilePlans = []string{"Unlimited Talk", "Freedom 20 GB", "SIM Only 10 GB", "Family Share", "Smart 5G", "Go Max", "Pay Monthly L", "Business Mobile", "Unlimited Plus", "Traveller 50", "Basic Talk", "Super Data 100"}

var internetPlans = []string{"Fibre 100", "Fibre 500", "Gigabit Home", "Cable 250", "Business Broadband", "DSL 50", "Fibre Max 1000", "Home Essentials", "Superfast 80", "Office Connect"}

var telecomExtras = []string{"Voicemail service", "Caller ID", "International minutes", "Text bundle", "Directory assistance", "Line rental", "Static IP address", "Insurance cover", "Cloud storage add-on", "TV package", "Premium SMS", "Late fee"}

var equipment = []string{"Router rental", "Handset instalment", "Modem lease", "Set-top box", "Device payment 7 of 24", "Wi-Fi extender", "SIM card", "Phone instalment 3 of 12", "Gateway rental"}

var roamingPlaces = []string{"Roaming charges Spain", "Roaming data Turkey", "Roaming voice Japan", "International roaming", "Roaming Switzerland", "Roaming pass Mexico", "Roaming texts Egypt"}

var freightCharges = []string{"Ocean freight", "Line haul", "Fuel surcharge", "Terminal handling", "Customs clearance", "Documentation fee", "Liftgate service", "Residential delivery",
	"Road freight", "Air freight", "Security surcharge", "Storage 3 days", "Pickup charge", "Detention", "Bunker adjustment", "Insurance", "Drayage", "Waiting time"}

var cargo = []string{"Machine parts", "Furniture", "Ceramic tiles", "Printed matter", "Car tyres", "Garments", "Frozen fish", "Electronic goods", "Paper rolls", "Medical supplies",
	"Wine in bottles", "Steel coils", "Toys", "Household goods", "Coffee in bags", "Spare parts", "Paint, non-hazardous", "Solar panels", "Bicycles", "Books"}

var packages = []string{"pallets", "cartons", "crates", "drums", "pieces", "boxes", "bags", "rolls"}

// procedure is a service of a hospital with its code of five digits.
type procedure struct {
	code      string
	low, high cents
	inpatient bool
}

// procedures are codes and prices; their names, in our own words, are in the
// tables of the languages.
var procedures = []procedure{
	{"99213", 9000, 16000, false},
	{"99214", 13000, 24000, false},
	{"99203", 12000, 21000, false},
	{"99285", 42000, 120000, true},
	{"99232", 9000, 18000, true},
	{"99291", 38000, 76000, true},
	{"36415", 900, 3500, false},
	{"80053", 2500, 9900, false},
	{"85025", 1800, 6500, false},
	{"81001", 1200, 4200, false},
	{"71046", 8000, 26000, false},
	{"73610", 7500, 22000, false},
	{"70450", 48000, 160000, true},
	{"74177", 68000, 240000, true},
	{"72148", 90000, 260000, true},
	{"93000", 5500, 15000, false},
	{"93306", 60000, 180000, true},
	{"97110", 4500, 9500, false},
	{"97140", 4200, 8800, false},
	{"90471", 2000, 5200, false},
	{"11102", 11000, 31000, false},
	{"12001", 16000, 42000, true},
	{"20610", 9000, 25000, false},
	{"29881", 180000, 520000, true},
	{"45378", 90000, 260000, true},
	{"47562", 320000, 940000, true},
	{"59400", 210000, 480000, true},
	{"00790", 60000, 210000, true},
	{"94640", 2800, 8600, false},
	{"92014", 9500, 19000, false},
	{"96372", 2400, 7800, false},
	{"87880", 1900, 5600, false},
}

var englishProcedures = []string{
	"Office visit, established patient", "Office visit, moderate complexity", "New patient visit", "Emergency department visit", "Inpatient follow-up care", "Critical care, first hour", "Blood draw", "Metabolic panel",
	"Complete blood count", "Urinalysis", "Chest X-ray, two views", "Ankle X-ray", "CT head without contrast", "CT abdomen with contrast", "MRI lumbar spine", "Electrocardiogram",
	"Echocardiogram", "Therapeutic exercise", "Manual therapy", "Immunization administration", "Skin biopsy", "Wound repair, simple", "Joint injection", "Knee arthroscopy",
	"Colonoscopy", "Gallbladder removal", "Obstetric care", "Anesthesia, abdomen", "Inhalation treatment", "Eye examination", "Injection of medication", "Strep test",
}

// hospitalExtras are charges without a procedure code.
var hospitalExtras = []string{"Room and board", "Pharmacy", "Surgical supplies", "Recovery room", "Laboratory", "Oxygen", "Dressing material", "Nursing care"}

var englishContract = catalog{
	attributes: []string{"Field", "Program", "Systems", "Depot", "Radar", "Vehicle", "Network", "Facility", "Airframe", "Secure", "Technical", "Logistics"},
	nouns: []string{"Engineering Support", "Maintenance", "Integration", "Documentation", "Training", "Overhaul", "Spare Parts Kit", "Inspection", "Test Equipment", "Software Support",
		"Security Services", "Warehousing", "Analysis", "Calibration"},
	details: []string{"CLIN 0001", "CLIN 0002", "option year 1", "base year", "task 3", "lot II", "SOW 4.2"},
	units:   []string{"LO", "EA", "HR", "MO", "hrs"}, low: 9500, high: 410000, most: 12, traced: true,
}

// pickItem draws an item: description, unit, quantity and unit cost.
func (cat *catalog) pickItem(r draws) item {
	r = r.fork() // as many draws in every country
	it := item{unit: pick(r, cat.units)}
	it.description = pick(r, cat.nouns)
	switch {
	case cat.after && r.chance(0.5):
		it.description += " " + pick(r, cat.attributes)
	case !cat.after && r.chance(0.8):
		it.description = pick(r, cat.attributes) + " " + it.description
	}
	if len(cat.details) > 0 && r.chance(0.3) {
		it.description += " " + pick(r, cat.details)
	}
	if cat.packs != nil {
		it.pack = pick(r, cat.packs)
	}
	// Quantities and costs are spread evenly over their orders of magnitude.
	it.quantity = 100 * int64(logUniform(r, 1, cat.most))
	if cat.hours {
		it.quantity = 25 * int64(r.between(2, 4*cat.most))
	}
	it.unitCost = cents(logUniform(r, int(cat.low), int(cat.high)))
	if it.unitCost > 2000 && r.chance(0.5) {
		it.unitCost = it.unitCost / 50 * 50
	}
	return it
}
