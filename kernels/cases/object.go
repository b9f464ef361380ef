package cases

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/invoicelab/invoicelab/nearest"
)

// object is the keys of a case. Its methods read a value of a known shape and
// say by path what does not fit.
type object struct {
	raw map[string]json.RawMessage
}

// misspelt fails on a key that is none of known but resembles one that is not there.
func (o *object) misspelt(known []string) error {
	var absent []string
	for _, k := range known {
		if _, ok := o.raw[k]; !ok {
			absent = append(absent, k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(o.raw)) {
		if k == "op" || slices.Contains(known, k) {
			continue
		}
		if near, ok := nearest.Name(k, absent); ok {
			return fmt.Errorf("%s: unknown key; did you mean %s?", k, near)
		}
	}
	return nil
}

// has says whether key has a value other than null.
func (o *object) has(key string) bool {
	raw, ok := o.raw[key]
	return ok && string(raw) != "null"
}

// value decodes a key that must be there, numbers as they are written.
func (o *object) value(key string) (any, error) {
	raw, ok := o.raw[key]
	if !ok {
		return nil, fmt.Errorf("%s: missing", key)
	}
	return parse(key, raw)
}

func parse(key string, raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return v, nil
}

// any is a length that is not known before: the first row decides.
const unknown = -1

// floats reads an array of the given shape, row-major. A length of unknown is
// replaced by the one found; it stays unknown where there is no row to tell.
func (o *object) floats(key string, infinite bool, shape ...int) ([]float64, error) {
	v, err := o.value(key)
	if err != nil {
		return nil, err
	}
	return flatten(nil, key, v, shape, number(infinite))
}

// ints is floats of whole numbers.
func (o *object) ints(key string, shape ...int) ([]int32, error) {
	v, err := o.value(key)
	if err != nil {
		return nil, err
	}
	return flatten(nil, key, v, shape, whole)
}

// rows reads the outer array of a ragged key.
func (o *object) rows(key string, length int) ([]any, error) {
	v, err := o.value(key)
	if err != nil {
		return nil, err
	}
	list, err := array(key, v)
	if err == nil && len(list) != length {
		err = fmt.Errorf("%s: %d elements, expected %d", key, len(list), length)
	}
	return list, err
}

// scalar reads one finite number between low and high.
func (o *object) scalar(key string, low, high float64) (float64, error) {
	v, err := o.value(key)
	if err != nil {
		return 0, err
	}
	x, err := number(false)(key, v)
	if err == nil && !(x >= low && x <= high) {
		expected := fmt.Sprintf("%g to %g", low, high)
		if math.IsInf(high, 1) {
			expected = fmt.Sprintf("at least %g", low)
		}
		err = fmt.Errorf("%s: %g, expected %s", key, x, expected)
	}
	return x, err
}

func array(key string, v any) ([]any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%s: %s, expected an array", key, show(v))
	}
	return list, nil
}

// flatten appends the leaves of v to out.
func flatten[T any](out []T, key string, v any, shape []int, leaf func(key string, v any) (T, error)) ([]T, error) {
	if len(shape) == 0 {
		x, err := leaf(key, v)
		return append(out, x), err
	}
	list, err := array(key, v)
	if err != nil {
		return nil, err
	}
	if shape[0] == unknown {
		shape[0] = len(list)
	}
	if len(list) != shape[0] {
		return nil, fmt.Errorf("%s: %d elements, expected %d", key, len(list), shape[0])
	}
	for i, e := range list {
		if out, err = flatten(out, fmt.Sprintf("%s[%d]", key, i), e, shape[1:], leaf); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// number reads what float32 can hold; infinite allows "-inf" as well.
func number(infinite bool) func(key string, v any) (float64, error) {
	return func(key string, v any) (float64, error) {
		switch v := v.(type) {
		case json.Number:
			x, err := strconv.ParseFloat(v.String(), 64)
			if err != nil || math.Abs(x) > math.MaxFloat32 {
				return 0, fmt.Errorf("%s: %s does not fit float32", key, v)
			}
			return x, nil
		case string:
			if v == "-inf" && infinite {
				return math.Inf(-1), nil
			}
		}
		expected := "a number"
		if infinite {
			expected += ` or "-inf"`
		}
		return 0, fmt.Errorf("%s: %s, expected %s", key, show(v), expected)
	}
}

func whole(key string, v any) (int32, error) {
	n, ok := v.(json.Number)
	x, err := strconv.ParseFloat(n.String(), 64)
	if !ok || err != nil || x != math.Trunc(x) || math.Abs(x) > math.MaxInt32 {
		return 0, fmt.Errorf("%s: %s, expected a whole number", key, show(v))
	}
	return int32(x), nil
}

// show is a value as an error line quotes it.
func show(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("a value of type %T", v)
	}
	return briefly(raw)
}

// briefly is the beginning of a JSON text.
func briefly(raw json.RawMessage) string {
	const most = 40
	if len(raw) > most {
		return string(raw[:most]) + "..."
	}
	return string(raw)
}

// reshape is flat as rows of cols; the rows share nothing with it.
func reshape(flat []Number, cols int) [][]Number {
	if cols == 0 {
		return [][]Number{}
	}
	rows := make([][]Number, len(flat)/cols)
	for i := range rows {
		rows[i] = flat[i*cols : (i+1)*cols]
	}
	return rows
}
