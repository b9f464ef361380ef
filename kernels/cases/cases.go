// Package cases answers recorded questions to the kernels: small CRF, loss and
// prototype problems in JSON, whose answers are known from elsewhere. The same
// operations run as in training, on any backend.
//
// A question is an object; "inf" and "-inf" stand for infinities in questions
// and answers. Arrays are written by their shape, B documents, T_b tokens of
// document b, C labels, N tokens, D dimensions, K prototypes, G groups.
//
//	op "crf"        lengths [B], tags [B][T_b] (-100 is unknown), emissions [B][T_b][C],
//	                transitions [C][C] from row to column, start [C], end [C]
//	    answer      log_z, gold_score, nll [B], viterbi [B] of {path, score}, marginals
//	                [B][T_b][C], grad {emissions, transitions, start, end} of the summed nll
//	op "loss"       logits [N][C], labels [N], counts [C], beta, gamma, alpha (null, [C] or
//	                "ens": the class-balanced weights), w_cb, w_focal; ignore_index (-100)
//	    answer      weights [C], ce_mean, cb, focal, combined = w_cb cb + w_focal focal,
//	                grad of each of the four [N][C]
//	op "prototype"  x [N][D], prototypes [K][D], temperature (divides the cosine), eps (the
//	                least norm), grad_out [N][K]; with a gate group_logits [N][G], group_of [K]
//	    answer      logits [N][K] = cosine/temperature + log_softmax(group_logits)[group_of],
//	                vjp {loss = sum of logits grad_out, grad_x, grad_prototypes, grad_group_logits}
//
// Keys that are none of these are notes, unless they look like a misspelt one.
package cases

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/nearest"
)

// Case is one question.
type Case interface {
	// Run asks be. It fails where an answer is no number.
	Run(be kernels.Backend) (Answer, error)
}

// Answer is a CRFAnswer, LossAnswer or PrototypeAnswer: what encoding/json
// writes of it is the answer's object.
type Answer interface {
	parts(visit func(key string, x ...Number))
}

// Number is a float64 that JSON writes as "inf" or "-inf" where it is infinite.
type Number float64

// MarshalJSON refuses NaN.
func (n Number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	switch {
	case math.IsNaN(v):
		return nil, errors.New("cases: an answer is NaN")
	case math.IsInf(v, 1):
		return []byte(`"inf"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-inf"`), nil
	}
	return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
}

// kind is one op: the keys it knows and what decodes it.
type kind struct {
	op     string
	keys   []string
	decode func(*object) (Case, error)
}

var kinds = []kind{
	{"crf", []string{"lengths", "tags", "emissions", "transitions", "start", "end"}, decodeCRF},
	{"loss", []string{"logits", "labels", "counts", "beta", "gamma", "alpha", "w_cb", "w_focal", "ignore_index"}, decodeLoss},
	{"prototype", []string{"x", "prototypes", "temperature", "eps", "grad_out", "group_logits", "group_of"}, decodePrototype},
}

// Decode reads one question, or an array of them, and says which it was. An
// error names the case, counted from 0, and the key.
func Decode(data []byte) (list []Case, array bool, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	var whole json.RawMessage
	if err := d.Decode(&whole); err != nil {
		if err == io.EOF {
			return nil, false, errors.New("no JSON in it")
		}
		return nil, false, fmt.Errorf("not JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, false, errors.New("more text follows the JSON value; several cases make an array")
	}
	raw := []json.RawMessage{whole}
	if array = whole[0] == '['; array {
		if err := json.Unmarshal(whole, &raw); err != nil {
			return nil, false, fmt.Errorf("not JSON: %w", err)
		}
	}
	for i, r := range raw {
		c, err := decode(r)
		if err != nil {
			return nil, array, fmt.Errorf("case %d: %w", i, err)
		}
		list = append(list, c)
	}
	return list, array, nil
}

func decode(raw json.RawMessage) (Case, error) {
	if raw[0] != '{' {
		return nil, fmt.Errorf("%s, expected an object", briefly(raw))
	}
	o := &object{}
	if err := json.Unmarshal(raw, &o.raw); err != nil {
		return nil, err
	}
	if _, ok := o.raw["op"]; !ok {
		if _, ok := o.raw["input"]; ok {
			return nil, errors.New(`op: missing; the object has the key "input", whose value is the case`)
		}
		return nil, errors.New("op: missing")
	}
	var op string
	if err := json.Unmarshal(o.raw["op"], &op); err != nil {
		return nil, fmt.Errorf("op: %s, expected a text", briefly(o.raw["op"]))
	}
	var ops []string
	for _, k := range kinds {
		if k.op == op {
			if err := o.misspelt(k.keys); err != nil {
				return nil, err
			}
			return k.decode(o)
		}
		ops = append(ops, k.op)
	}
	hint := ""
	if near, ok := nearest.Name(op, ops); ok {
		hint = fmt.Sprintf(" (did you mean %s?)", near)
	}
	return nil, fmt.Errorf("op: %q is unknown%s: expected %s", op, hint, strings.Join(ops, ", "))
}

// Run asks be each question in turn. An error names the case, counted from 0.
func Run(be kernels.Backend, list []Case) ([]Answer, error) {
	answers := make([]Answer, len(list))
	for i, c := range list {
		var err error
		if answers[i], err = c.Run(be); err != nil {
			return nil, fmt.Errorf("case %d: %w", i, err)
		}
	}
	return answers, nil
}

// numbers fails on the first part of a that is NaN.
func numbers(a Answer) (Answer, error) {
	var err error
	a.parts(func(key string, x ...Number) {
		for i, v := range x {
			if math.IsNaN(float64(v)) && err == nil {
				err = fmt.Errorf("%s of the answer: number %d of %d is NaN", key, i, len(x))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}
