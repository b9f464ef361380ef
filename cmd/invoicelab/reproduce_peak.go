package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/urfave/cli/v2"
)

// memoryLine begins what predict --memory tells.
const memoryLine = "most memory held: "

// peakOf gives the most memory that a process of "predict" holds, in bytes.
func peakOf(c *cli.Context) func(ctx context.Context, model []byte, docs *corpus.Dataset) (int64, error) {
	return func(ctx context.Context, model []byte, docs *corpus.Dataset) (int64, error) {
		self, err := os.Executable()
		if err != nil {
			return 0, fmt.Errorf("memory of a process: %w", err)
		}
		dir, err := os.MkdirTemp("", "invoicelab-memory-")
		if err != nil {
			return 0, fmt.Errorf("memory of a process: %w", err)
		}
		defer os.RemoveAll(dir)
		file, folder := filepath.Join(dir, "model.safetensors"), filepath.Join(dir, "corpus")
		if err := os.WriteFile(file, model, 0o666); err != nil {
			return 0, fmt.Errorf("memory of a process: %w", err)
		}
		copied := *docs
		if err := copied.Write(folder); err != nil {
			return 0, err
		}
		cmd := exec.CommandContext(ctx, self, "predict", "--model", file, "--device", c.String("device"), "--threads", strconv.Itoa(c.Int("threads")), "--memory", "--out", filepath.Join(dir, "out.jsonl"), folder)
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		if err := cmd.Run(); err != nil {
			return 0, fmt.Errorf("predict: %w: %s", err, strings.TrimSpace(complaint.String()))
		}
		_, told, found := strings.Cut(complaint.String(), memoryLine)
		peak, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(told), " bytes"), 10, 64)
		if !found || err != nil {
			return 0, fmt.Errorf("predict --memory: expected a number of bytes, got %q", strings.TrimSpace(complaint.String()))
		}
		return peak, nil
	}
}
