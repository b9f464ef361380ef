// Package nn holds parameters, layers with forward and backward, encoders,
// heads, losses, the CRF module, the optimiser and checkpoints. It computes on
// a kernels.Backend and knows nothing of documents, text or SQL.
package nn

// Spec describes a model and its loss. The tags declare name, default, range
// and help of each setting once; config reads them.
type Spec struct {
	Encoder EncoderSpec `yaml:"encoder"`
	Head    HeadSpec    `yaml:"head"`
	CRF     string      `yaml:"crf" default:"crf/bio" oneof:"none crf crf/bio crf/adaptive" help:"decoder: argmax, free CRF, CRF with BIO constraints, or that with transitions shared between groups"`
	Loss    LossSpec    `yaml:"loss"`
}

// EncoderSpec describes the encoder. The compact one is summed hashed
// embeddings, then layers that mix each token with its neighbours in reading
// order and on the page; wide features go past them, straight to the scores. That of
// features has no parameters: the hidden states come with the batch. The sparse one has no
// hidden states: feature templates
// give the scores (package sparse), so head, losses and curriculum do not apply.
type EncoderSpec struct {
	Kind    string  `yaml:"kind" default:"compact" oneof:"compact features sparse" help:"compact: hashed embeddings and context layers; features: hidden states that you bring; sparse: the classical linear-chain CRF on feature templates"`
	Hidden  int     `yaml:"hidden" default:"96" min:"8" max:"8192" help:"width of embeddings and layers; features: that of the hidden states"`
	Layers  int     `yaml:"layers" default:"2" min:"0" max:"12" help:"context layers"`
	Window  int     `yaml:"window" default:"2" min:"0" max:"4" help:"neighbours taken on each side in reading order by every layer"`
	Buckets int     `yaml:"buckets" default:"8192" min:"64" max:"1048576" help:"hash buckets of each text feature"`
	Dropout float64 `yaml:"dropout" default:"0.2" min:"0" max:"0.9" help:"dropout after the embeddings and in each layer; features: of the hidden states"`

	Templates []string `yaml:"templates" help:"sparse: feature templates, such as lower[-2..2], word[-1]|word[0], column2[0]; none is the standard set. compact: further features of the embedding; standard stands for those of the sparse encoder"`

	TemplateBuckets int      `yaml:"template_buckets" default:"32768" min:"64" max:"4194304" later:"yes" help:"compact: hash buckets of each of the templates"`
	Wide            []string `yaml:"wide" later:"yes" help:"compact: feature templates that score labels directly, beside encoder and head; standard stands for those of the sparse encoder"`
	WideBuckets     int      `yaml:"wide_buckets" default:"65536" min:"64" max:"4194304" later:"yes" help:"compact: hash buckets of all wide templates together"`

	Features       string `yaml:"features" json:",omitempty" later:"yes" help:"features: safetensors file with the hidden states of every token, its index beside it"`
	FeaturesDigest string `yaml:"features_digest" json:",omitempty" later:"yes" help:"features: digest that the file must have; filled in by the program"`
}

// HeadSpec describes the head.
type HeadSpec struct {
	Kind        string  `yaml:"kind" default:"linear" oneof:"linear hierarchical hierarchical/published prototype hybrid hybrid/published separated" help:"linear scores; group then label; cosine prototypes; prototypes gated by groups; a branch each for labels, structure and visual types"`
	Dim         int     `yaml:"dim" default:"256" min:"4" max:"2048" help:"prototype dimension (prototype, hybrid)"`
	Temperature float64 `yaml:"temperature" default:"10" min:"0.1" max:"100" help:"initial factor of the cosine (prototype, hybrid); learned"`
	Dropout     float64 `yaml:"dropout" default:"0.1" min:"0" max:"0.9" help:"dropout of the group stage (hierarchical, hybrid) and of the branches (separated)"`
	Groups      int     `yaml:"groups" default:"0" min:"0" max:"1024" help:"groups of the group stage, O not counted, where more than the schema has members for; 0 is those of the schema"`
}

