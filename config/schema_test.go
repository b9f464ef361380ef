package config_test

import (
	"slices"
	"testing"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/corpus"
)

func schema(t *testing.T, name string) *corpus.Schema {
	t.Helper()
	s, err := config.LoadSchema(name)
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != name {
		t.Errorf("schema %s calls itself %s", name, s.Name)
	}
	return s
}

// The numbers are those of the published label list.
func TestInvoiceSchemas(t *testing.T) {
	core, enhanced, full := schema(t, "core-73"), schema(t, "enhanced-161"), schema(t, "full-197")
	for _, c := range []struct {
		s                           *corpus.Schema
		labels, groups              int
		semantic, structure, visual int
	}{
		{core, 73, 7, 35, 1, 0},
		{enhanced, 161, 17, 71, 5, 4},
		{full, 197, 19, 89, 5, 4},
	} {
		heads := map[string]int{}
		for _, e := range c.s.Entities {
			heads[e.Head]++
		}
		if c.s.NumLabels() != c.labels || len(c.s.Groups()) != c.groups {
			t.Errorf("%s: %d labels and %d groups; want %d and %d", c.s.Name, c.s.NumLabels(), len(c.s.Groups()), c.labels, c.groups)
		}
		if heads["semantic"] != c.semantic || heads["structure"] != c.structure || heads["visual"] != c.visual {
			t.Errorf("%s: heads %v; want %d semantic, %d structure, %d visual", c.s.Name, heads, c.semantic, c.structure, c.visual)
		}
	}
	if !slices.Equal(core.Entities, enhanced.Entities[:len(core.Entities)]) || !slices.Equal(enhanced.Entities, full.Entities[:len(enhanced.Entities)]) {
		t.Error("core-73, enhanced-161 and full-197 are not prefixes of each other")
	}
	// Ends and seams of the list, and an entity whose group is not that of its neighbours.
	for id, want := range map[int]corpus.Entity{
		0:  {Name: "DOC_TYPE", Group: "document_metadata", Head: "semantic"},
		35: {Name: "TABLE", Group: "structural", Head: "structure"},
		46: {Name: "PREVIOUS_BALANCE", Group: "financial_totals", Head: "semantic"},
		79: {Name: "GL_CODE", Group: "accounting", Head: "semantic"},
		97: {Name: "CASHIER_ID", Group: "retail_pos", Head: "semantic"},
	} {
		if full.Entities[id] != want {
			t.Errorf("entity %d is %v; want %v", id, full.Entities[id], want)
		}
	}
	if full.Label(196) != "I-CASHIER_ID" {
		t.Errorf("label 196 is %s", full.Label(196))
	}
}

func TestSchemasOfRealData(t *testing.T) {
	nlu, sroie := schema(t, "nlu-eval"), schema(t, "sroie")
	if len(nlu.Entities) != 54 || len(nlu.Groups()) != 13 {
		t.Errorf("nlu-eval: %d entities in %d groups", len(nlu.Entities), len(nlu.Groups()))
	}
	want := []corpus.Entity{
		{Name: "company", Group: "vendor", Head: "semantic"}, {Name: "address", Group: "vendor", Head: "semantic"},
		{Name: "date", Group: "purchase", Head: "semantic"}, {Name: "total", Group: "purchase", Head: "semantic"},
	}
	if !slices.Equal(sroie.Entities, want) {
		t.Errorf("sroie: %v", sroie.Entities)
	}
}

func TestSchemaNames(t *testing.T) {
	want := []string{"core-73", "enhanced-161", "full-197", "nlu-eval", "sroie"}
	if got := config.SchemaNames(); !slices.Equal(got, want) {
		t.Errorf("SchemaNames() = %v; want %v", got, want)
	}
}

func TestSchemaHash(t *testing.T) {
	a, b := schema(t, "sroie"), schema(t, "sroie")
	b.Name = "another name"
	if config.SchemaHash(a) != config.SchemaHash(b) {
		t.Error("the name of a schema enters its hash")
	}
	b.Entities[2].Group = "vendor"
	if config.SchemaHash(a) == config.SchemaHash(b) {
		t.Error("the group of an entity does not enter the hash")
	}
}
