package train

import "github.com/invoicelab/invoicelab/corpus"

// boxNeighbours is how many neighbours a token with a box has besides those
// in reading order: the nearest token above, the nearest below, and the first
// of its line, which often holds the key word.
const boxNeighbours = 3

// neighbourCount is the number K of neighbours of a token, itself included.
func neighbourCount(window int, boxed bool) int {
	k := 1 + 2*window
	if boxed {
		k += boxNeighbours
	}
	return k
}

// neighbours lists for each token of d the K tokens that a context layer
// mixes, as indices in the document, -1 where there is none: itself, then -1,
// +1, -2, +2, ... in reading order, then above, below and line start.
func neighbours(d *corpus.Document, window int, boxed bool) []int32 {
	n := len(d.Tokens)
	out := make([]int32, 0, n*neighbourCount(window, boxed))
	lineStart := 0
	for t := range n {
		out = append(out, int32(t))
		for w := 1; w <= window; w++ {
			out = append(out, inside(t-w, n), inside(t+w, n))
		}
		if !boxed {
			continue
		}
		if d.Tokens[t].Line != d.Tokens[lineStart].Line {
			lineStart = t
		}
		above, below := vertical(d.Tokens, t)
		start := int32(lineStart)
		if lineStart == t {
			start = -1
		}
		out = append(out, above, below, start)
	}
	return out
}

func inside(t, n int) int32 {
	if t < 0 || t >= n {
		return -1
	}
	return int32(t)
}

// vertical finds the tokens nearest above and below token t on its page among
// those that overlap it horizontally. Of equally near ones the first in
// reading order wins.
func vertical(tokens []corpus.Token, t int) (above, below int32) {
	above, below = -1, -1
	me := tokens[t].Box
	var up, down int16 = 1001, 1001
	for o := range tokens {
		b := tokens[o].Box
		if o == t || tokens[o].Page != tokens[t].Page || b.X1 <= me.X0 || b.X0 >= me.X1 {
			continue
		}
		// Half a line of overlap is skew of a scan, not the same line.
		middle := (b.Y0 + b.Y1) / 2
		if middle < me.Y0 && me.Y0-middle < up {
			above, up = int32(o), me.Y0-middle
		}
		if middle > me.Y1 && middle-me.Y1 < down {
			below, down = int32(o), middle-me.Y1
		}
	}
	return above, below
}
