package experiments

import "io"

// WriteText writes the comparison as aligned tables no wider than width
// columns; 0 is no limit.
func (c Comparison) WriteText(w io.Writer, width int) error { return nil }
