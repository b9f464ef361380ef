package kerneltest

// part is one of the parts of the suite.
type part struct {
	name string
	ops  []string // that it judges, as the contract names them
	run  func(*suite)
}

var (
	buffers  = []string{"NewF32", "NewF64", "NewI32", "PutF32", "PutI32", "GetF32", "GetF64", "GetI32", "Copy", "Fill", "FillF64"}
	chainOps = []string{"CRF", "CRFNLL", "CRFMarginals", "Viterbi"}
	lossOps  = []string{"SoftmaxLoss"}
)

// parts lists the parts of the suite in the order they run.
var parts = []part{
	{"Memory", buffers, memory},
	{"Misfits", nil, misfits},
	{"MatMul", []string{"MatMul"}, matMul},
	{"Tensors", []string{"NewF32", "PutF32", "GetF32", "Copy", "Fill", "MatMul", "Axpy"}, tensors},
	{"Vectors", []string{"AddBias", "ColSum", "Axpy"}, vectors},
	{"Embed", []string{"Embed", "EmbedGrad"}, embedding},
	{"Gather", []string{"Gather", "GatherGrad"}, gather},
	{"LayerNorm", []string{"LayerNorm", "LayerNormGrad"}, layerNorm},
	{"GELU", []string{"GELU", "GELUGrad"}, gelu},
	{"Dropout", []string{"Dropout"}, dropout},
	{"GroupLogSoftmax", []string{"GroupLogSoftmax", "GroupLogSoftmaxGrad"}, groupLogSoftmax},
	{"GroupExtremes", []string{"GroupLogSoftmax"}, groupExtremes},
	{"GroupAdd", []string{"GroupAdd", "GroupSum"}, groupAdd},
	{"Cosine", []string{"Cosine", "CosineGrad"}, cosine},
	{"CosineMany", []string{"Cosine", "CosineGrad"}, cosineMany},
	{"CosineNorms", []string{"Cosine", "CosineGrad"}, cosineNorms},
	{"Separation", []string{"Separation"}, separation},
	{"Loss", lossOps, loss},
	{"LossExtremes", lossOps, lossExtremes},
	{"CRFEnumeration", chainOps, crfEnumeration},
	{"CRFZeroScores", chainOps, crfZeroScores},
	{"CRFWidths", chainOps, crfWidths},
	{"CRFSpread", chainOps, crfSpread},
	{"CRFLong", chainOps, crfLong},
	{"CRFForbidden", chainOps, crfForbidden},
	{"CRFNoPath", chainOps, crfNoPath},
	{"CRFUnderflow", chainOps, crfUnderflow},
	{"CRFBatches", chainOps, crfBatches},
	{"ViterbiTies", []string{"Viterbi"}, viterbiTies},
	{"Argmax", []string{"Argmax"}, argmax},
	{"SumSquares", []string{"SumSquares", "SumSquaresRows"}, sumSquares},
	{"AdamW", []string{"AdamW"}, adamW},
	{"AdamWRows", []string{"AdamWRows"}, adamWRows},
	{"Cases", []string{"CRF", "CRFMarginals", "Viterbi", "SoftmaxLoss", "Cosine", "CosineGrad", "GroupLogSoftmax", "GroupLogSoftmaxGrad", "GroupAdd", "GroupSum"}, recordedCases},
}
