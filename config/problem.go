package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a spec.
type Problem struct {
	File string // as it was named; empty for settings from the command line
	Line int    // 1-based; 0 when it is about the whole file
	Key  string // dotted key; may be empty
	What string // what was given and what was expected
}

// Error gives "file:line: key: what" on one line.
func (p Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		b.WriteString(": ")
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.What)
	return b.String()
}

// maxProblems is how many problems of one file are told: beyond these they
// tend to follow from one another.
const maxProblems = 10

// Problems is everything wrong with one file, in order of lines. It is an
// error of one line for each problem.
type Problems []Problem

// Error gives one line for each problem, at most ten, and how many more.
func (ps Problems) Error() string {
	var lines []string
	for i, p := range ps {
		if i == maxProblems {
			lines = append(lines, fmt.Sprintf("%s: and %d more", p.File, len(ps)-i))
			break
		}
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// err sorts the problems by line and gives nil when there are none.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key)) })
	return ps
}

// quoted shows a value that was given, cut when it is long.
func quoted(s string) string {
	const most = 60 // characters: keeps a message on one line of a terminal
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return fmt.Sprintf("%q", s)
}
