package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/invoicelab/invoicelab/corpus"
)

// Canonical is the form of e that identifies it: YAML with every key present,
// in fixed order, numbers in their shortest form, so that equal settings give
// equal bytes. Only a setting tagged later is left out where it has its default,
// which is how the program worked before there was the setting: runs of then keep
// their keys. Some things of the data are left to the digests that stand
// beside it in a trial's key: corpus.path and corpus.preset are left out, and so is
// model.encoder.features, in whose place stands the digest of the file. And
// of a schema file's path only the name stays, so that users with other
// folders get the same keys, and a preset has those of the folder that it was
// written to. It decodes to e again but for these.
func (e Experiment) Canonical() string {
	if isPath(e.Corpus.Schema) {
		name := path.Base(strings.ReplaceAll(e.Corpus.Schema, `\`, "/"))
		e.Corpus.Schema = strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".yml")
	}
	return e.render(func(s setting) bool {
		return !slices.Contains([]string{"corpus.path", "corpus.preset", "model.encoder.features"}, s.key) && !(s.later && s.isDefault(&e))
	})
}

// YAML writes e in full, paths included: a file that LoadExperiment reads as e.
func (e Experiment) YAML() string { return e.render(func(setting) bool { return true }) }

func (e Experiment) render(keep func(setting) bool) string {
	var b strings.Builder
	var open []string // the mappings that the last line stands in
	last := ""
	for _, s := range settings() {
		if !keep(s) {
			continue
		}
		key, text := s.key, ""
		if v := s.field(&e, false); v.IsValid() {
			text = valueText(v)
		} else { // corpus.generate is absent: said once, in place of its keys
			key, text = "corpus.generate", "null"
		}
		if key == last {
			continue
		}
		last = key
		names := strings.Split(key, ".")
		groups := names[:len(names)-1]
		for i, g := range groups {
			if i >= len(open) || open[i] != g {
				fmt.Fprintf(&b, "%s%s:\n", strings.Repeat("  ", i), g)
				open = groups[:i+1]
			}
		}
		open = groups
		fmt.Fprintf(&b, "%s%s: %s\n", strings.Repeat("  ", len(groups)), names[len(names)-1], text)
	}
	return b.String()
}

// valueText is the canonical YAML of a setting's value.
func valueText(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	case reflect.Float64:
		return number(v.Float())
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = valueText(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return stringText(v.String())
}

// isDefault says whether the setting has its default in e; an absent one has not.
func (s setting) isDefault(e *Experiment) bool {
	v := s.field(e, false)
	return v.IsValid() && valueText(v) == valueText(s.initial())
}

// bareWord is text that YAML may hold without quotes.
var bareWord = regexp.MustCompile(`^[\pL_][\pL\pN_./+-]*$`)

// stringText is the canonical YAML of a text: bare where that reads back as
// the same text, otherwise in double quotes.
func stringText(s string) string {
	if bareWord.MatchString(s) {
		var n yaml.Node
		if yaml.Unmarshal([]byte(s), &n) == nil && len(n.Content) == 1 && n.Content[0].Tag == "!!str" {
			return s
		}
	}
	return strconv.Quote(s)
}

// SchemaHash is the sha256, in hex, over the entities of a schema in order,
// each with name, group and head. The schema's name does not enter.
func SchemaHash(s *corpus.Schema) string {
	h := sha256.New()
	for _, e := range s.Entities {
		fmt.Fprintf(h, "%q %q %q\n", e.Name, e.Group, e.Head)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// YAML writes s in full: a file that LoadSweep reads as s, but for its lines.
func (s Sweep) YAML() string {
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\nabout: %s\nprimary: %s\nseeds: %s\nbase:\n", stringText(s.Name), stringText(s.About), s.Primary, valueText(reflect.ValueOf(s.Seeds)))
	for line := range strings.Lines(s.Base.YAML()) {
		b.WriteString("  " + line)
	}
	if len(s.Axes) > 0 {
		b.WriteString("axes:\n")
	}
	for _, a := range s.Axes {
		fmt.Fprintf(&b, "  - name: %s\n    levels:\n", stringText(a.Name))
		for _, l := range a.Levels {
			var sets []string
			for _, set := range l.Set {
				sets = append(sets, set.Key+": "+set.Text)
			}
			fmt.Fprintf(&b, "      %s: {%s}\n", strconv.Quote(l.Name), strings.Join(sets, ", "))
		}
	}
	if s.Chosen != nil {
		b.WriteString("combinations:\n")
	}
	for _, levels := range s.Chosen {
		var parts []string
		for i, l := range levels {
			parts = append(parts, stringText(s.Axes[i].Name)+": "+strconv.Quote(s.Axes[i].Levels[l].Name))
		}
		fmt.Fprintf(&b, "  - {%s}\n", strings.Join(parts, ", "))
	}
	if h := s.Halving; h != nil {
		fmt.Fprintf(&b, "halving: {first: %d, factor: %d, metric: %s}\n", h.First, h.Factor, h.Metric)
	}
	return b.String()
}

// Value gives the canonical YAML of the setting with a dotted key. It panics
// when there is no such setting; a setting inside an absent corpus.generate is
// "null".
func (e Experiment) Value(key string) string {
	s, what := newTable().lookup(key)
	if what != "" {
		panic("config: Value: " + key + ": " + what)
	}
	if v := s.field(&e, false); v.IsValid() {
		return valueText(v)
	}
	return "null"
}
