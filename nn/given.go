package nn

import "github.com/invoicelab/invoicelab/kernels"

// encoding turns a batch into encodings [N, H].
type encoding interface {
	forward(p *pass) kernels.Mat
	// backward adds to the gradients of all parameters; dx may be overwritten. An
	// encoding without parameters has no use for dx.
	backward(p *pass, dx kernels.Mat)
	parametric() bool
}

// given is the encoder of hidden states that the caller has:
//
//	x = Dropout(hidden)
//
// It has no parameters, so that backward stops at the layers that read x.
type given struct{ rate float32 }

func (g given) forward(p *pass) kernels.Mat {
	p.dropout(p.hidden.Data, g.rate, "hidden")
	p.clock.lap(timeEmbed)
	return p.hidden
}

func (given) backward(*pass, kernels.Mat) {}

func (given) parametric() bool { return false }

func (*encoder) parametric() bool { return true }

// newEncoding declares what spec asks for.
func newEncoding(s *store, spec EncoderSpec, in Inputs) encoding {
	if spec.Given() {
		return given{float32(spec.Dropout)}
	}
	return newEncoder(s, spec, in)
}

// Given says whether the hidden states come with the batch.
func (s EncoderSpec) Given() bool { return s.Kind == "features" }

// reads says that the layer of a weight matrix reads the encodings: where they are
// given, its backward has the product for its weights alone.
func (p *Param) reads(spec EncoderSpec) {
	if spec.Given() {
		p.backward = p.forward
	}
}
