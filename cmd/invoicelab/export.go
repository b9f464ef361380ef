package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

// runFormats are what export writes.
var runFormats = []string{"csv", "jsonl", "parquet", "tensorboard", "mlflow"}

func exportCommand() *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "write runs for other tools: csv, jsonl, Parquet, TensorBoard, MLflow",
		Description: `Examples:
  invoicelab export --format csv --out runs.csv --where 'state = done'
  invoicelab export --format parquet --out runs.parquet             then: duckdb -c "from 'runs.parquet'"
  invoicelab export --format tensorboard --out tb --sweep quick     then: tensorboard --logdir tb
  invoicelab export --format mlflow --out mlruns                    then: mlflow ui --backend-store-uri mlruns
csv, jsonl and parquet have one run a line with every setting, level, tag and final metric. tensorboard and mlflow are folders that
do not exist yet, with the losses of every step, the metrics of every epoch and the final ones.`,
		Flags: append(append([]cli.Flag{storeFlag,
			&cli.StringFlag{Name: "format", Usage: "`FORMAT`: " + strings.Join(runFormats, ", "), Required: true},
			&cli.StringFlag{Name: "out", Usage: "`FILE` or folder to write", Required: true},
			&cli.BoolFlag{Name: "artifacts", Usage: "mlflow: copy weights and predictions as well"},
		}, searchFlags()...), orderFlags()...),
		Action: exportRuns,
	}
}

func exportRuns(c *cli.Context) error {
	if err := operands(c); err != nil {
		return err
	}
	format, out := c.String("format"), c.String("out")
	if !slices.Contains(runFormats, format) {
		return usagef("export: --format: no format %q%s; there are %s", format, didYouMean(format, runFormats), strings.Join(runFormats, ", "))
	}
	if c.Bool("artifacts") && format != "mlflow" {
		return usagef("export: --artifacts is for --format mlflow")
	}
	q, err := searchOf(c)
	if err != nil {
		return err
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	if format == "csv" || format == "jsonl" || format == "parquet" {
		columns, err := store.Columns(c.Context, true)
		if err != nil {
			return err
		}
		table, err := store.Find(c.Context, q, columns)
		if err != nil {
			return asUsage(err)
		}
		if err := writeFile(out, func(w io.Writer) error {
			if format == "parquet" {
				return experiments.WriteParquet(w, table)
			}
			return writeTable(w, table, format)
		}); err != nil {
			return err
		}
		fmt.Fprintf(c.App.ErrWriter, "%s: %d runs, %d columns\n", out, len(table.Rows), len(table.Columns))
		return nil
	}
	keys, err := store.Keys(c.Context, q)
	if err != nil {
		return asUsage(err)
	}
	n := 0
	err = newFolder(out, func(dir, final string) error {
		if format == "tensorboard" {
			n, err = exportTensorBoard(c, store, keys, dir)
		} else {
			n, err = exportMLflow(c, store, keys, dir, final)
		}
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "%s: %d runs\n", out, n)
	if n < len(keys) {
		fmt.Fprintf(c.App.ErrWriter, "%d runs have not begun and were left out\n", len(keys)-n)
	}
	return nil
}

// newFolder makes a folder as a whole or not at all. make gets the folder to
// write in and the absolute path that it will have.
func newFolder(path string, make func(dir, final string) error) (err error) {
	final, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(final); err == nil {
		return fmt.Errorf("%s exists; expected the name of a new folder", path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(final), "."+filepath.Base(final)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	if err := make(dir, final); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	return os.Rename(dir, final)
}

// begun says whether a run has anything to show.
func begun(r experiments.Record) bool { return !r.Started.IsZero() }

func exportTensorBoard(c *cli.Context, store *experiments.Store, keys []string, dir string) (n int, err error) {
	for _, key := range keys {
		r, err := store.Record(c.Context, key)
		if err != nil {
			return n, err
		}
		if !begun(r) {
			continue
		}
		n++
		folder := filepath.Join(dir, r.FolderName())
		if err := os.Mkdir(folder, 0o755); err != nil {
			return n, err
		}
		// TensorBoard reads files whose name holds "tfevents".
		path := filepath.Join(folder, fmt.Sprintf("events.out.tfevents.%010d.invoicelab", r.Started.Unix()))
		err = writeFile(path, func(w io.Writer) error {
			b := bufio.NewWriter(w)
			if err := experiments.WriteTensorBoard(b, r); err != nil {
				return err
			}
			return b.Flush()
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func exportMLflow(c *cli.Context, store *experiments.Store, keys []string, dir, final string) (n int, err error) {
	sweeps := map[string]experiments.MLflowExperiment{}
	for _, key := range keys {
		r, err := store.Record(c.Context, key)
		if err != nil {
			return n, err
		}
		if !begun(r) {
			continue
		}
		n++
		name := "runs"
		switch {
		case c.String("sweep") != "":
			name = c.String("sweep")
		case len(r.Sweeps) > 0:
			name = r.Sweeps[0]
		}
		x, ok := sweeps[name]
		if !ok {
			if x, err = experiments.NewMLflowExperiment(dir, final, name, r.Started); err != nil {
				return n, err
			}
			sweeps[name] = x
		}
		files := map[string][]byte{}
		if c.Bool("artifacts") && r.State == experiments.StateDone {
			if files["checkpoint.safetensors"], err = store.Checkpoint(c.Context, key); err != nil {
				return n, err
			}
			if r.Artifacts[experiments.KindPredictions] != "" {
				all, err := store.Predictions(c.Context, key)
				if err != nil {
					return n, err
				}
				var b strings.Builder
				if err := jsonLines(&b, all); err != nil {
					return n, err
				}
				files["predictions.jsonl"] = []byte(b.String())
			}
		}
		if err := x.Add(r, files); err != nil {
			return n, err
		}
	}
	return n, nil
}
