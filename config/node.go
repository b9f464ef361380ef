package config

import (
	"bytes"
	"errors"
	"fmt"
	"github.com/invoicelab/invoicelab/nearest"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// decoder reads one file. It goes on after a problem, so that all problems of
// a file are told at once.
type decoder struct {
	file     string
	problems Problems
}

func (d *decoder) add(n *yaml.Node, key, format string, args ...any) {
	line := 0
	if n != nil {
		line = n.Line
	}
	d.problems = append(d.problems, Problem{File: d.file, Line: line, Key: key, What: fmt.Sprintf(format, args...)})
}

// yamlError takes the line out of the messages of package yaml.
var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

// document parses text, which must hold exactly one YAML document, a mapping.
// It gives nil after adding a problem when it does not.
func (d *decoder) document(text []byte) *yaml.Node {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		d.add(nil, "", "the file is empty")
		return nil
	case err != nil:
		d.syntax(err)
		return nil
	}
	var next yaml.Node
	switch err := dec.Decode(&next); {
	case err == nil:
		d.add(&next, "", "a second YAML document; expected one")
		return nil
	case !errors.Is(err, io.EOF):
		d.syntax(err)
		return nil
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		d.add(nil, "", "the file is empty")
		return nil
	}
	d.plain(root)
	if len(d.problems) > 0 || !d.isMapping(root, "") {
		return nil
	}
	return root
}

// syntax adds an error of package yaml.
func (d *decoder) syntax(err error) {
	p := Problem{File: d.file, What: "not YAML: " + err.Error()}
	if m := yamlError.FindStringSubmatch(err.Error()); m != nil {
		p.What = "not YAML: " + strings.ReplaceAll(m[2], "\n", " ")
		p.Line, _ = strconv.Atoi(m[1])
	}
	d.problems = append(d.problems, p)
}

// plain refuses what makes a value differ from how it reads: anchors, aliases,
// merge keys and explicit tags.
func (d *decoder) plain(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode:
		d.add(n, "", "*%s: aliases are not read; write the value out", n.Value)
	case n.Anchor != "":
		d.add(n, "", "&%s: anchors are not read; write the value out", n.Anchor)
	case n.Kind == yaml.ScalarNode && n.Tag == "!!merge":
		d.add(n, "", "<<: merge keys are not read; write the values out")
	case n.Style&yaml.TaggedStyle != 0:
		d.add(n, "", "%s: tags are not read; write the value alone", n.Tag)
	}
	for _, c := range n.Content {
		d.plain(c)
	}
}

// describe names what a node is, for messages.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		if n.Value == "" {
			return "nothing"
		}
		return n.Value
	case "!!str":
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			return "the text " + quoted(n.Value)
		}
	}
	return quoted(n.Value)
}

func (d *decoder) isMapping(n *yaml.Node, key string) bool {
	if n.Kind != yaml.MappingNode {
		d.add(n, key, "%s; expected a mapping of keys to values", describe(n))
		return false
	}
	return true
}

func (d *decoder) isList(n *yaml.Node, key string) bool {
	if n.Kind != yaml.SequenceNode {
		d.add(n, key, "%s; expected a list", describe(n))
		return false
	}
	return true
}

// fields gives the values of a mapping by key. A key that is not allowed, one
// given twice, and a required one that is absent are problems.
func (d *decoder) fields(n *yaml.Node, key string, allowed, required []string) map[string]*yaml.Node {
	values := map[string]*yaml.Node{}
	if !d.isMapping(n, key) {
		return values
	}
	lines := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		full := join(key, k.Value)
		if first, twice := lines[k.Value]; twice {
			d.add(k, full, "given twice, first on line %d", first)
			continue
		}
		lines[k.Value] = k.Line
		if k.Kind != yaml.ScalarNode || !slices.Contains(allowed, k.Value) {
			d.add(k, full, "unknown key; expected one of %s%s", strings.Join(allowed, ", "), didYouMean(k.Value, allowed))
			continue
		}
		values[k.Value] = v
	}
	for _, r := range required {
		if lines[r] == 0 {
			d.add(n, join(key, r), "missing")
		}
	}
	return values
}

// text gives a text value. Numbers, truth values and dates want quotes.
func (d *decoder) text(n *yaml.Node, key string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		d.add(n, key, "%s; expected text", describe(n))
		return "", false
	}
	if n.Tag != "!!str" {
		d.add(n, key, "%s; expected text (put quotes around it)", n.Value)
		return "", false
	}
	return n.Value, true
}

// identifier is what names of sweeps, axes, schemas, entities and groups look
// like: they stand in file names, tables and on command lines.
var identifier = regexp.MustCompile(`^[\pL\pN_][\pL\pN_.:+/-]{0,63}$`)

// name gives a text value that can serve as a name.
func (d *decoder) name(n *yaml.Node, key string) string {
	s, ok := d.text(n, key)
	if ok && !identifier.MatchString(s) {
		d.add(n, key, "%s; expected a name of 1 to 64 letters, digits, and _ . : + / - inside", quoted(s))
	}
	return s
}

func join(key, sub string) string {
	if key == "" {
		return sub
	}
	return key + "." + sub
}

// didYouMean gives "; did you mean x?" or nothing.
func didYouMean(given string, names []string) string {
	if near, ok := nearest.Name(given, names); ok && near != given {
		return fmt.Sprintf("; did you mean %s?", near)
	}
	return ""
}
