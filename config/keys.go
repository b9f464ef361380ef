package config

import (
	"github.com/invoicelab/invoicelab/nearest"
	"reflect"
	"strings"
)

// KeyDoc describes one setting for help texts.
type KeyDoc struct {
	Key     string   `json:"key"`               // dotted: "model.head.kind"
	Type    string   `json:"type"`              // "whole number", "number", "text", "list of numbers", ...
	Default string   `json:"default,omitempty"` // as YAML; empty for none
	Range   string   `json:"range,omitempty"`   // "8 to 1024"
	OneOf   []string `json:"one_of,omitempty"`
	Help    string   `json:"help"`
	Later   bool     `json:"later,omitempty"` // left out of the canonical form where it has its default
}

// Keys lists every setting of an Experiment in the order of the canonical
// form.
func Keys() []KeyDoc {
	var docs []KeyDoc
	for _, s := range settings() {
		docs = append(docs, KeyDoc{Key: s.key, Type: typeName(s.typ), Default: s.fallback, Range: s.between(), OneOf: s.oneOf, Help: s.help, Later: s.later})
	}
	return docs
}

func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		return "list of " + plural(t.Elem())
	}
	return "whole number"
}

// table gives settings by key.
type table struct {
	all   []setting
	byKey map[string]setting
	keys  []string
}

func newTable() table {
	t := table{all: settings(), byKey: map[string]setting{}}
	for _, s := range t.all {
		t.byKey[s.key] = s
		t.keys = append(t.keys, s.key)
	}
	return t
}

// lookup finds a setting by its dotted key, or says why there is none.
func (t table) lookup(key string) (setting, string) {
	if s, ok := t.byKey[key]; ok {
		return s, ""
	}
	var inside []string
	for _, k := range t.keys {
		if strings.HasPrefix(k, key+".") {
			inside = append(inside, k)
		}
	}
	if len(inside) > 0 {
		return setting{}, "a group of settings; expected one of " + strings.Join(inside, ", ")
	}
	what := "unknown setting"
	if near, ok := nearest.Name(key, t.keys); ok {
		return setting{}, what + "; did you mean " + near + "?"
	}
	// "loss.kind" and "kind" are near to no full key, but end one.
	for _, k := range t.keys {
		if strings.HasSuffix(k, "."+key) {
			return setting{}, what + "; did you mean " + k + "?"
		}
	}
	return setting{}, what + "; the settings begin with corpus, model, curriculum or train"
}
