package lines

import (
	"strings"
	"testing"
)

func TestReader(t *testing.T) {
	in := New(strings.NewReader("\ufeffone\r\ntwo\n\nlast"), "a.txt")
	var got []string
	for in.Next() {
		got = append(got, string(in.Bytes()))
	}
	if strings.Join(got, "|") != "one|two||last" || in.Number() != 4 || in.Err() != nil {
		t.Errorf("read %q, %d lines, error %v", got, in.Number(), in.Err())
	}
	if got := in.Errorf("bad %s", "tag").Error(); got != "a.txt:4: bad tag" {
		t.Errorf("an error reads %q", got)
	}
}

func TestReaderRefusesLongLines(t *testing.T) {
	in := New(strings.NewReader("short\n"+strings.Repeat("x", Max+1)+"\n"), "big.jsonl")
	n := 0
	for in.Next() {
		n++
	}
	if n != 1 {
		t.Errorf("%d lines read, expected 1", n)
	}
	if err := in.Err(); err == nil || err.Error() != "big.jsonl:2: line longer than 16 MiB" {
		t.Errorf("error %v", err)
	}
}
