package cpu

import "github.com/invoicelab/invoicelab/kernels"

func (r *ref) Embed(y, table kernels.Mat, ids kernels.I32) {
	width := kernels.CheckEmbed("Embed", y, table, ids)
	h := y.Cols
	r.each(y.Rows, width*h, func(lo, hi int) {
		sum := make([]float64, h)
		for n := lo; n < hi; n++ {
			clear(sum)
			for _, id := range ids.Host[n*width : (n+1)*width] {
				if id >= 0 {
					addScaled(sum, 1, table.Data.Host[int(id)*h:(int(id)+1)*h])
				}
			}
			for j, s := range sum {
				y.Data.Host[n*h+j] = float32(s)
			}
		}
	})
}

func (r *ref) EmbedGrad(dTable, dy kernels.Mat, ids kernels.I32) {
	width := kernels.CheckEmbed("EmbedGrad", dy, dTable, ids)
	h := dy.Cols
	for at, id := range ids.Host {
		if id >= 0 {
			n := at / width
			add(dTable.Data.Host[int(id)*h:(int(id)+1)*h], dy.Data.Host[n*h:(n+1)*h])
		}
	}
}

func (r *ref) Gather(y, x kernels.Mat, idx kernels.I32) {
	kernels.CheckGather("Gather", y, x, idx)
	h := x.Cols
	for at, id := range idx.Host {
		part := y.Data.Host[at*h : (at+1)*h]
		if id < 0 {
			clear(part)
			continue
		}
		copy(part, x.Data.Host[int(id)*h:(int(id)+1)*h])
	}
}

func (r *ref) GatherGrad(dx, dy kernels.Mat, idx kernels.I32) {
	kernels.CheckGather("GatherGrad", dy, dx, idx)
	h := dx.Cols
	for at, id := range idx.Host {
		if id >= 0 {
			add(dx.Data.Host[int(id)*h:(int(id)+1)*h], dy.Data.Host[at*h:(at+1)*h])
		}
	}
}

// add does y += x in float32, one addition a term: the order of the contract
// decides the bits.
func add(y, x []float32) {
	y = y[:len(x)]
	for j, v := range x {
		y[j] += v
	}
}
