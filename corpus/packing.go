package corpus

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Packing is how the documents of a corpus are laid out in files. It has no
// influence on the digest.
type Packing struct {
	Shard       int         `json:"shard"`       // documents in a file at most
	Compression Compression `json:"compression"` // of each file
}

// DefaultShard is the number of documents in a file where nobody chose one:
// some 100 MB.
const DefaultShard = 10_000

// Compression of the files of a corpus.
type Compression string

// The compressions. Compressed files are a series of members (gzip) or frames
// (zstd), as every decoder reads them.
const (
	Plain Compression = "none"
	Gzip  Compression = "gzip"
	Zstd  Compression = "zstd"
)

// Compressions lists all compressions.
var Compressions = []Compression{Plain, Gzip, Zstd}

// extension is what the compression adds to the names of files.
func (c Compression) extension() string {
	switch c {
	case Plain:
		return ""
	case Gzip:
		return ".gz"
	case Zstd:
		return ".zst"
	}
	panic(fmt.Sprintf("corpus: no compression is called %q", string(c)))
}

// check says whether p can be used.
func (p Packing) check() error {
	if p.Shard < 1 {
		return fmt.Errorf("%d documents in a file: expected 1 or more", p.Shard)
	}
	for _, c := range Compressions {
		if c == p.Compression {
			return nil
		}
	}
	return fmt.Errorf("no compression is called %q; there are %q", p.Compression, Compressions)
}

// encoder compresses; Reset begins a member or frame, Close ends it. It is
// nil for Plain.
type encoder interface {
	io.WriteCloser
	Reset(io.Writer)
}

// encoder gives a new encoder. Its output depends on its input alone.
func (c Compression) encoder() encoder {
	switch c {
	case Gzip:
		return gzip.NewWriter(io.Discard)
	case Zstd:
		// One goroutine and small windows: four splits are compressed at once.
		e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
		if err != nil {
			panic(fmt.Sprintf("corpus: zstd: %v", err)) // the options are constant
		}
		return e
	}
	return nil
}

// decoded gives the text of the file called name, by its extension. Closing
// it leaves r open.
func decoded(name string, r io.Reader) (io.ReadCloser, error) {
	switch {
	case strings.HasSuffix(name, Gzip.extension()):
		return gzip.NewReader(r)
	case strings.HasSuffix(name, Zstd.extension()):
		const window = 1 << 23 // bytes: what the format asks every decoder to grant
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return io.NopCloser(r), nil
}

// wholeName is the name of a split that is one file.
func (p Packing) wholeName(s Split) string { return splitFile(s) + p.Compression.extension() }

// shardName is the name of file k of a split that is several files.
func (p Packing) shardName(s Split, k int) string {
	return fmt.Sprintf("%s-%05d.jsonl%s", s, k, p.Compression.extension())
}

// documentFile matches the names of files that hold documents.
var documentFile = regexp.MustCompile(`^(train|validation|test|heldout)(-[0-9]{5,})?\.jsonl(\.gz|\.zst)?$`)

// isCorpusFile says whether the folder of a corpus may hold a file called name.
func isCorpusFile(name string) bool {
	return name == manifestName || name == schemaName || documentFile.MatchString(name)
}
