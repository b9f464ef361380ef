package config

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// setting is one leaf of an Experiment: a dotted key and what its struct tags
// declare. Its value is an int, uint64, float64, string or a list of
// int, float64 or string.
type setting struct {
	key      string
	path     []int // index of the field at each depth
	typ      reflect.Type
	fallback string   // tag default, as YAML; empty when it has none
	min, max *float64 // inclusive; of each element for lists
	oneOf    []string
	help     string
	later    bool // tag later: left out of the canonical form where it has its default
}

// settings lists the leaves of Experiment in the order of its fields. It
// panics on a tag that does not fit its field: a mistake in the program.
func settings() []setting {
	return walk(reflect.TypeFor[Experiment](), "", nil)
}

func walk(t reflect.Type, prefix string, path []int) []setting {
	var all []setting
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("yaml")
		if name == "" {
			panic("config: settings: field " + f.Name + " has no yaml tag")
		}
		key, at := join(prefix, name), append(slices.Clone(path), i)
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			all = append(all, walk(inner, key, at)...)
			continue
		}
		s := setting{key: key, path: at, typ: f.Type, fallback: f.Tag.Get("default"), oneOf: strings.Fields(f.Tag.Get("oneof")), help: f.Tag.Get("help")}
		s.min, s.max = bound(f, "min"), bound(f, "max")
		_, s.later = f.Tag.Lookup("later")
		if s.fallback != "" {
			n := yaml.Node{Kind: yaml.ScalarNode, Value: s.fallback, Tag: scalarTag(f.Type)}
			if _, what := s.parse(&n); what != "" {
				panic("config: settings: default of " + key + ": " + what)
			}
		}
		all = append(all, s)
	}
	return all
}

func bound(f reflect.StructField, tag string) *float64 {
	text, ok := f.Tag.Lookup(tag)
	if !ok {
		return nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic("config: settings: " + tag + " of field " + f.Name + ": " + text)
	}
	return &v
}

func scalarTag(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "!!str"
	case reflect.Float64:
		return "!!float"
	}
	return "!!int"
}

// parse reads a node as the setting's value. When it cannot, what says what
// was given and what was expected.
func (s setting) parse(n *yaml.Node) (v reflect.Value, what string) {
	if s.typ.Kind() != reflect.Slice {
		return s.scalar(s.typ, n)
	}
	if n.Kind != yaml.SequenceNode {
		return v, fmt.Sprintf("%s; expected a list of %s", describe(n), plural(s.typ.Elem()))
	}
	v = reflect.MakeSlice(s.typ, 0, len(n.Content))
	for i, c := range n.Content {
		e, what := s.scalar(s.typ.Elem(), c)
		if what != "" {
			return v, fmt.Sprintf("item %d: %s", i+1, what)
		}
		v = reflect.Append(v, e)
	}
	if len(n.Content) == 0 {
		v = reflect.Zero(s.typ) // an empty list and an absent one are the same setting
	}
	return v, ""
}

func plural(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Float64:
		return "numbers"
	case reflect.String:
		return "texts"
	}
	return "whole numbers"
}

func (s setting) scalar(t reflect.Type, n *yaml.Node) (v reflect.Value, what string) {
	v = reflect.New(t).Elem()
	if n.Kind != yaml.ScalarNode {
		return v, describe(n) + "; expected " + s.expected(t)
	}
	switch t.Kind() {
	case reflect.String:
		if n.Tag != "!!str" {
			if n.Tag == "!!null" {
				return v, describe(n) + "; expected " + s.expected(t)
			}
			return v, n.Value + "; expected text (put quotes around it)"
		}
		if len(s.oneOf) > 0 && !slices.Contains(s.oneOf, n.Value) {
			return v, fmt.Sprintf("%s is not one of %s%s", quoted(n.Value), strings.Join(s.oneOf, ", "), didYouMean(n.Value, s.oneOf))
		}
		v.SetString(n.Value)
	case reflect.Int:
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if err != nil || n.Tag == "!!str" {
			return v, s.misread(t, n)
		}
		if what := s.outside(n.Value, float64(i)); what != "" {
			return v, what
		}
		v.SetInt(i)
	case reflect.Uint64:
		u, err := strconv.ParseUint(n.Value, 10, 64)
		if err != nil || n.Tag == "!!str" {
			return v, s.misread(t, n)
		}
		if what := s.outside(n.Value, float64(u)); what != "" {
			return v, what
		}
		v.SetUint(u)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil || n.Tag == "!!str" || strings.ContainsAny(n.Value, "xX_pP") {
			return v, s.misread(t, n)
		}
		if what := s.outside(n.Value, f); what != "" {
			return v, what
		}
		v.SetFloat(f)
	default:
		panic("config: settings: " + s.key + " is of type " + t.String())
	}
	return v, ""
}