// LossSpec describes the components of the loss and their weights.
type LossSpec struct {
	Kind       string  `yaml:"kind" default:"ce" oneof:"ce class_balanced focal combined combined/published" help:"loss on the scores"`
	Beta       float64 `yaml:"beta" default:"0.9999" min:"0" max:"0.999999" help:"class_balanced: weight (1-beta)/(1-beta^n)"`
	Gamma      float64 `yaml:"gamma" default:"2" min:"0" max:"10" help:"focal: exponent of 1-p"`
	Balanced   float64 `yaml:"balanced_share" default:"0.6" min:"0" max:"1" help:"combined: share of class_balanced; the rest is focal"`
	Entity     float64 `yaml:"entity_weight" default:"1" min:"0" max:"100" help:"weight of the loss on the scores"`
	Group      float64 `yaml:"group_weight" default:"0.3" min:"0" max:"100" help:"weight of the cross-entropy of the group stage (hierarchical, hybrid)"`
	Separation float64 `yaml:"separation_weight" default:"0.01" min:"0" max:"100" help:"weight of the separation of the prototypes (prototype, hybrid)"`

	SeparationKind string  `yaml:"separation" default:"squared" oneof:"squared hinge" help:"mean over pairs of prototypes of cos^2 or of max(0, cos); hybrid/published has the signed cosine"`
	CRF            float64 `yaml:"crf_weight" default:"0.5" min:"0" max:"100" help:"weight of the CRF's negative log-likelihood per token"`
	Structure      float64 `yaml:"structure_weight" default:"0.5" min:"0" max:"100" help:"weight of the binary cross-entropy of the structure types (separated)"`
	Visual         float64 `yaml:"visual_weight" default:"0.3" min:"0" max:"100" help:"weight of the binary cross-entropy of the visual types (separated)"`

	Consistency     float64 `yaml:"consistency_weight" default:"0" min:"0" max:"100" help:"weight of the BIO violations per token; 0 leaves them out"`
	ConsistencyKind string  `yaml:"consistency" default:"consistency" oneof:"consistency consistency/published" help:"violations expected under the softmax of the scores, or counted in their argmax, which has no gradient"`
}

// Labels describes the label set of a model. BIO labels are numbered O = 0,
// B-e = 1+2e, I-e = 2+2e.
type Labels struct {
	Entities int
	GroupOf  []int32 // group of each entity, 0..Groups-1; nil when the schema has none
	Groups   int
	Counts   []float64 // labelled tokens of each BIO label in the training split, for class_balanced

	Structure, Visual int // types of the separated head; 0 when the documents have none
}

// NumLabels is the number C of BIO labels.
func (l Labels) NumLabels() int { return 1 + 2*l.Entities }

// Inputs describes what train feeds to the encoder; nothing of it is used where the hidden
// states are given.
type Inputs struct {
	Features   int // feature ids of a token (F)
	TableRows  int // rows of the embedding table (V); ids are 0..V-1, -1 is absent
	Neighbours int // neighbours of a token (K), itself included

	Wide, WideRows int // attributes of a token that score labels directly, and rows of their table; 0 without
}

// Batch is one packed batch in host memory. Document b is tokens Offsets[b]
// to Offsets[b+1]; N = Offsets[B].
type Batch struct {
	Offsets    []int32   // [B+1]
	Features   []int32   // [N*F]
	Rows       []int32   // sorted unique ids in Features, without -1
	Neighbours []int32   // [N*K], token index in the batch or -1
	Wide       []int32   // [N*W]; nil without
	WideRows   []int32   // sorted unique ids in Wide, without -1
	Hidden     []float32 // [N*H], hidden states of an encoder that has them given; otherwise empty
	Labels     []int32   // [N], kernels.Ignore where masked; nil when predicting

	// For the separated head: the sets of structure and of visual types that each
	// token is in, bit k for type k, kernels.Ignore where that is not known. Nil
	// where none is known.
	Structure, Visual []int32 // [N]
}

// Losses are the components of one step, unweighted, by name; NaN and Inf
// are kept. "total" is the weighted sum.
type Losses map[string]float64
