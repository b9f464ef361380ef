//go:build cuda

package cuda

import "github.com/invoicelab/invoicelab/kernels"

const lossBlocks = 1024 // at most: as many sums of losses are added at the end

func (b *backend) SoftmaxLoss(dz kernels.Mat, loss kernels.F64, z kernels.Mat, labels kernels.I32, p kernels.LossParams) {
	kernels.CheckLoss(dz, loss, z, labels, p)
	n, c := z.Rows, z.Cols
	b.begin("SoftmaxLoss", n, c)
	count, rows := max(1, min(blocks(n), threads)), max(1, min(warps(n), lossBlocks))
	part, sums := b.tempF64(2*count), b.tempF64(3*rows)
	word, op := b.complaint(codeSoftmaxLoss)
	b.run("loss_count", count, threads, at(part), at(labels), at(p.Weights), integer(n), integer(c), word, op)
	b.run("loss_rows", rows, threads, at(dz.Data), at(sums), at(z.Data), at(labels), at(p.Weights), at(p.Alpha), at(part), integer(count),
		integer(n), integer(c), float(p.CE), float(p.CB), float(p.Focal), float(p.Gamma))
	b.run("loss_total", 1, threads, at(loss), at(sums), integer(rows))
}
