package corpus

// Recipe is everything that a generated corpus depends on, beside its schema.
// A document depends on the recipe and its own number alone: it is the same
// whatever else is made, in whatever order.
//
// The levels of difficulty are 0 for none. Each draws from streams of its own,
// so that a change of one level leaves the content of a document as it was.
type Recipe struct {
	Documents int    `yaml:"documents" json:"documents" default:"600" min:"20" max:"1000000" help:"documents in all splits together, held-out templates included; test_least may add some to the test split"`
	Seed      uint64 `yaml:"seed" json:"seed" default:"1" help:"seed of every random choice in the documents"`

	// Levels of what a scanner and an OCR do.
	Noise    float64 `yaml:"noise" json:"noise" default:"0.02" min:"0" max:"0.5" help:"share of words that the OCR gets wrong: a character misread or lost, a word divided, two words run together; boxes move with it"`
	Disorder float64 `yaml:"disorder" json:"disorder" default:"0" min:"0" max:"1" help:"share of documents with a fault of reading order: blocks side by side are read line by line, or neighbouring lines change places"`
	Overlap  float64 `yaml:"overlap" json:"overlap" default:"0" min:"0" max:"1" help:"share of stamps, signatures, watermarks and handwritten notes that lie over other text and are read between its lines"`

	// Levels of what the writers of invoices do.
	KeysMissing float64 `yaml:"keys_missing" json:"keys_missing" default:"0" min:"0" max:"1" help:"share of values without the key word that announces them"`
	KeysShort   float64 `yaml:"keys_short" json:"keys_short" default:"0" min:"0" max:"1" help:"share of key words that are abbreviated"`
	KeysVague   float64 `yaml:"keys_vague" json:"keys_vague" default:"0" min:"0" max:"1" help:"share of key words that give way to one that several labels share, such as No. or Ref"`
	Distractors float64 `yaml:"distractors" json:"distractors" default:"0" min:"0" max:"20" help:"mean number, in a document, of texts that look like values and are none: numbers of other papers, dates of events, amounts in conditions"`
	Ambiguous   float64 `yaml:"ambiguous" json:"ambiguous" default:"0" min:"0" max:"1" help:"share of identifiers of a form that several labels share, so that only the context tells them apart"`
	Wrapped     float64 `yaml:"wrapped" json:"wrapped" default:"0" min:"0" max:"1" help:"share of values of several words that are broken between two lines"`

	// What there is of each kind.
	Languages float64 `yaml:"languages" json:"languages" default:"0" min:"0" max:"1" help:"share of documents in another language than English"`
	Skew      float64 `yaml:"skew" json:"skew" default:"0" min:"0" max:"3" help:"how much rarer than published the rare template families are: shares are raised to the power 1 + skew"`
	Tail      string  `yaml:"tail" json:"tail,omitempty" help:"exact numbers of training documents that hold a label, such as \"CAGE_CODE=5 LOT_NUMBER=0\""`

	TestLeast int `yaml:"test_least" json:"test_least" default:"0" min:"0" max:"10000" help:"least number of test documents that hold each label; documents are added to the test split until it is reached"`
}
