package train

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// identity is what two runs must have in common for one to go on where the
// other stopped.
type identity struct {
	Settings map[string]string // by dotted key
	Seed     uint64
	Digest   string // of the corpus
	Schema   string
	Device   string // backend and instruction level
	Init     [sha256.Size]byte
}

// identity of the run.
func (r *runner) identity() (identity, error) {
	schema, err := json.Marshal(r.job.Data.Schema)
	if err != nil {
		return identity{}, err
	}
	d := r.be.Device()
	id := identity{
		Settings: map[string]string{}, Seed: r.job.Seed, Digest: r.job.Data.Manifest.Digest,
		Schema: string(schema), Device: d.Backend + "/" + d.Level, Init: sha256.Sum256(r.job.Init),
	}
	flatten(id.Settings, "model", reflect.ValueOf(r.job.Model))
	flatten(id.Settings, "curriculum", reflect.ValueOf(r.job.Curriculum))
	flatten(id.Settings, "train", reflect.ValueOf(r.job.Train))
	return id, nil
}

// flatten puts the fields of a Spec into settings by dotted key.
func flatten(settings map[string]string, prefix string, spec reflect.Value) {
	for i := range spec.NumField() {
		key, v := prefix+"."+spec.Type().Field(i).Tag.Get("yaml"), spec.Field(i)
		if v.Kind() == reflect.Struct {
			flatten(settings, key, v)
			continue
		}
		settings[key] = fmt.Sprint(v.Interface())
	}
}

// difference names the first thing that differs, or nothing.
func (a identity) difference(b identity) string {
	both := maps.Clone(a.Settings)
	maps.Copy(both, b.Settings)
	for _, key := range slices.Sorted(maps.Keys(both)) {
		was, had := a.Settings[key]
		is, has := b.Settings[key]
		switch {
		case !had:
			return fmt.Sprintf("%s did not exist, now it is %s", key, is)
		case !has:
			return fmt.Sprintf("%s was %s, now it does not exist", key, was)
		case was != is:
			return fmt.Sprintf("%s was %s, now it is %s", key, was, is)
		}
	}
	switch {
	case a.Seed != b.Seed:
		return fmt.Sprintf("the seed was %d, now it is %d", a.Seed, b.Seed)
	case a.Digest != b.Digest:
		return fmt.Sprintf("the corpus had digest %.12s, now it has %.12s", a.Digest, b.Digest)
	case a.Schema != b.Schema:
		return "the schema is another"
	case a.Device != b.Device:
		return fmt.Sprintf("it ran on %s, now on %s, which rounds differently", a.Device, b.Device)
	case a.Init != b.Init:
		return "the model that it starts from (--init) is another"
	}
	return ""
}
