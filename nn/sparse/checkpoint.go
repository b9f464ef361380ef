package sparse

import (
	"fmt"
	"io"
	"math"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/safetensors"
)

// Names of the tensors of a checkpoint.
const (
	nameHashes      = "sparse.attributes"         // I64 [A]: the hashes
	nameStarts      = "sparse.starts"             // I64 [A+1]: pairs of each attribute
	namePairs       = "sparse.labels"             // I64 [P]: label of each pair
	nameMoves       = "sparse.transitions"        // I64 [M]: from*C+to
	nameForbid      = "sparse.forbidden"          // I64: from*C+to, or -1-to for a start
	nameWeights     = "sparse.weights"            // F32 [P]
	nameMoveWeights = "sparse.transition_weights" // F32 [M]
	nameLabels      = "sparse.label_count"        // I64 [1]
)

// Save writes the model as safetensors with meta as __metadata__. Weights are
// rounded to float32, as prediction does.
func (m *Model) Save(w io.Writer, meta map[string]string) error {
	tensors := map[string]*tensor.Dense{
		nameHashes:      integers(m.hashes),
		nameStarts:      integers(m.starts),
		namePairs:       integers(m.pairs),
		nameMoves:       integers(m.moves),
		nameForbid:      integers(m.forbidden()),
		nameWeights:     singles(m.weights[:len(m.pairs)]),
		nameMoveWeights: singles(m.weights[len(m.pairs):]),
		nameLabels:      integers([]int64{int64(m.labels)}),
	}
	if err := safetensors.Write(w, tensors, meta); err != nil {
		return fmt.Errorf("sparse: checkpoint: %w", err)
	}
	return nil
}

// forbidden lists what never happens, in the form of nameForbid.
func (m *Model) forbidden() []int64 {
	var list []int64
	for to, s := range m.start {
		if s == forbidden {
			list = append(list, int64(-1-to))
		}
	}
	for at, never := range m.forbid {
		if never {
			list = append(list, int64(at))
		}
	}
	return list
}

// Load reads what Save wrote. What does not fit together is named.
func Load(r io.Reader) (*Model, error) {
	f, err := safetensors.Read(r)
	if err != nil {
		return nil, fmt.Errorf("sparse: checkpoint: %w", err)
	}
	m, err := load(f)
	if err != nil {
		return nil, fmt.Errorf("sparse: checkpoint: %w", err)
	}
	return m, nil
}

func load(f *safetensors.File) (*Model, error) {
	lists := map[string][]int64{}
	for _, name := range []string{nameLabels, nameHashes, nameStarts, namePairs, nameMoves, nameForbid} {
		list, err := f.Int64s(name)
		if err != nil {
			return nil, err
		}
		lists[name] = list
	}
	if n := lists[nameLabels]; len(n) != 1 || n[0] < 1 || n[0] > math.MaxInt16 {
		return nil, fmt.Errorf("%s: %v, want one number from 1 to %d", nameLabels, n, math.MaxInt16)
	}
	m := &Model{labels: int(lists[nameLabels][0]), ids: map[uint64]int32{}, starts: lists[nameStarts]}
	c := int64(m.labels)
	m.start = make([]float32, c)
	for _, check := range []struct {
		name  string
		limit int64
		into  *[]int32
	}{{namePairs, c, &m.pairs}, {nameMoves, c * c, &m.moves}} {
		for i, v := range lists[check.name] {
			if v < 0 || v >= check.limit {
				return nil, fmt.Errorf("%s: element %d is %d, want 0 to %d", check.name, i, v, check.limit-1)
			}
			*check.into = append(*check.into, int32(v))
		}
	}
	for i, v := range lists[nameHashes] {
		if _, twice := m.ids[uint64(v)]; twice {
			return nil, fmt.Errorf("%s: element %d stands twice", nameHashes, i)
		}
		m.ids[uint64(v)] = int32(i)
		m.hashes = append(m.hashes, uint64(v))
	}
	if len(m.starts) != len(m.hashes)+1 || m.starts[0] != 0 || m.starts[len(m.hashes)] != int64(len(m.pairs)) {
		return nil, fmt.Errorf("%s: %d numbers for %d attributes and %d pairs", nameStarts, len(m.starts), len(m.hashes), len(m.pairs))
	}
	for a := range m.hashes {
		if m.starts[a] > m.starts[a+1] {
			return nil, fmt.Errorf("%s: element %d is greater than the next", nameStarts, a)
		}
	}
	for i, v := range lists[nameForbid] {
		switch {
		case v < -c || v >= c*c:
			return nil, fmt.Errorf("%s: element %d is %d, want %d to %d", nameForbid, i, v, -c, c*c-1)
		case v < 0:
			m.start[-1-v] = forbidden
		default:
			if m.forbid == nil {
				m.forbid = make([]bool, c*c)
			}
			m.forbid[v] = true
		}
	}
	for _, part := range []struct {
		name string
		n    int
	}{{nameWeights, len(m.pairs)}, {nameMoveWeights, len(m.moves)}} {
		if err := f.Check(part.name, []int{part.n}); err != nil {
			return nil, err
		}
		t, err := f.Dense(part.name)
		if err != nil {
			return nil, err
		}
		for i, v := range t.Float32s() {
			if x := float64(v); math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, fmt.Errorf("%s: element %d is %v, which is not finite", part.name, i, v)
			}
			m.weights = append(m.weights, float64(v))
		}
	}
	return m, nil
}

func integers[T int32 | int64 | uint64](list []T) *tensor.Dense {
	values := make([]int64, len(list))
	for i, v := range list {
		values[i] = int64(v)
	}
	return tensor.NewDense(tensor.Int64, tensor.Shape{len(values)}, tensor.WithBacking(values))
}

func singles(list []float64) *tensor.Dense {
	values := make([]float32, len(list))
	for i, v := range list {
		values[i] = float32(v)
	}
	return tensor.NewDense(tensor.Float32, tensor.Shape{len(values)}, tensor.WithBacking(values))
}
