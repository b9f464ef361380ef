package experiments

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/klauspost/compress/zstd"
)

// WriteParquet writes a table as a Parquet file: one row group, a column chunk
// of one page for each column, zstd. A cell that a run lacks is null. Whole
// numbers are INT64 (seeds unsigned), numbers DOUBLE, started and finished
// TIMESTAMP(MICROS, UTC), all else STRING; the type of a column depends on its
// name alone. See https://parquet.apache.org/docs/file-format.
func WriteParquet(w io.Writer, t Table) error {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	defer z.Close()
	kinds := parquetKinds()
	file := []byte(parquetMagic)
	chunks := make([]parquetChunk, len(t.Columns))
	for i, name := range t.Columns {
		c := &chunks[i]
		c.name, c.kind = name, kinds(name)
		levels, values, err := c.kind.page(t.Rows, i)
		if err != nil {
			return fmt.Errorf("parquet: column %s: %w", name, err)
		}
		page := append(levels, values...)
		packed := z.EncodeAll(page, nil)
		var h thrift
		h.number(1, thriftI32, 0) // DATA_PAGE
		h.number(2, thriftI32, int64(len(page)))
		h.number(3, thriftI32, int64(len(packed)))
		h.begin(5)
		h.number(1, thriftI32, int64(len(t.Rows)))
		h.number(2, thriftI32, encodingPlain)
		h.number(3, thriftI32, encodingRLE) // of definition levels
		h.number(4, thriftI32, encodingRLE) // of repetition levels, of which there are none
		h.end()
		h.stop()
		c.offset = int64(len(file))
		c.size, c.packed = int64(h.out.Len()+len(page)), int64(h.out.Len()+len(packed))
		file = append(append(file, h.out.Bytes()...), packed...)
	}
	footer := parquetFooter(chunks, len(t.Rows))
	file = append(file, footer...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(footer)))
	_, err = w.Write(append(file, parquetMagic...))
	return err
}

const parquetMagic = "PAR1"

// Numbers of parquet.thrift.
const (
	encodingPlain, encodingRLE = 0, 3
	codecZstd                  = 6
	repetitionOptional         = 1
)

// parquetKind is the type of a column.
type parquetKind struct {
	physical  int64 // Type
	converted int64 // ConvertedType; negative for none
}

// The types of columns that tables have.
var (
	parquetInt    = parquetKind{2, -1}
	parquetUint   = parquetKind{2, 14}
	parquetTime   = parquetKind{2, 10}
	parquetDouble = parquetKind{5, -1}
	parquetText   = parquetKind{6, 0}
)

// parquetKinds says what type a column of that name has.
func parquetKinds() func(name string) parquetKind {
	types := map[string]parquetKind{"seed": parquetUint, "attempts": parquetInt, "seconds": parquetDouble, "started": parquetTime, "finished": parquetTime}
	for _, f := range runFields {
		if _, known := types[f.name]; !known {
			types[f.name] = parquetText
		}
	}
	for _, k := range config.Keys() {
		switch k.Type {
		case "whole number":
			types[k.Key] = parquetInt
		case "number":
			types[k.Key] = parquetDouble
		default:
			types[k.Key] = parquetText
		}
	}
	return func(name string) parquetKind {
		if k, known := types[name]; known {
			return k
		}
		if len(name) > len(levelPrefix) && name[:len(levelPrefix)] == levelPrefix {
			return parquetText
		}
		return parquetDouble // a metric
	}
}

// page encodes a column: definition levels (1 where there is a value) in the
// hybrid of RLE and bit packing, of which it uses RLE alone, behind their
// length, and the values, PLAIN.
func (k parquetKind) page(rows [][]Cell, column int) (levels, values []byte, err error) {
	var runs []byte
	have, run := false, 0
	flush := func() {
		if run > 0 {
			runs = binary.AppendUvarint(runs, uint64(run)<<1)
			runs = append(runs, map[bool]byte{true: 1}[have])
		}
	}
	for _, row := range rows {
		c := row[column]
		known := c.Known && (k == parquetText || c.Text != "null") // a setting inside an absent corpus.generate
		if known != have {
			flush()
			have, run = known, 0
		}
		run++
		if known {
			if values, err = k.value(values, c); err != nil {
				return nil, nil, err
			}
		}
	}
	flush()
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(runs))), runs...), values, nil
}

