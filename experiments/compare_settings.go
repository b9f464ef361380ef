package experiments

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// changedSettings lists the settings in which the sides of the pairs differ,
// by dotted key, sorted.
func changedSettings(pairs []pair) ([]SettingChange, error) {
	type change struct {
		a, b  []string // values of all pairs that differ
		pairs int
	}
	changes := map[string]*change{}
	for _, p := range pairs {
		fa, err := flatten(p.a)
		if err != nil {
			return nil, err
		}
		fb, err := flatten(p.b)
		if err != nil {
			return nil, err
		}
		keys := maps.Clone(fa)
		maps.Copy(keys, fb)
		for key := range keys {
			va, vb := fa[key], fb[key]
			if va == vb {
				continue
			}
			c := changes[key]
			if c == nil {
				c = &change{}
				changes[key] = c
			}
			c.pairs++
			if !slices.Contains(c.a, va) {
				c.a = append(c.a, va)
			}
			if !slices.Contains(c.b, vb) {
				c.b = append(c.b, vb)
			}
		}
	}
	settings := []SettingChange{}
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		c := changes[key]
		settings = append(settings, SettingChange{Key: key, A: strings.Join(c.a, " | "), B: strings.Join(c.b, " | "), Some: c.pairs < len(pairs)})
	}
	return settings, nil
}

// flatten gives the settings of a run by dotted key. A key that is not there
// reads as "", an empty value as it is written in YAML.
func flatten(o Outcome) (map[string]string, error) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(o.Canonical), &root); err != nil {
		return nil, fmt.Errorf("run %s: canonical settings: %w", o.Run, err)
	}
	flat := map[string]string{}
	flattenNode(flat, "", &root)
	return flat, nil
}

func flattenNode(flat map[string]string, key string, n *yaml.Node) {
	under := func(name string) string {
		if key == "" {
			return name
		}
		return key + "." + name
	}
	switch {
	case n.Kind == yaml.DocumentNode:
		for _, c := range n.Content {
			flattenNode(flat, key, c)
		}
	case n.Kind == yaml.MappingNode && len(n.Content) > 0:
		for i := 0; i+1 < len(n.Content); i += 2 {
			flattenNode(flat, under(n.Content[i].Value), n.Content[i+1])
		}
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0:
		for i, c := range n.Content {
			flattenNode(flat, under(strconv.Itoa(i)), c)
		}
	case n.Kind == yaml.MappingNode:
		flat[key] = "{}"
	case n.Kind == yaml.SequenceNode:
		flat[key] = "[]"
	case n.Kind == yaml.ScalarNode && n.Value == "":
		flat[key] = `""`
	case n.Kind == yaml.ScalarNode:
		flat[key] = n.Value
	}
}
