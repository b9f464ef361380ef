package corpus

// Manifest describes a corpus. Digest covers schema and documents (not names
// of folders or times), so equal digests mean equal data.
type Manifest struct {
	Name   string          `json:"name"`
	Source string          `json:"source"` // "generated" or the importer's name
	Digest string          `json:"digest"` // sha256, hex
	Recipe *Recipe         `json:"recipe,omitempty"`
	Boxed  bool            `json:"boxed"`
	Splits map[Split]Count `json:"splits"`
	Notes  []string        `json:"notes,omitempty"` // what an importer changed or could not align, summed up
}

// Count sums up one split.
type Count struct {
	Documents int            `json:"documents"`
	Tokens    int            `json:"tokens"`
	Entities  int            `json:"entities"`
	Domains   map[string]int `json:"domains,omitempty"`   // documents per domain
	Templates map[string]int `json:"templates,omitempty"` // documents per template family
	Labels    map[string]int `json:"labels"`              // entities per entity type
}
