// Package train turns documents into batches and runs the training loop.
package train

// Spec describes budget and optimiser.
type Spec struct {
	Epochs       int     `yaml:"epochs" default:"10" min:"1" max:"10000" help:"most passes over the training documents"`
	LearningRate float64 `yaml:"learning_rate" default:"0.003" min:"1e-8" max:"1" help:"peak learning rate of AdamW"`
	Warmup       float64 `yaml:"warmup" default:"0.1" min:"0" max:"0.9" help:"share of all steps with linear warm-up; cosine decay to zero follows"`
	Decay        float64 `yaml:"weight_decay" default:"0.01" min:"0" max:"1" help:"decoupled weight decay; embeddings, biases, norms and CRF have none"`
	Clip         float64 `yaml:"clip" default:"1" min:"0" max:"1000" help:"greatest norm of the gradient; 0 is no limit"`
	Accumulate   int     `yaml:"accumulate" default:"1" min:"1" max:"1024" help:"batches whose gradients make one step, as if they were one: for batches that do not fit into memory at once"`
	Patience     int     `yaml:"patience" default:"0" min:"0" max:"10000" help:"epochs without a better validation macro F1 before stopping, counted from the last stage on; 0 never stops early"`
	WordDropout  float64 `yaml:"word_dropout" default:"0.15" min:"0" max:"0.9" help:"share of tokens whose word feature is dropped in training, so that affixes and shape are learned"`

	FeatureDropout float64 `yaml:"feature_dropout" default:"0" min:"0" max:"0.9" later:"yes" help:"share of the hashed features of tokens, wide ones included, that are dropped in training, each by itself"`

	// Of the sparse encoder, which has no epochs.
	L2         float64 `yaml:"l2" default:"0.1" min:"0" max:"1e6" help:"sparse: coefficient of the squared weights beside the negative log-likelihood"`
	Iterations int     `yaml:"iterations" default:"500" min:"1" max:"1000000" help:"sparse: most iterations of L-BFGS"`
	Tolerance  float64 `yaml:"tolerance" default:"1e-5" min:"0" max:"1" help:"sparse: L-BFGS stops when the objective fell by less than this share of itself over 10 iterations"`
}
