package reports

import (
	"errors"
	"fmt"
	"io"
)

// Format is the kind of file that a figure is written as.
type Format string

// The formats of figures: PNG at 144 dots per inch; SVG and PDF, whose text
// stays text. A PDF holds its fonts.
const (
	PNG Format = "png"
	SVG Format = "svg"
	PDF Format = "pdf"
)

// Formats lists them all.
func Formats() []Format { return []Format{PNG, SVG, PDF} }

// Figure is one picture of a report. Name is that of its files, without the
// ending, Short its name in lists; About says in a line what it shows.
type Figure struct {
	Name, Short string
	About       string
	plan        func(r *Report, f *fonts, width float64) (*drawing, error)
}

// Figures lists all figures, in the order in which a report shows them.
func Figures() []Figure {
	return []Figure{
		{"effects", "Factor effects", "what each factor of the sweep changes in the primary metric", planEffects},
		{"interaction", "Interactions", "the primary metric by the levels of two factors at once", planInteraction},
		{"parallel", "The whole sweep", "every variant as a line over factors and figures", planParallel},
		{"per-label", "F1 by entity type", "F1 of every entity type under two variants, with support and 95 % intervals", planPerLabel},
		{"frequency", "F1 by frequency", "F1 against the number of training documents that hold the entity type", planFrequency},
		{"labels-by-variant", "F1 by type and variant", "F1 of every entity type under three variants or more, with intervals", planRanges},
		{"gained-lost", "Gained and lost", "entities that one of two variants finds and the other does not, by entity type", planGains},
		{"learning-curves", "Learning curves", "validation F1 and every component of the loss by epoch", planCurves},
		{"curriculum", "Curriculum", "the stages of each curriculum under the validation curve", planTimeline},
		{"confusion", "Confusions", "which entity type was taken for which, those that a resolution rule is about first", planConfusion},
		{"domains", "Domains and templates", "the metric by domain and by template family, for several variants", planHeat},
		{"confidence", "Confidence", "calibration, and coverage against risk", planTrust},
		{"claims", "Published numbers", "published numbers against what was measured", planLedger},
	}
}

// Absent is the error of a figure that the data do not allow; Reason is shown
// in its place.
type Absent struct{ Reason string }

func (a *Absent) Error() string { return "reports: figure left out: " + a.Reason }

func absent(format string, args ...any) error {
	return &Absent{Reason: fmt.Sprintf(format, args...)}
}

// drawing is a figure that is laid out for one width but not yet painted. The
// title says the finding, the caption what was counted, the label what a
// screen reader says.
type drawing struct {
	title   string
	caption string
	label   string
	height  float64
	paint   func(c *canvas)
}

// margin is the space round a drawing in a file, in points.
const margin = 10.0

// Draw writes the figure with its title and caption to w, and returns the
// caption. The error is an *Absent when r does not hold what the figure shows.
func (f Figure) Draw(w io.Writer, format Format, r *Report) (caption string, err error) {
	fs := newFonts()
	d, err := f.plan(r, fs, WideWidth)
	if err != nil {
		return "", err
	}
	page := framed(d, fs)
	switch format {
	case SVG:
		s := &svgSurface{}
		page.paint(&canvas{surface: s, width: WideWidth + 2*margin, height: page.height, fonts: fs})
		_, err = w.Write(s.document(WideWidth+2*margin, page.height, page.label, false))
	case PNG:
		s, img := newPNG(WideWidth+2*margin, page.height, fs)
		page.paint(&canvas{surface: s, width: WideWidth + 2*margin, height: page.height, fonts: fs})
		err = writePNG(w, img)
	case PDF:
		s := newPDF(WideWidth+2*margin, page.height, d.title, fs)
		page.paint(&canvas{surface: s, width: WideWidth + 2*margin, height: page.height, fonts: fs})
		var content []byte
		if content, err = s.document(); err == nil {
			_, err = w.Write(content)
		}
	default:
		panic(fmt.Sprintf("reports: Draw: format %q", format))
	}
	if err != nil {
		return "", fmt.Errorf("reports: figure %s as %s: %w", f.Name, format, err)
	}
	return d.caption, nil
}

// inline gives the figure as SVG for a page, without title and caption, which
// the page sets itself.
func (f Figure) inline(r *Report, fs *fonts, width float64) (d *drawing, svg []byte, err error) {
	d, err = f.plan(r, fs, width)
	if err != nil {
		return nil, nil, err
	}
	s := &svgSurface{}
	d.paint(&canvas{surface: s, width: width, height: d.height, fonts: fs})
	return d, s.document(width, d.height, d.label, true), nil
}

// framed adds title and caption above and below d, and a margin round all.
func framed(d *drawing, fs *fonts) *drawing {
	const titleSize, titleLead, captionLead = 11.0, 14.0, 9.0
	title := lettering{size: titleSize, bold: true, tint: inkText}
	caption := lettering{size: smallSize, tint: inkMuted}
	head := fs.wrap(d.title, WideWidth, title)
	foot := fs.wrap(d.caption, WideWidth, caption)
	top := margin + float64(len(head))*titleLead + 4
	height := top + d.height + 4 + float64(len(foot))*captionLead + margin
	return &drawing{
		title: d.title, caption: d.caption, label: d.title + ". " + d.label, height: height,
		paint: func(c *canvas) {
			for i, line := range head {
				c.text(margin, margin+titleSize+float64(i)*titleLead, line, title)
			}
			inner := &canvas{
				surface: shifted{c.surface, margin, top},
				width:   WideWidth, height: d.height, fonts: fs,
			}
			d.paint(inner)
			for i, line := range foot {
				c.text(margin, top+d.height+4+smallSize+float64(i)*captionLead, line, caption)
			}
		},
	}
}

// shifted is a surface whose origin lies at dx, dy of another.
type shifted struct {
	surface
	dx, dy float64
}

func (s shifted) move(points []point) []point {
	out := make([]point, len(points))
	for i, p := range points {
		out[i] = point{p.x + s.dx, p.y + s.dy}
	}
	return out
}

func (s shifted) rect(x, y, w, h float64, t tint, alpha float64) {
	s.surface.rect(x+s.dx, y+s.dy, w, h, t, alpha)
}
func (s shifted) polygon(p []point, t tint, alpha float64) { s.surface.polygon(s.move(p), t, alpha) }
func (s shifted) polyline(p []point, k stroke)             { s.surface.polyline(s.move(p), k) }
func (s shifted) circle(x, y, r float64, t tint, alpha float64) {
	s.surface.circle(x+s.dx, y+s.dy, r, t, alpha)
}
func (s shifted) text(x, y float64, t string, l lettering) { s.surface.text(x+s.dx, y+s.dy, t, l) }

// isAbsent gives the reason of an *Absent error.
func isAbsent(err error) (reason string, ok bool) {
	var a *Absent
	if errors.As(err, &a) {
		return a.Reason, true
	}
	return "", false
}
