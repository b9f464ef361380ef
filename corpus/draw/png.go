package draw

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"

	"github.com/invoicelab/invoicelab/corpus/typeset"
)

// Picture says how a page becomes a picture.
type Picture struct {
	DPI    float64 // pixels in an inch, 10 to 600
	Side   int     // when not 0, the picture is a square of so many pixels, whatever the proportions of the page
	Colour bool    // in three bytes a pixel, else in one of grey
}

// DefaultDPI makes A4 827 by 1169 pixels.
const DefaultDPI = 100.0

// Size is the size in pixels of a page's picture.
func (f Picture) Size(page *typeset.Page) (width, height int) {
	if f.Side != 0 {
		return f.Side, f.Side
	}
	pixels := func(points float64) int { return max(1, int(math.Ceil(points*f.DPI/72-0.5))) }
	return pixels(page.Width), pixels(page.Height)
}

// PNG writes a page as a PNG picture. The pixel that holds a point of the
// page is at the same share of width and height. It is an error if the page
// holds a character that no font has.
func (p *Painter) PNG(w io.Writer, page *typeset.Page, f Picture) error {
	if f.Side == 0 && !(f.DPI >= 10 && f.DPI <= 600) || f.Side < 0 {
		return fmt.Errorf("drawing: %v dpi is not in 10 to 600", f.DPI)
	}
	width, height := f.Size(page)
	depth := 1
	if f.Colour {
		depth = 3
	}
	if err := p.paint(page, width, height, depth); err != nil {
		return err
	}
	data, err := p.packer.png(&p.canvas, f.DPI)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// packer makes PNG files; it keeps its memory.
type packer struct {
	file []byte
	zlib *zlib.Writer
	row  []byte
}

// packLevel of the deflate compression: the levels above save little on pages
// of text.
const packLevel = 3

// Write appends to the file.
func (k *packer) Write(data []byte) (int, error) {
	k.file = append(k.file, data...)
	return len(data), nil
}

// png packs a canvas as a PNG file (W3C, third edition), which is good until
// the next call. The rows are not filtered, but for those that equal the one
// above, which become zeros.
func (k *packer) png(c *canvas, dpi float64) ([]byte, error) {
	k.file = append(k.file[:0], "\x89PNG\r\n\x1a\n"...)
	head := make([]byte, 0, 13)
	head = binary.BigEndian.AppendUint32(head, uint32(c.width))
	head = binary.BigEndian.AppendUint32(head, uint32(c.height))
	kind := byte(0) // grey
	if c.depth == 3 {
		kind = 2
	}
	head = append(head, 8, kind, 0, 0, 0) // bits of a channel, colour type, deflate, filters, no interlace
	k.chunk("IHDR", head)
	if dpi > 0 {
		perMetre := uint32(math.Round(dpi / 0.0254))
		phys := binary.BigEndian.AppendUint32(nil, perMetre)
		phys = binary.BigEndian.AppendUint32(phys, perMetre)
		k.chunk("pHYs", append(phys, 1))
	}
	start := k.begin("IDAT")
	if k.zlib == nil {
		z, err := zlib.NewWriterLevel(k, packLevel)
		if err != nil {
			return nil, err
		}
		k.zlib = z
	} else {
		k.zlib.Reset(k)
	}
	stride := c.width * c.depth
	k.row = append(k.row[:0], make([]byte, stride+1)...)
	for y := range c.height {
		row := c.pix[y*stride : (y+1)*stride]
		k.row[0] = 0
		copy(k.row[1:], row)
		if _, err := k.zlib.Write(k.row); err != nil {
			return nil, err
		}
	}
	if err := k.zlib.Close(); err != nil {
		return nil, err
	}
	k.end(start)
	k.chunk("IEND", nil)
	return k.file, nil
}

// chunk appends a chunk: length, name, data, and the CRC of name and data.
func (k *packer) chunk(name string, data []byte) {
	start := k.begin(name)
	k.file = append(k.file, data...)
	k.end(start)
}

// begin starts a chunk, end finishes it.
func (k *packer) begin(name string) (start int) {
	start = len(k.file)
	k.file = append(k.file, 0, 0, 0, 0)
	k.file = append(k.file, name...)
	return start
}

func (k *packer) end(start int) {
	binary.BigEndian.PutUint32(k.file[start:], uint32(len(k.file)-start-8))
	k.file = binary.BigEndian.AppendUint32(k.file, crc32.ChecksumIEEE(k.file[start+4:]))
}
