//go:build cuda

package cuda

import (
	"math/bits"

	"github.com/invoicelab/invoicelab/kernels"
)

func (b *backend) Embed(y, table kernels.Mat, ids kernels.I32) {
	width := kernels.CheckEmbed("Embed", y, table, ids)
	b.begin("Embed", y.Rows, y.Cols, width, table.Rows)
	word, op := b.complaint(codeEmbed)
	b.run("embed", blocks(y.Data.Len), threads, at(y.Data), at(table.Data), at(ids), integer(y.Rows), integer(y.Cols), integer(width),
		integer(table.Rows), word, op)
}

func (b *backend) EmbedGrad(dTable, dy kernels.Mat, ids kernels.I32) {
	width := kernels.CheckEmbed("EmbedGrad", dy, dTable, ids)
	b.begin("EmbedGrad", dy.Rows, dy.Cols, width, dTable.Rows)
	b.addRows(dTable, dy.Data, ids, width, codeEmbedGrad)
}

func (b *backend) Gather(y, x kernels.Mat, idx kernels.I32) {
	k := kernels.CheckGather("Gather", y, x, idx)
	b.begin("Gather", y.Rows, k, x.Cols, x.Rows)
	word, op := b.complaint(codeGather)
	b.run("gather", blocks(idx.Len*x.Cols), threads, at(y.Data), at(x.Data), at(idx), integer(idx.Len), integer(x.Cols), integer(x.Rows), word, op)
}

func (b *backend) GatherGrad(dx, dy kernels.Mat, idx kernels.I32) {
	k := kernels.CheckGather("GatherGrad", dy, dx, idx)
	b.begin("GatherGrad", dy.Rows, k, dx.Cols, dx.Rows)
	b.addRows(dx, dy.Data, idx, 1, codeGatherGrad)
}

const (
	sortTile   = 256 * 8 // SORT_TILE of gather.cu
	sortDigits = 16
	sortBits   = 4
)

// addRows does dst[idx[i]] += row i/width of src, in the order of i.
func (b *backend) addRows(dst kernels.Mat, src kernels.F32, idx kernels.I32, width, code int) {
	n, limit := idx.Len, dst.Rows
	if n == 0 || dst.Cols == 0 {
		return
	}
	var keys, places [2]kernels.I32
	for i := range keys {
		keys[i], places[i] = b.tempI32(n), b.tempI32(n)
	}
	tiles := (n + sortTile - 1) / sortTile
	counts := b.tempI32(sortDigits * tiles)
	word, op := b.complaint(code)
	b.run("sort_start", blocks(n), threads, at(keys[0]), at(places[0]), at(idx), integer(n), integer(limit), word, op)
	now := 0
	for shift := 0; shift < bits.Len(uint(limit)); shift += sortBits {
		from, to := now, 1-now
		b.run("sort_count", tiles, threads, at(counts), at(keys[from]), integer(n), integer(shift))
		b.run("sort_scan", 1, threads, at(counts), integer(sortDigits*tiles))
		b.run("sort_move", tiles, threads, at(keys[to]), at(places[to]), at(keys[from]), at(places[from]), at(counts), integer(n), integer(shift))
		now = to
	}
	b.run("add_sorted", n, min((dst.Cols+warp-1)/warp*warp, threads), at(dst.Data), at(src), at(keys[now]), at(places[now]),
		integer(n), integer(dst.Cols), integer(max(width, 1)), integer(limit))
}
