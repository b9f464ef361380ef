package reports

import "image/color"

// tint is a colour by its role. Light is what files and light pages show;
// a dark page maps the name to Dark through its style sheet, so that one
// drawing reads well on both.
type tint struct {
	name        string
	light, dark color.NRGBA
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// The inks of text, rules and backgrounds.
var (
	inkText  = tint{"ink", rgb(0x1a1c20), rgb(0xe8eaed)}
	inkMuted = tint{"muted", rgb(0x5c6370), rgb(0xa3abb8)}
	inkGrid  = tint{"grid", rgb(0xdfe3e8), rgb(0x363b44)}
	inkError = tint{"error", rgb(0x7b818c), rgb(0x949ba8)}
	inkBand  = tint{"band", rgb(0xf3f5f7), rgb(0x20242b)}
	inkPaper = tint{"paper", rgb(0xffffff), rgb(0x16181d)}
	inkOther = tint{"other", rgb(0xb4bac4), rgb(0x5d6571)}
)

// inks lists the tints above for the page's style sheet.
var inks = []tint{inkText, inkMuted, inkGrid, inkError, inkBand, inkPaper, inkOther}

// variantTints are the colours of variants: the candidate of the report takes
// the first, its baseline the second, the others follow in the order of the
// sweep. They are the palette of Okabe and Ito (https://jfly.uni-koeln.de/color/),
// which is told apart with every common form of colour blindness. Its yellow
// is darkened, because it vanishes on white, and its black is left to text.
var variantTints = []tint{
	{"v0", rgb(0x0072b2), rgb(0x4ba3da)}, // blue
	{"v1", rgb(0xd55e00), rgb(0xf0803c)}, // vermilion
	{"v2", rgb(0x009e73), rgb(0x2cc197)}, // bluish green
	{"v3", rgb(0xcc79a7), rgb(0xdb93bb)}, // reddish purple
	{"v4", rgb(0xe69f00), rgb(0xf0b433)}, // orange
	{"v5", rgb(0x56b4e9), rgb(0x7cc7f0)}, // sky blue
	{"v6", rgb(0x8a7b00), rgb(0xd9cb4a)}, // yellow, darkened on white
	{"v7", rgb(0x6b4e9b), rgb(0xa78bd6)}, // violet
}

// dashes are patterns of lines in points. Beside colour and glyph they tell the
// second half of the palette from the first where a print is grey.
var dashes = [][]float64{nil, nil, nil, nil, {5, 2}, {5, 2}, {5, 2}, {5, 2}}
