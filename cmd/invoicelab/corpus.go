package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"
)

var jsonFlag = &cli.BoolFlag{Name: "json", Usage: "print JSON"}

func corpusCommand() *cli.Command {
	return &cli.Command{
		Name:  "corpus",
		Usage: "make, import and inspect labelled documents",
		Subcommands: []*cli.Command{
			corpusGenerateCommand(), corpusImportCommand(), corpusExportCommand(),
			corpusValidateCommand(), corpusStatsCommand(), corpusResolveCommand(),
			corpusShowCommand(), corpusFamiliesCommand(),
		},
	}
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// writeFile writes path as a whole or not at all.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
