package bench

// Sizes are those that the operations of heads, losses and CRF are timed at.
type Sizes struct {
	Docs   int // B, documents of a batch
	Length int // T, tokens of a document
	Labels int // C
	Dim    int // D, of the head
}

// Bars are the sizes of the project's bars.
func Bars() Sizes { return Sizes{Docs: 16, Length: 512, Labels: 161, Dim: 256} }

// tokens is N, of the whole batch.
func (s Sizes) tokens() int { return s.Docs * s.Length }

// Sizes that nobody chooses.
const (
	wide   = 768  // of a pretrained encoder
	hidden = 96   // of the compact encoder
	near   = 7    // neighbours of a context layer
	step   = 2048 // tokens of a step of the compact encoder
	ids    = 8    // features a token
	table  = 1 << 15
	groups = 33
	params = 1 << 20
)
