package hidden

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/invoicelab/invoicelab/safetensors"
)

// verifiedName ends the name of the file that remembers what was verified.
const verifiedName = ".verified.json"

// stamp tells a file from what it was before.
type stamp struct {
	Size     int64 `json:"size"`     // bytes
	Modified int64 `json:"modified"` // nanoseconds since 1970
	Changed  int64 `json:"changed"`  // the same of its inode, which no program can set; 0 where the system has none
}

// same says whether the content was not written to. Names and owners may be others.
func (s stamp) same(o stamp) bool { return s.Size == o.Size && s.Modified == o.Modified }

func stampOf(m *safetensors.Mapped) (stamp, error) {
	info, err := m.Stat()
	if err != nil {
		return stamp{}, err
	}
	return stamp{info.Size(), info.ModTime().UnixNano(), changed(info)}, nil
}

// verified is what is remembered of a safetensors file whose values are all finite.
type verified struct {
	Format int `json:"format"` // verifiedFormat
	stamp
	SHA256 string `json:"sha256"`
}

const verifiedFormat = 1

// settled is how old a change of a file must be before its stamp is trusted: two
// changes within one tick of the file system's clock have one stamp. The coarsest clock in
// use ticks every two seconds.
const settled = 2 * time.Second

// verify sets the digest,
//
//	sha256("invoicelab hidden 1\n", sha256 of the file, sha256 of the lines of the index)
//
// and refuses a value that is not finite. A file that has the stamp that is remembered is
// not read. In a folder that cannot be written to nothing is remembered.
func (f *File) verify() error {
	path := strings.TrimSuffix(f.Path, extension) + verifiedName
	sum, ok := recall(path, f.opened)
	if !ok {
		if at := f.values.NotFinite(); at >= 0 {
			return fmt.Errorf("hidden states %s: row %d (%s), column %d is not finite", f.Path, at/f.Width, f.index.owner(at/f.Width), at%f.Width)
		}
		sum = sha256.Sum256(f.mapped.Bytes())
		if err := f.Unchanged(); err != nil {
			return err
		}
		if time.Since(time.Unix(0, f.opened.Modified)) >= settled {
			remember(path, verified{verifiedFormat, f.opened, hex.EncodeToString(sum[:])})
		}
	}
	h := sha256.New()
	fmt.Fprintf(h, "invoicelab hidden 1\n")
	h.Write(sum[:])
	h.Write(f.index.sum[:])
	f.Digest = hex.EncodeToString(h.Sum(nil))
	return nil
}

// owner names the document and token of a row.
func (x *index) owner(row int) string {
	for _, e := range x.documents {
		if row < e.row+e.tokens {
			return fmt.Sprintf("document %s, token %d", e.id, row-e.row)
		}
	}
	panic(fmt.Sprintf("hidden: owner: row %d of %d", row, x.rows))
}

// recall gives the sum of a file with that stamp, where it is remembered. Whatever is wrong
// with the memory means that there is none.
func recall(path string, now stamp) (sum [sha256.Size]byte, ok bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return sum, false
	}
	var v verified
	if json.Unmarshal(text, &v) != nil || v.Format != verifiedFormat || v.stamp != now {
		return sum, false
	}
	was, err := hex.DecodeString(v.SHA256)
	return sum, err == nil && copy(sum[:], was) == len(sum)
}

// remember writes the memory, whole or not at all. Where it cannot, the next
// time costs what this one did.
func remember(path string, v verified) {
	text, err := json.Marshal(v)
	if err != nil {
		panic("hidden: remember: " + err.Error()) // numbers and a text
	}
	t, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return
	}
	_, err = t.Write(append(text, '\n'))
	for _, then := range []func() error{func() error { return t.Chmod(0o644) }, t.Sync, t.Close, func() error { return os.Rename(t.Name(), path) }} {
		if err == nil {
			err = then()
		}
	}
	if err != nil {
		t.Close()
		os.Remove(t.Name())
	}
}
