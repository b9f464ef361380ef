//go:build cuda

package cuda

import "github.com/invoicelab/invoicelab/kernels"

// What becomes of a sum of a matrix product; the numbers are those of gemm.cuh.
const (
	store = iota
	add
	cosine
	project
	projectAdd
)

// product is one matrix product and what follows it.
type product struct {
	c, a, b uintptr
	m, n, k int
	ta, tb  bool
	kScale  uintptr // [k] factors on the terms of a
	enable  uintptr // an int32 that is 0 where nothing is to be done

	mode                  int
	row, other, x, scalar uintptr // see finish in gemm.cuh
	factor                float32
}

const (
	tileCols    = 64
	tallTile    = 128 // rows of a tile, where the result has that many
	flatTile    = 64
	enoughTiles = 128 // blocks that fill a large device; with fewer the terms are split
	leastTerms  = 256 // of a part
	maxParts    = 32
)

// multiply queues a product. How its terms are split depends on its shape alone.
func (b *backend) multiply(p product) {
	if p.m == 0 || p.n == 0 || b.byLibrary(p) {
		return
	}
	kernel, rows := "gemm_nn", flatTile
	if p.ta {
		kernel = "gemm_tn"
	}
	if p.tb {
		kernel = "gemm_nt"
	}
	if p.m >= tallTile {
		kernel, rows = kernel+"_128", tallTile
	} else {
		kernel += "_64"
	}
	down, across := (p.m+rows-1)/rows, (p.n+tileCols-1)/tileCols
	parts := 1
	if tiles := down * across; tiles < enoughTiles {
		parts = max(1, min(enoughTiles/tiles, p.k/leastTerms, maxParts))
	}
	per := (p.k + parts - 1) / parts
	part := uintptr(0)
	if parts > 1 {
		part = b.temp(parts*p.m*p.n, 4)
	}
	end := []arg{address(p.enable), integer(p.mode), address(p.row), address(p.other), address(p.x), address(p.scalar), float(p.factor)}
	b.run2(kernel, across, down*parts, threads, append([]arg{address(p.c), address(part), address(p.a), address(p.b),
		integer(p.m), integer(p.n), integer(p.k), integer(per), integer(parts), address(p.kScale)}, end...)...)
	if parts > 1 {
		b.run("gemm_add", blocks(p.m*p.n), threads, append([]arg{address(p.c), address(part), integer(p.m), integer(p.n), integer(parts)}, end...)...)
	}
}

func (b *backend) MatMul(c, x, y kernels.Mat, ta, tb, accumulate bool) {
	m, n, k := kernels.CheckMatMul(c, x, y, ta, tb)
	b.begin("MatMul", m, n, k)
	mode := store
	if accumulate {
		mode = add
	}
	b.multiply(product{c: c.Data.Dev, a: x.Data.Dev, b: y.Data.Dev, m: m, n: n, k: k, ta: ta, tb: tb, mode: mode})
}

func (b *backend) AddBias(y kernels.Mat, bias kernels.F32) {
	kernels.Whole("AddBias", "y", y)
	kernels.NeedLen("AddBias", "bias", bias.Len, y.Cols)
	b.begin("AddBias", y.Rows, y.Cols)
	b.run("add_bias", blocks(y.Data.Len), threads, at(y.Data), at(bias), integer(y.Rows), integer(y.Cols))
}

const (
	chunkRows = 128 // least rows that one thread sums of a column
	maxChunks = 256
)

// chunks splits the rows of sums over columns: chunks of per rows.
func chunks(rows int) (n, per int) {
	n = max(1, min((rows+chunkRows-1)/chunkRows, maxChunks))
	return n, (rows + n - 1) / n
}

func (b *backend) ColSum(dst kernels.F32, x kernels.Mat) {
	kernels.Whole("ColSum", "x", x)
	kernels.NeedLen("ColSum", "dst", dst.Len, x.Cols)
	b.begin("ColSum", x.Rows, x.Cols)
	n, per := chunks(x.Rows)
	part := b.tempF64(n * x.Cols)
	b.run2("col_sum_part", columns(x.Cols), n, threads, at(part), at(x.Data), integer(x.Rows), integer(x.Cols), integer(per))
	b.run("col_sum_add", columns(x.Cols), threads, at(dst), at(part), integer(x.Cols), integer(n))
}

// columns is the grid for kernels with a thread a column, which do not stride.
func columns(n int) int { return (n + threads - 1) / threads }

func (b *backend) Axpy(y kernels.F32, alpha float32, x kernels.F32) {
	kernels.NeedLen("Axpy", "x", x.Len, y.Len)
	b.begin("Axpy", y.Len)
	b.run("axpy", blocks(y.Len), threads, at(y), float(alpha), at(x), integer(y.Len))
}
