package experiments

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// Environment is what a program runs in and was built from.
type Environment struct {
	Program string            `json:"program"` // sha256 of the executable file
	Go      string            `json:"go"`
	OS      string            `json:"os"`
	Arch    string            `json:"arch"`
	Cores   int               `json:"cores"` // that the process may use
	Build   map[string]string `json:"build"` // settings of the build: "CGO_ENABLED", "GOAMD64", "-tags"
	Modules []Module          `json:"modules"`
}

// Module is a dependency that was built in.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Sum     string `json:"sum,omitempty"` // as in go.sum
}

// ThisEnvironment reads the environment of the running process.
func ThisEnvironment() (Environment, error) {
	e := Environment{Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), Build: map[string]string{}, Modules: []Module{}}
	path, err := os.Executable()
	if err != nil {
		return e, fmt.Errorf("the program's own file: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return e, fmt.Errorf("the program's own file: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return e, fmt.Errorf("the program's own file: %w", err)
	}
	e.Program = hex.EncodeToString(h.Sum(nil))
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return e, nil
	}
	for _, s := range info.Settings {
		// Paths of the machine that built it and the state of its checkout are
		// no part of what was built.
		if s.Value != "" && !strings.HasPrefix(s.Key, "vcs") && !strings.HasPrefix(s.Key, "-ldflags") {
			e.Build[s.Key] = s.Value
		}
	}
	for _, m := range info.Deps {
		for m.Replace != nil {
			m = m.Replace
		}
		e.Modules = append(e.Modules, Module{m.Path, m.Version, m.Sum})
	}
	return e, nil
}

// environment gives the id of the row of an environment, or nil for none.
func (a *adder) environment(e *Environment) any {
	if e == nil {
		return nil
	}
	text, err := json.Marshal(e)
	if err != nil {
		panic("experiments: environment: " + err.Error()) // texts and whole numbers only
	}
	sum := sha256.Sum256(text)
	return a.insert(`INSERT INTO environments (hash, text) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET hash = hash RETURNING id`, hex.EncodeToString(sum[:]), string(text))
}

// environmentOf reads the environment of an attempt, nil where none was
// recorded: stores of the first form had none.
func (s *Store) environmentOf(ctx context.Context, attempt int64) (*Environment, error) {
	var text string
	err := s.reads.QueryRowContext(ctx, `SELECT e.text FROM attempts a JOIN environments e ON e.id = a.environment_id WHERE a.id = ?`, attempt).Scan(&text)
	if err == sql.ErrNoRows {
		return nil, nil
	}
	if err != nil {
		return nil, s.fail("read", err)
	}
	e := &Environment{}
	if err := json.Unmarshal([]byte(text), e); err != nil {
		return nil, fmt.Errorf("store %s: environment of attempt %d: %w", s.path, attempt, err)
	}
	return e, nil
}
