package reports

import (
	"image/color"
	"slices"
)

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

// levelTints are the colours of the levels of a factor, where marks stand for
// levels and not for variants: the muted scheme of Paul Tol
// (https://personal.sron.nl/~pault/), which is told apart with every common
// form of colour blindness, too.
var levelTints = []tint{
	{"l0", rgb(0x332288), rgb(0x8f7fe0)}, // indigo
	{"l1", rgb(0x2b8a7f), rgb(0x44aa99)}, // teal, darkened on white
	{"l2", rgb(0xcc6677), rgb(0xdd8090)}, // rose
	{"l3", rgb(0x7f7a1f), rgb(0xb9b35a)}, // olive
	{"l4", rgb(0x882255), rgb(0xd0609a)}, // wine
	{"l5", rgb(0x3a8fc0), rgb(0x88ccee)}, // cyan, darkened on white
	{"l6", rgb(0x117733), rgb(0x5fbf7f)}, // green
	{"l7", rgb(0xaa4499), rgb(0xd27fc4)}, // purple
}

// levelTint is the colour of the k-th level; from the ninth on they come
// again, with another glyph.
func levelTint(k int) tint { return levelTints[k%len(levelTints)] }

// heatTints are the steps of a heat map from little to much: light to dark
// blue on white, dark to light on a dark page.
var heatTints = []tint{
	{"h0", rgb(0xf4f7fb), rgb(0x1c222b)},
	{"h1", rgb(0xe3edf7), rgb(0x1d2b3c)},
	{"h2", rgb(0xcfe1f2), rgb(0x1e364f)},
	{"h3", rgb(0xb3d2e9), rgb(0x1f4466)},
	{"h4", rgb(0x8fbfe0), rgb(0x24557f)},
	{"h5", rgb(0x64a6d3), rgb(0x3f7fb0)},
	{"h6", rgb(0x3582bb), rgb(0x6ba3cf)},
	{"h7", rgb(0x1c67a3), rgb(0x97c2e3)},
	{"h8", rgb(0x0b4a82), rgb(0xc6dff3)},
}

// heatPale is the first step on which text is paper, not ink.
const heatPale = 6

// heat gives the step of a share, 0 to 1, and the ink of text on it.
func heat(share float64) (back, text tint) {
	k := min(max(int(share*float64(len(heatTints))), 0), len(heatTints)-1)
	if k >= heatPale {
		return heatTints[k], inkPaper
	}
	return heatTints[k], inkText
}

// tints lists every tint for the style sheet of a page.
func tints() []tint {
	return slices.Concat(inks, variantTints, levelTints, heatTints)
}

// dashes are patterns of lines in points. Beside colour and glyph they tell the
// second half of the palette from the first where a print is grey.
var dashes = [][]float64{nil, nil, nil, nil, {5, 2}, {5, 2}, {5, 2}, {5, 2}}
