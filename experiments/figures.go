package experiments

import (
	"encoding/json"
	"math"
)

// Figures are values by name. In JSON, which has no such numbers, NaN and the
// infinities are the texts "nan", "inf" and "-inf".
type Figures map[string]float64

// MarshalJSON writes the figures sorted by name.
func (f Figures) MarshalJSON() ([]byte, error) {
	values := make(map[string]any, len(f))
	for name, v := range f {
		switch {
		case math.IsNaN(v):
			values[name] = "nan"
		case math.IsInf(v, 1):
			values[name] = "inf"
		case math.IsInf(v, -1):
			values[name] = "-inf"
		default:
			values[name] = v
		}
	}
	return json.Marshal(values)
}

// Figure is one value, written in JSON as Figures writes it.
type Figure float64

// MarshalJSON writes the number, or the text of one that JSON has not.
func (f Figure) MarshalJSON() ([]byte, error) { return json.Marshal(numberCell(float64(f))) }