func (s setting) misread(t reflect.Type, n *yaml.Node) string {
	if n.Tag == "!!str" && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		return describe(n) + "; expected " + s.expected(t) + " without quotes"
	}
	return describe(n) + "; expected " + s.expected(t)
}

// outside says that a number is out of range, or nothing.
func (s setting) outside(given string, v float64) string {
	if (s.min == nil || v >= *s.min) && (s.max == nil || v <= *s.max) {
		return ""
	}
	return fmt.Sprintf("%s is out of range; expected %s", given, s.between())
}

// between names the range: "8 to 1024".
func (s setting) between() string {
	switch {
	case s.min != nil && s.max != nil:
		return number(*s.min) + " to " + number(*s.max)
	case s.min != nil:
		return "at least " + number(*s.min)
	case s.max != nil:
		return "at most " + number(*s.max)
	}
	return ""
}

// expected names what a value of the setting looks like.
func (s setting) expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		if len(s.oneOf) > 0 {
			return "one of " + strings.Join(s.oneOf, ", ")
		}
		return "text"
	case reflect.Float64:
		return strings.TrimSpace("a number " + s.between())
	case reflect.Uint64:
		if s.min == nil && s.max == nil {
			return "a whole number of 0 or more"
		}
	}
	return strings.TrimSpace("a whole number " + s.between())
}

// number is the canonical form of a number: whole ones up to 1e9 in
// full, others in the fewest digits that read back as the same float64.
func number(v float64) string {
	if v == 0 {
		return "0" // and not "-0"
	}
	if v == math.Trunc(v) && math.Abs(v) <= 1e9 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// field finds the setting's field in e. When make is true it makes a nil
// Generate, which is the recipe of the preset where there is one; when make is
// false it gives an invalid Value instead.
func (s setting) field(e *Experiment, make bool) reflect.Value {
	v := reflect.ValueOf(e).Elem()
	for _, i := range s.path {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !make {
					return reflect.Value{}
				}
				v.Set(reflect.New(v.Type().Elem()))
				if p, err := LoadPreset(e.Corpus.Preset); e.Corpus.Preset != "" && err == nil {
					*e.Corpus.Generate, e.Corpus.Preset = p.Recipe, ""
					e.Corpus.Schema = cmp.Or(e.Corpus.Schema, p.Schema)
				} else { // an unknown preset stays, for faults to name it
					s.fill(e)
				}
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

// fill gives the siblings of s their defaults.
func (s setting) fill(e *Experiment) {
	prefix := s.key[:strings.LastIndexByte(s.key, '.')+1]
	for _, o := range settings() {
		if strings.HasPrefix(o.key, prefix) {
			o.reset(e)
		}
	}
}

// reset sets the default, or the zero value for a setting without one.
func (s setting) reset(e *Experiment) {
	s.field(e, true).Set(s.initial())
}

// initial is the default, or the zero value of a setting without one.
func (s setting) initial() reflect.Value {
	if s.fallback == "" {
		return reflect.Zero(s.typ)
	}
	v, _ := s.parse(&yaml.Node{Kind: yaml.ScalarNode, Value: s.fallback, Tag: scalarTag(s.typ)})
	return v
}
