package corpus

import (
	"strconv"
	"unicode/utf8"
)

// appendDocument appends the stored line of d, with its end, as encoding/json
// writes a documentLine without escaping HTML: several times faster, for this
// is most of the time that a large corpus takes to store. The strings of d
// must be UTF-8.
func appendDocument(b []byte, schema *Schema, d *Document, check documentHash) []byte {
	b = append(b, `{"id":`...)
	b = appendString(b, d.ID)
	for _, field := range [...]struct{ key, value string }{
		{`,"domain":`, d.Domain}, {`,"template":`, d.Template}, {`,"kind":`, d.Kind},
	} {
		if field.value != "" {
			b = append(b, field.key...)
			b = appendString(b, field.value)
		}
	}
	pages, lines, columns := false, false, false
	b = append(b, `,"tokens":[`...)
	for i := range d.Tokens {
		t := &d.Tokens[i]
		b = comma(b, i)
		b = appendString(b, t.Text)
		pages = pages || t.Page != 0
		lines = lines || t.Line != 0
		columns = columns || len(t.Columns) > 0
	}
	b = append(b, ']')
	if d.Boxed && len(d.Tokens) == 0 {
		b = append(b, `,"boxed":true`...)
	}
	if d.Boxed && len(d.Tokens) > 0 {
		b = append(b, `,"boxes":[`...)
		for i := range d.Tokens {
			box := d.Tokens[i].Box
			b = comma(b, i)
			b = append(b, '[')
			b = strconv.AppendInt(b, int64(box.X0), 10)
			b = append(b, ',')
			b = strconv.AppendInt(b, int64(box.Y0), 10)
			b = append(b, ',')
			b = strconv.AppendInt(b, int64(box.X1), 10)
			b = append(b, ',')
			b = strconv.AppendInt(b, int64(box.Y1), 10)
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	if pages {
		b = append(b, `,"pages":[`...)
		for i := range d.Tokens {
			b = strconv.AppendInt(comma(b, i), int64(d.Tokens[i].Page), 10)
		}
		b = append(b, ']')
	}
	if lines {
		b = append(b, `,"lines":[`...)
		for i := range d.Tokens {
			b = strconv.AppendInt(comma(b, i), int64(d.Tokens[i].Line), 10)
		}
		b = append(b, ']')
	}
	if columns {
		b = append(b, `,"columns":[`...)
		for i := range d.Tokens {
			b = appendColumns(comma(b, i), d.Tokens[i].Columns)
		}
		b = append(b, ']')
	}
	b = append(b, `,"spans":[`...)
	for i, s := range d.Spans {
		b = append(comma(b, i), '[')
		b = appendString(b, schema.Entities[s.Entity].Name)
		b = append(b, ',')
		b = strconv.AppendInt(b, int64(s.Start), 10)
		b = append(b, ',')
		b = strconv.AppendInt(b, int64(s.End), 10)
		b = append(b, ']')
	}
	b = append(b, ']')
	b = appendSets(b, `,"structure":[`, d.Structure)
	b = appendSets(b, `,"visual":[`, d.Visual)
	b = append(b, `,"check":"`...)
	b = append(b, check...)
	return append(b, "\"}\n"...)
}

// comma separates member i of a list from the one before it.
func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

func appendColumns(b []byte, columns []string) []byte {
	if columns == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, c := range columns {
		b = appendString(comma(b, i), c)
	}
	return append(b, ']')
}

func appendSets(b []byte, key string, sets []uint16) []byte {
	if len(sets) == 0 {
		return b
	}
	b = append(b, key...)
	for i, set := range sets {
		b = strconv.AppendUint(comma(b, i), uint64(set), 10)
	}
	return append(b, ']')
}

// appendString quotes a string as encoding/json does without escaping HTML.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			b = append(b, s[from:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\b':
				b = append(b, `\b`...)
			case '\f':
				b = append(b, `\f`...)
			case '\n':
				b = append(b, `\n`...)
			case '\r':
				b = append(b, `\r`...)
			case '\t':
				b = append(b, `\t`...)
			default:
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
			}
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '\u2028' || r == '\u2029' { // ends of lines to JavaScript
			b = append(b, s[from:i]...)
			b = append(b, `\u202`...)
			b = append(b, hex[r&0xf])
			from = i + size
		}
		i += size
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
