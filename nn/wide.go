package nn

import "github.com/invoicelab/invoicelab/kernels"

// wide scores labels by the hashed attributes of a token, past encoder and head
// (Cheng and others 2016, "Wide & deep learning"): with ids [N, W]
//
//	scores += sum over w of table[ids[:, w]]        table [V, C]
//
// A row starts at zero, so an attribute that training never saw has no say. What the
// classical linear-chain CRF reads off words at once need not go through the
// layers; they learn what is left.
type wide struct{ table *Param }

// newWide declares the table; nil without attributes.
func newWide(s *store, in Inputs, labels int) *wide {
	if in.Wide == 0 {
		return nil
	}
	w := &wide{s.table(partHead, "wide.table", in.WideRows, labels, constant(0))}
	w.table.forward, w.table.backward = in.Wide*labels, in.Wide*labels
	return w
}

// forward returns the sum with the scores of the head, which the head may keep.
func (w *wide) forward(p *pass, scores kernels.Mat) kernels.Mat {
	sum := p.mem.Mat(scores.Rows, scores.Cols)
	p.be.Embed(sum, w.table.Value, p.wide)
	p.be.Axpy(sum.Data, 1, scores.Data)
	return sum
}

// backward adds to the gradient of the table.
func (w *wide) backward(p *pass, dScores kernels.Mat) {
	p.be.EmbedGrad(w.table.Grad, dScores, p.wide)
}
