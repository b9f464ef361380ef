package corpus

import "fmt"

// Problem is one finding of an importer or of Validate: where it stands and
// what it is. It is not fatal: what cannot be read at all is an error.
type Problem struct {
	File string `json:"file"`           // path inside the folder that was read
	Line int    `json:"line,omitempty"` // 1-based; 0 when the finding is about the whole file
	What string `json:"what"`
}

// String gives "file:line: what".
func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.What)
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.What)
}
