// Package curriculum decides which documents and labels a model sees when:
// stages, samplers and the label tracker.
package curriculum

// Spec describes stages and sampling.
type Spec struct {
	Kind        string    `yaml:"kind" default:"none" oneof:"none staged reverse difficulty" help:"all at once; or in stages: frequent entities first, rare entities first (reverse), or all entities but easy documents first (difficulty)"`
	Counts      []int     `yaml:"counts" help:"staged, reverse: entities active in each stage but the last (20, 40, 60); the last stage has all. Excludes shares"`
	Shares      []float64 `yaml:"shares" help:"stages as shares of the entities, for difficulty of the documents (0.25, 0.5, 0.75); the last stage has all. Excludes counts"`
	StageEpochs []int     `yaml:"stage_epochs" help:"epochs of each stage but the last; the last has the rest. Without, the stages before the last take half of all epochs"`
	Inactive    string    `yaml:"inactive" default:"mask" oneof:"mask outside" help:"staged, reverse: labels outside a stage are masked from the loss, or turned into O"`
	Difficulty  string    `yaml:"difficulty" default:"rare_labels" oneof:"rare_labels length" help:"difficulty: what makes a document hard: the share of its entities that are of a rare type, or its number of tokens"`

	EntityWeights     []float64 `yaml:"entity_weights" min:"0" max:"100" help:"model.loss.entity_weight of each stage, the last included"`
	GroupWeights      []float64 `yaml:"group_weights" min:"0" max:"100" help:"model.loss.group_weight of each stage, the last included"`
	SeparationWeights []float64 `yaml:"separation_weights" min:"0" max:"100" help:"model.loss.separation_weight of each stage, the last included"`
	CRFWeights        []float64 `yaml:"crf_weights" min:"0" max:"100" help:"model.loss.crf_weight of each stage, the last included: 0 first starts the CRF later"`

	Sampler      string  `yaml:"sampler" default:"uniform" oneof:"uniform domain_balanced" help:"a permutation of the training documents, or draws to equal shares per domain with rare documents in every batch"`
	Batch        int     `yaml:"batch" default:"16" min:"1" max:"4096" help:"documents in a batch; they are packed one after the other, so documents of any lengths go together and no padding is computed"`
	EpochDocs    int     `yaml:"epoch_documents" default:"0" min:"0" max:"100000000" help:"documents of an epoch of the domain_balanced sampler; 0 is as many as the stage has"`
	RareShare    float64 `yaml:"rare_share" default:"0.05" min:"0" max:"1" help:"an entity in a smaller share of the training documents is rare"`
	RarePerBatch int     `yaml:"rare_per_batch" default:"4" min:"0" max:"4096" help:"domain_balanced: documents with a rare entity in each batch, at least"`
}

// Staged says whether there are stages.
func (s Spec) Staged() bool { return s.Kind != "none" }
