package config

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// LoadGroups reads a file that gives each label a group: YAML, as
//
//	TOTAL: amounts
//	VENDOR: parties
//
// or, when its name ends in .csv, rows of label and group; a first row
// "label,group" is a header.
func LoadGroups(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("groups %s: %w", path, cause(err))
	}
	if !utf8.Valid(text) {
		return nil, Problem{File: path, What: "not UTF-8"}
	}
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		return csvGroups(path, text)
	}
	d := &decoder{file: path}
	root := d.document(text)
	if root == nil {
		return nil, d.problems.err()
	}
	groups := map[string]string{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		label, group := root.Content[i], root.Content[i+1]
		if _, twice := groups[label.Value]; twice {
			d.add(label, label.Value, "given twice")
		}
		groups[label.Value] = d.name(group, label.Value)
	}
	return groups, d.problems.err()
}

// csvGroups reads rows of label and group.
func csvGroups(path string, text []byte) (map[string]string, error) {
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	groups := map[string]string{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, Problem{File: path, Line: bad.Line, What: bad.Err.Error()}
		}
		if err != nil {
			return nil, fmt.Errorf("groups %s: %w", path, err)
		}
		line, _ := in.FieldPos(0)
		if len(row) != 2 || row[0] == "" || row[1] == "" {
			return nil, Problem{File: path, Line: line, What: fmt.Sprintf("%q; expected a label and its group", strings.Join(row, ","))}
		}
		if len(groups) == 0 && row[0] == "label" && row[1] == "group" {
			continue
		}
		if _, twice := groups[row[0]]; twice {
			return nil, Problem{File: path, Line: line, Key: row[0], What: "given twice"}
		}
		groups[row[0]] = row[1]
	}
	if len(groups) == 0 {
		return nil, Problem{File: path, What: "the file is empty"}
	}
	return groups, nil
}
