package formats

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/lines"
)

// ReadLabels reads the names of labels in the order of their numbers: a JSON
// list of names, the features of a data set as Hugging Face stores them
// (alone or under "features", with ner_tags a list of ClassLabel), or text
// with a name in each line.
func ReadLabels(fsys fs.FS, name string) ([]string, error) {
	var labels []string
	var err error
	if strings.EqualFold(path.Ext(name), ".json") {
		labels, err = jsonLabels(fsys, name)
	} else {
		labels, err = textLabels(fsys, name)
	}
	if err != nil {
		return nil, err
	}
	if len(labels) == 0 || len(labels) > 4*corpus.MaxEntities+1 { // BIOES has most
		return nil, fmt.Errorf("%s: %d names of labels", name, len(labels))
	}
	for i, label := range labels {
		if strings.ContainsAny(label, " \t\r\n") {
			return nil, fmt.Errorf("%s: name %d, %.40q, has a space", name, i, label)
		}
		if _, _, ok := parseTag(label); !ok {
			return nil, fmt.Errorf("%s: name %d, %.40q, is no tag: expected O, B-NAME or I-NAME, or E-NAME and S-NAME of BIOES", name, i, label)
		}
	}
	return labels, nil
}

// textLabels reads a name in each line.
func textLabels(fsys fs.FS, name string) ([]string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var labels []string
	in := lines.New(f, name)
	for in.Next() {
		if label := strings.TrimSpace(string(in.Bytes())); label != "" {
			labels = append(labels, label)
		}
	}
	return labels, in.Err()
}

// jsonLabels reads a list, or the features of a data set.
func jsonLabels(fsys fs.FS, name string) ([]string, error) {
	var whole json.RawMessage
	if err := readJSON(fsys, name, &whole); err != nil {
		return nil, err
	}
	var list []string
	if json.Unmarshal(whole, &list) == nil {
		return list, nil
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(whole, &top); err != nil {
		return nil, fmt.Errorf("%s: expected a list of names or an object with features", name)
	}
	if inner, ok := top["features"]; ok {
		top = nil
		if err := json.Unmarshal(inner, &top); err != nil {
			return nil, fmt.Errorf("%s: features: expected an object", name)
		}
	}
	tags, ok := top["ner_tags"]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, lacks(top, "ner_tags"))
	}
	// Sequence(ClassLabel) has been stored in several ways.
	var feature struct {
		Names   classNames `json:"names"`
		Feature struct {
			Names classNames `json:"names"`
			Class struct {
				Names classNames `json:"names"`
			} `json:"class_label"`
		} `json:"feature"`
		Sequence struct {
			Class struct {
				Names classNames `json:"names"`
			} `json:"class_label"`
		} `json:"sequence"`
	}
	if err := json.Unmarshal(tags, &feature); err != nil {
		return nil, fmt.Errorf("%s: ner_tags: %w", name, plainly(err))
	}
	for _, names := range []classNames{feature.Names, feature.Feature.Names, feature.Feature.Class.Names, feature.Sequence.Class.Names} {
		if names != nil {
			return names, nil
		}
	}
	return nil, fmt.Errorf("%s: ner_tags names no labels: expected a list of ClassLabel", name)
}

// classNames are the names of a ClassLabel: a list, or an object by number.
type classNames []string

// UnmarshalJSON reads either.
func (c *classNames) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*[]string)(c)) == nil {
		return nil
	}
	var numbered map[string]string
	if err := json.Unmarshal(data, &numbered); err != nil {
		return fmt.Errorf("names: expected a list")
	}
	*c = make([]string, len(numbered))
	for i := range *c {
		name, ok := numbered[strconv.Itoa(i)]
		if !ok {
			return fmt.Errorf("names: no number %d of %d", i, len(numbered))
		}
		(*c)[i] = name
	}
	return nil
}
