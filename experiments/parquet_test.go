package experiments_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"path/filepath"
	"testing"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/klauspost/compress/zstd"
)

// The columns of a store come to a file whose pages hold the cells: the first
// column's page is decoded by hand, as parquet.thrift has it. Whole files were
// read by pyarrow 26.0.1 and compared with the csv of the same runs, cell by
// cell; docs/benchmarks-store.md says how.
func TestWriteParquet(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "runs.db"))
	sweep, trials := tiny(t, 2)
	mustRun(t, s, sweep, trials[:3], 3)
	if err := s.Add(t.Context(), sweep, trials); err != nil {
		t.Fatal(err)
	}
	table, err := s.Find(t.Context(), experiments.Search{}, []string{"test/macro_f1", "seed", "level.head", "test/micro_f1", "train.epochs"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := experiments.WriteParquet(&out, table); err != nil {
		t.Fatal(err)
	}
	b := out.Bytes()
	if string(b[:4]) != "PAR1" || string(b[len(b)-4:]) != "PAR1" {
		t.Fatalf("the file begins %q and ends %q", b[:4], b[len(b)-4:])
	}
	if n := int(binary.LittleEndian.Uint32(b[len(b)-8:])); n <= 0 || n > len(b)-12 || b[len(b)-8-n] != 0x15 || b[len(b)-8-n+1] != 2 { // field 1 is i32, version 1
		t.Errorf("the footer of %d bytes begins % x", n, b[len(b)-8-n:][:2])
	}
	// Page header: type 0, sizes as zigzag varints, then the header of the data
	// page with 8 values, PLAIN, and twice RLE.
	h := b[4:]
	if h[0] != 0x15 || h[1] != 0 || h[2] != 0x15 {
		t.Fatalf("page header % x", h[:8])
	}
	size, n := binary.Uvarint(h[3:])
	rest := h[3+n:]
	packed, m := binary.Uvarint(rest[1:])
	rest = rest[1+m:]
	if want := []byte{0x2c, 0x15, 16, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0}; !bytes.HasPrefix(rest, want) {
		t.Fatalf("data page header % x; want % x", rest[:11], want)
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	page, err := z.DecodeAll(rest[11:][:packed/2], nil)
	if err != nil || len(page) != int(size/2) {
		t.Fatalf("%d bytes of %d, %v", len(page), size/2, err)
	}
	// 3 of 8 runs are done: a run of 3 ones and one of 5 zeros, then 3 doubles.
	want := []byte{4, 0, 0, 0, 3 << 1, 1, 5 << 1, 0}
	for _, i := range []int{0, 1, 2} {
		want = binary.LittleEndian.AppendUint64(want, math.Float64bits(0.5+float64(trials[i].Seed)/8))
	}
	if !bytes.Equal(page, want) {
		t.Errorf("page % x; want % x", page, want)
	}
	var again bytes.Buffer
	if err := experiments.WriteParquet(&again, table); err != nil || !bytes.Equal(again.Bytes(), b) {
		a, c := sha256.Sum256(b), sha256.Sum256(again.Bytes())
		t.Errorf("written again: %v, %s, %s", err, hex.EncodeToString(a[:4]), hex.EncodeToString(c[:4]))
	}
}
