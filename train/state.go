package train

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/invoicelab/invoicelab/safetensors"
)

// Checkpoints says where a run keeps its state, so that it can go on after it
// was killed and end with the same bytes as a run that never was.
type Checkpoints struct {
	Dir      string        // made when it is missing; empty keeps no state
	Every    int           // steps between two writings; 0 is none
	Interval time.Duration // time between two writings; 0 is none
	Resume   bool          // go on from the state in Dir; it is an error that there is none
}

// Names of the files in Checkpoints.Dir. The state is one file, put in place
// whole; the best model so far is another, of the name that the state holds.
const (
	stateName = "state.safetensors"
	bestName  = "best-epoch-%d.safetensors"
)

// Keys of the metadata of a state.
const (
	metaStateFormat = "format"   // stateFormat
	metaProgress    = "progress" // gob of progress, base64
)

// stateFormat names the version of the file.
const stateFormat = "invoicelab state 1"

// HasState says whether a folder holds the state of a run.
func HasState(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, stateName))
	return err == nil
}

// progress is how far a run is; with the model's parameters and moments it is
// all that the rest of the run depends on.
type progress struct {
	Job       identity
	ModelStep int // of AdamW
	Epoch     int // present
	Batch     int // batches of it that are done
	Steps     int
	Tokens    int64
	Sums      map[string]float64 // of the losses in this epoch
	Drawn     []Draw             // in this epoch
	History   []epochRecord
	Score     float64 // best so far; -1 is none
	BestEpoch int
	BestSum   [sha256.Size]byte // of the file of the best model
	Events    []Event           // told so far
	Elapsed   time.Duration
	Parts     map[string]float64 // seconds
}

// due says whether the settings want the state written now.
func (r *runner) due() bool {
	c := r.job.Checkpoints
	return c.Dir != "" && (c.Every > 0 && r.Steps%c.Every == 0 || c.Interval > 0 && time.Since(r.lastWrite) >= c.Interval)
}

// writeIf is write where it is wanted.
func (r *runner) writeIf(wanted bool) error {
	if !wanted {
		return nil
	}
	if err := r.write(); err != nil {
		return fmt.Errorf("checkpoint of the run: %w", err)
	}
	return nil
}

// write puts the state of r into its folder.
func (r *runner) write() error {
	dir := r.job.Checkpoints.Dir
	tensors, steps, err := r.model.State()
	if err != nil {
		return err
	}
	p := r.progress
	if p.Job, err = r.identity(); err != nil {
		return err
	}
	p.ModelStep = steps
	p.Elapsed, p.Parts = r.elapsed(), r.parts()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(&p); err != nil {
		return fmt.Errorf("%s: %w", stateName, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if best := r.result.Checkpoint; best != nil && p.BestSum != r.written {
		if err := atomically(filepath.Join(dir, fmt.Sprintf(bestName, p.BestEpoch)), func(w io.Writer) error {
			_, err := w.Write(best)
			return err
		}); err != nil {
			return err
		}
		r.written = p.BestSum
	}
	meta := map[string]string{metaStateFormat: stateFormat, metaProgress: base64.StdEncoding.EncodeToString(b.Bytes())}
	if err := atomically(filepath.Join(dir, stateName), func(w io.Writer) error {
		return safetensors.Write(w, tensors, meta)
	}); err != nil {
		return err
	}
	r.lastWrite = time.Now()
	return r.removeOld(dir, p.BestEpoch)
}

// removeOld takes away models that were best once.
func (r *runner) removeOld(dir string, best int) error {
	old, err := filepath.Glob(filepath.Join(dir, "best-epoch-*.safetensors"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if filepath.Base(path) != fmt.Sprintf(bestName, best) {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// resume takes up the state in the run's folder and tells the events of before
// once more, so that an observer sees the whole run.
func (r *runner) resume(observe func(Event)) error {
	dir := r.job.Checkpoints.Dir
	path := filepath.Join(dir, stateName)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no state of a run (%s)", dir, stateName)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	file, err := safetensors.Read(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if got := file.Meta[metaStateFormat]; got != stateFormat {
		return fmt.Errorf("%s: metadata %s is %q, expected %q", path, metaStateFormat, got, stateFormat)
	}
	var p progress
	raw, err := base64.StdEncoding.DecodeString(file.Meta[metaProgress])
	if err == nil {
		err = gob.NewDecoder(bytes.NewReader(raw)).Decode(&p)
	}
	if err != nil {
		return fmt.Errorf("%s: metadata %s: %w", path, metaProgress, err)
	}
	now, err := r.identity()
	if err != nil {
		return err
	}
	if what := p.Job.difference(now); what != "" {
		return fmt.Errorf("%s is the state of another run: %s", path, what)
	}
	if p.Score >= 0 {
		name := filepath.Join(dir, fmt.Sprintf(bestName, p.BestEpoch))
		best, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if sha256.Sum256(best) != p.BestSum {
			return fmt.Errorf("%s is not the model that %s was written with", name, stateName)
		}
		r.result.Checkpoint, r.result.BestEpoch, r.written = best, p.BestEpoch, p.BestSum
	}
	if err := r.model.Restore(file, p.ModelStep); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	r.progress, r.before = p, p.Elapsed
	for _, e := range p.Events {
		observe(e)
	}
	return nil
}

// atomically writes a file under another name in the same folder, syncs it and
// puts it in place.
func atomically(path string, fill func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := fill(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := errors.Join(f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
