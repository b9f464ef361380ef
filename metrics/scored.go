package metrics

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Scored is one document of a scored file: token, gold tag and predicted tag
// by row. Line is the line of its first row, from 1.
type Scored struct {
	Line                    int
	Tokens, Gold, Predicted []string
}

const (
	byteOrderMark = "\ufeff"
	docStart      = "-DOCSTART-" // first column of CoNLL's document separator
	blanks        = " \t\r\v\f"
)

// ReadScored reads rows of token, gold tag and predicted tag. A row with at
// least three tab-separated columns is taken at its tabs (a token may then
// hold spaces), any other at its runs of spaces and tabs. Of more than three
// columns the first is the token and the last two are the tags, as conlleval
// has them. A blank line or one that begins with -DOCSTART- ends a document;
// CR LF, a byte order mark, further blank lines, trailing blanks and a missing
// final newline are read. A row with a missing column, or with a tag that is
// no BIO tag, is an error that names file and line. A file without rows gives
// no documents.
func ReadScored(r io.Reader, file string) ([]Scored, error) {
	var docs []Scored
	var doc Scored
	end := func() {
		if len(doc.Tokens) > 0 {
			docs = append(docs, doc)
		}
		doc = Scored{}
	}
	in := bufio.NewReader(r)
	for line := 1; ; line++ {
		text, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s:%d: %w", file, line, err)
		}
		last := err != nil
		if line == 1 {
			text = strings.TrimPrefix(text, byteOrderMark)
			if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
				return nil, fmt.Errorf("%s:1: the file is UTF-16: expected UTF-8", file)
			}
		}
		text = strings.TrimRight(text, blanks+"\n")
		if first := columns(text); len(first) == 0 || first[0] == docStart {
			end()
		} else {
			token, gold, predicted, err := parseRow(text)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, line, err)
			}
			if len(doc.Tokens) == 0 {
				doc.Line = line
			}
			doc.Tokens = append(doc.Tokens, token)
			doc.Gold = append(doc.Gold, gold)
			doc.Predicted = append(doc.Predicted, predicted)
		}
		if last {
			end()
			return docs, nil
		}
	}
}

// parseRow takes token and tags from a line without trailing blanks.
func parseRow(text string) (token, gold, predicted string, err error) {
	row := strings.Split(text, "\t")
	for i, column := range row {
		if trimmed := strings.Trim(column, blanks); i > 0 || trimmed != "" { // a token may consist of spaces
			row[i] = trimmed
		}
	}
	if len(row) < 3 {
		row = columns(text)
	}
	n := len(row)
	if n < 3 {
		return "", "", "", fmt.Errorf("%d of 3 columns: expected token, gold tag and predicted tag", n)
	}
	token, gold, predicted = row[0], row[n-2], row[n-1]
	for _, column := range []struct{ name, text string }{{"token", token}, {"gold tag", gold}, {"predicted tag", predicted}} {
		if column.text == "" {
			return "", "", "", fmt.Errorf("the column of the %s is empty: expected token, gold tag and predicted tag", column.name)
		}
	}
	if _, _, err := ParseTag(gold); err != nil {
		return "", "", "", fmt.Errorf("gold tag: %w", err)
	}
	if _, _, err := ParseTag(predicted); err != nil {
		return "", "", "", fmt.Errorf("predicted tag: %w", err)
	}
	return token, gold, predicted, nil
}

// columns splits at runs of ASCII blanks; a no-break space is part of a token.
func columns(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(blanks, r) })
}
