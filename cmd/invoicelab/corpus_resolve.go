package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus/rules"
	"github.com/invoicelab/invoicelab/lines"
	"github.com/urfave/cli/v2"
)

func corpusResolveCommand() *cli.Command {
	return &cli.Command{
		Name:      "resolve",
		Usage:     "decide the label of an ambiguous value by the rules",
		ArgsUsage: "[FILE]",
		Description: `Example: invoicelab corpus resolve --text "From: 7 Mill St, Hull" --document-type WAYBILL
Prints the label, the rule, the condition that fired and why. Without --labels the rule is found from the evidence.
FILE, or - for standard input, holds one JSON object of evidence a line:
  {"text": "Lot: LOT-17", "document_type": "", "section": "", "position": "", "near": [], "domain": "", "labels": [], "is": "LOT_NUMBER"}
Only text is required. "labels" are the candidates; "is" is what the label should be.
Exits with 1 when a value stays undecided, or is not what "is" says.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "text", Usage: "the value with the words that announce it, such as \"Lot: LOT-17\""},
			&cli.StringFlag{Name: "document-type", Usage: "type of the document, such as WAYBILL"},
			&cli.StringFlag{Name: "section", Usage: "part of the document, such as buyer_info"},
			&cli.StringFlag{Name: "position", Usage: "place on the paper, such as top_of_page_2"},
			&cli.StringSliceFlag{Name: "near", Usage: "a text or label nearby; may be given again"},
			&cli.StringFlag{Name: "domain", Usage: "business domain, such as logistics"},
			&cli.BoolFlag{Name: "primary-document-id", Usage: "the value is the number of the document itself"},
			&cli.BoolFlag{Name: "page-boundary", Usage: "the value stands where a page ends or begins"},
			&cli.StringSliceFlag{Name: "labels", Usage: "candidates `A,B`, two or more of one rule"},
			&cli.StringFlag{Name: "rules", Usage: "`NAME` of shipped rules or path of a file of rules", Value: "resolution"},
			jsonFlag,
		},
		Action: corpusResolve,
	}
}

// question is one line of the input of corpus resolve.
type question struct {
	rules.Evidence
	Labels []string `json:"labels,omitempty"`
	Is     string   `json:"is,omitempty"`
}

// answer is one line of its output in JSON. Error stands where there is no
// label.
type answer struct {
	question
	*rules.Decision
	Error string `json:"error,omitempty"`
}

func corpusResolve(c *cli.Context) error {
	set, err := config.LoadRules(c.String("rules"))
	if err != nil {
		return err
	}
	if c.Args().Len() == 0 {
		if !c.IsSet("text") {
			return usagef("corpus resolve: expected --text TEXT, or a FILE of JSON lines (see --help)")
		}
		return resolveOne(c, set, question{Evidence: rules.Evidence{
			Text: c.String("text"), DocumentType: c.String("document-type"), Section: c.String("section"), Position: c.String("position"),
			Near: c.StringSlice("near"), Domain: c.String("domain"),
			PrimaryDocumentID: c.Bool("primary-document-id"), PageBoundary: c.Bool("page-boundary"),
		}, Labels: c.StringSlice("labels")})
	}
	if err := operands(c, "FILE"); err != nil {
		return err
	}
	for _, name := range []string{"text", "document-type", "section", "position", "near", "domain", "primary-document-id", "page-boundary", "labels"} {
		if c.IsSet(name) {
			return usagef("corpus resolve: --%s and a FILE of JSON lines; expected one of them", name)
		}
	}
	name, in := c.Args().First(), io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	} else {
		name = "standard input"
	}
	return resolveLines(c, set, lines.New(in, name))
}

// resolveOne answers the question of the flags.
func resolveOne(c *cli.Context, set *rules.Set, q question) error {
	d, err := set.Resolve(q.Evidence, q.Labels...)
	if err != nil {
		return fmt.Errorf("corpus resolve: %w", err)
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, d)
	}
	out := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "label\t%s\nrule\t%s\ncondition\t%s\nreason\t%s\n", d.Label, d.Rule, d.Condition, d.Reason)
	for _, f := range d.Overruled {
		fmt.Fprintf(out, "overruled\t%s, for %s\n", f.Label, f.Reason)
	}
	return out.Flush()
}

// resolveLines answers every line.
func resolveLines(c *cli.Context, set *rules.Set, in *lines.Reader) error {
	asked, undecided, wrong := 0, 0, 0
	for in.Next() {
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		var q question
		dec := json.NewDecoder(bytes.NewReader(in.Bytes()))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&q); err != nil {
			return in.Errorf("expected an object of evidence: %w", err)
		}
		asked++
		d, err := set.Resolve(q.Evidence, q.Labels...)
		a := answer{question: q, Decision: &d}
		switch {
		case errors.Is(err, rules.ErrUndecided):
			undecided++
			a.Decision, a.Error = nil, err.Error()
		case err != nil:
			return in.Errorf("%w", err)
		case q.Is != "" && q.Is != d.Label:
			wrong++
			a.Error = fmt.Sprintf("expected %s", q.Is)
		}
		if err := a.print(c); err != nil {
			return err
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	if undecided+wrong > 0 {
		return fmt.Errorf("corpus resolve: of %d values %d undecided, %d not as expected", asked, undecided, wrong)
	}
	return nil
}

// print writes one answer as one line.
func (a *answer) print(c *cli.Context) error {
	if c.Bool("json") {
		enc := json.NewEncoder(c.App.Writer)
		enc.SetEscapeHTML(false)
		return enc.Encode(a)
	}
	label, why := "undecided", a.Error
	if a.Decision != nil {
		label, why = a.Label, fmt.Sprintf("%s: %s: %s", a.Rule, a.Condition, a.Reason)
		if a.Error != "" {
			why += " (" + a.Error + ")"
		}
	}
	_, err := fmt.Fprintf(c.App.Writer, "%-18s %s: %s\n", label, strings.Join(strings.Fields(a.Text), " "), why)
	return err
}