// value appends a cell.
func (k parquetKind) value(b []byte, c Cell) ([]byte, error) {
	switch k {
	case parquetInt:
		v, err := strconv.ParseInt(c.Text, 10, 64)
		return binary.LittleEndian.AppendUint64(b, uint64(v)), err
	case parquetUint:
		v, err := strconv.ParseUint(c.Text, 10, 64)
		return binary.LittleEndian.AppendUint64(b, v), err
	case parquetTime:
		v, err := time.Parse(time.RFC3339, c.Text)
		return binary.LittleEndian.AppendUint64(b, uint64(v.UnixMicro())), err
	case parquetDouble:
		v := c.Number
		if !c.isNum {
			return b, fmt.Errorf("%q is no number", c.Text)
		}
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(v)), nil
	}
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(c.Text))), c.Text...), nil
}

// parquetChunk is a column as it lies in the file.
type parquetChunk struct {
	name                 string
	kind                 parquetKind
	offset, size, packed int64
}

// parquetFooter is the FileMetaData of parquet.thrift.
func parquetFooter(chunks []parquetChunk, rows int) []byte {
	var f thrift
	f.number(1, thriftI32, 1) // version
	f.list(2, thriftStruct, len(chunks)+1)
	f.element(func() {
		f.text(4, "runs")
		f.number(5, thriftI32, int64(len(chunks)))
	})
	total := int64(0)
	for _, c := range chunks {
		f.element(func() {
			f.number(1, thriftI32, c.kind.physical)
			f.number(3, thriftI32, repetitionOptional)
			f.text(4, c.name)
			if c.kind.converted >= 0 {
				f.number(6, thriftI32, c.kind.converted)
			}
		})
		total += c.size
	}
	f.number(3, thriftI64, int64(rows))
	f.list(4, thriftStruct, 1)
	f.element(func() {
		f.list(1, thriftStruct, len(chunks))
		for _, c := range chunks {
			f.element(func() {
				f.number(2, thriftI64, c.offset)
				f.begin(3)
				f.number(1, thriftI32, c.kind.physical)
				f.list(2, thriftI32, 2)
				f.bare(encodingPlain)
				f.bare(encodingRLE)
				f.list(3, thriftBinary, 1)
				f.bareText(c.name)
				f.number(4, thriftI32, codecZstd)
				f.number(5, thriftI64, int64(rows))
				f.number(6, thriftI64, c.size)
				f.number(7, thriftI64, c.packed)
				f.number(9, thriftI64, c.offset)
				f.end()
			})
		}
		f.number(2, thriftI64, total)
		f.number(3, thriftI64, int64(rows))
	})
	f.text(6, "invoicelab")
	f.stop()
	return f.out.Bytes()
}

// thrift writes the compact protocol of Apache Thrift: fields of a struct in
// the order of their ids, at most 15 apart.
type thrift struct {
	out  bytes.Buffer
	last int16   // id of the field before
	open []int16 // last of the structs around
}

// Types of the compact protocol.
const (
	thriftI32    = 5
	thriftI64    = 6
	thriftBinary = 8
	thriftList   = 9
	thriftStruct = 12
)

func (t *thrift) field(id int16, kind byte) {
	t.out.WriteByte(byte(id-t.last)<<4 | kind)
	t.last = id
}

func (t *thrift) varint(v uint64) { t.out.Write(binary.AppendUvarint(nil, v)) }

// bare is a number of a list, zigzag.
func (t *thrift) bare(v int64) { t.varint(uint64(v<<1) ^ uint64(v>>63)) }

func (t *thrift) number(id int16, kind byte, v int64) { t.field(id, kind); t.bare(v) }

func (t *thrift) bareText(s string) { t.varint(uint64(len(s))); t.out.WriteString(s) }

func (t *thrift) text(id int16, s string) { t.field(id, thriftBinary); t.bareText(s) }

// list begins a list of n elements, which follow.
func (t *thrift) list(id int16, kind byte, n int) {
	t.field(id, thriftList)
	if n < 15 {
		t.out.WriteByte(byte(n)<<4 | kind)
		return
	}
	t.out.WriteByte(0xF0 | kind)
	t.varint(uint64(n))
}

// begin and end stand round the fields of a struct that is a field.
func (t *thrift) begin(id int16) { t.field(id, thriftStruct); t.push() }
func (t *thrift) end()           { t.stop(); t.pop() }

func (t *thrift) push() { t.open, t.last = append(t.open, t.last), 0 }
func (t *thrift) pop() {
	t.last = t.open[len(t.open)-1]
	t.open = slices.Delete(t.open, len(t.open)-1, len(t.open))
}

// stop ends a struct.
func (t *thrift) stop() { t.out.WriteByte(0) }

// element is a struct of a list.
func (t *thrift) element(fill func()) {
	t.push()
	fill()
	t.stop()
	t.pop()
}
