// Package curriculum decides which documents and labels a model sees when:
// stages, samplers and the label tracker.
package curriculum

// Spec describes stages and sampling.
type Spec struct {
	Kind         string    `yaml:"kind" default:"none" oneof:"none staged" help:"all labels at once, or entities by training frequency in stages"`
	Counts       []int     `yaml:"counts" help:"entities active in each stage but the last, most frequent first (20, 40, 60); the last stage has all. Excludes shares"`
	Shares       []float64 `yaml:"shares" help:"stages as shares of the entities (0.25, 0.5, 0.75); the last stage has all. Excludes counts"`
	StageEpochs  []int     `yaml:"stage_epochs" help:"epochs of each stage but the last; the last has the rest"`
	Inactive     string    `yaml:"inactive" default:"mask" oneof:"mask outside" help:"labels outside a stage: masked from the loss, or turned into O"`
	Sampler      string    `yaml:"sampler" default:"uniform" oneof:"uniform domain_balanced" help:"a permutation of the training documents, or draws to equal shares per domain with rare documents in every batch"`
	Batch        int       `yaml:"batch" default:"16" min:"1" max:"4096" help:"documents in a batch; they are packed one after the other, so documents of any lengths go together and no padding is computed"`
	EpochDocs    int       `yaml:"epoch_documents" default:"0" min:"0" max:"100000000" help:"documents of an epoch of the domain_balanced sampler; 0 is as many as the training split has"`
	RareShare    float64   `yaml:"rare_share" default:"0.05" min:"0" max:"1" help:"an entity in a smaller share of the training documents is rare"`
	RarePerBatch int       `yaml:"rare_per_batch" default:"4" min:"0" max:"4096" help:"domain_balanced: documents with a rare entity in each batch, at least"`
}
