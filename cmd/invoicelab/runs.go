package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

// searchFlags select runs.
func searchFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "sweep", Usage: "only those of the sweep `NAME`, as it was last planned"},
		&cli.StringFlag{Name: "where", Usage: "only those that the `FILTER` lets through"},
	}
}

// orderFlags put the selected runs into an order.
func orderFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "sort", Usage: "`FIELDS` to sort by, with commas between; - before one means descending"},
		&cli.IntFlag{Name: "limit", Usage: "at most this many `RUNS`; 0 for all"},
		&cli.IntFlag{Name: "offset", Usage: "leave this many `RUNS` out at the beginning"},
	}
}

// searchOf reads searchFlags and, where the command has them, orderFlags.
func searchOf(c *cli.Context) (experiments.Search, error) {
	q := experiments.Search{Filter: experiments.Filter{Sweep: c.String("sweep")}, Sort: experiments.ParseSort(c.String("sort")), Limit: c.Int("limit"), Offset: c.Int("offset")}
	var err error
	if q.Where, err = experiments.ParseWhere(c.String("where")); err != nil {
		return q, usageError{err}
	}
	for _, name := range []string{"limit", "offset"} {
		if n := c.Int(name); n < 0 {
			return q, usagef("%s: --%s is %d, expected 0 or more", commandPath(c), name, n)
		}
	}
	return q, nil
}

// asUsage makes a filter that names what is not there wrong usage.
func asUsage(err error) error {
	var field *experiments.FieldError
	if errors.As(err, &field) {
		return usageError{err}
	}
	return err
}

func runsCommand() *cli.Command {
	return &cli.Command{
		Name:  "runs",
		Usage: "list the runs of a store",
		Description: `Examples:
  invoicelab runs --sweep quick --store out/invoicelab.db
  invoicelab runs --where 'state = done and test/macro_f1 > 0.5' --sort -test/macro_f1 --limit 10
  invoicelab runs --where 'tag = paper' --columns run,seed,level.head,test/macro_f1 --format csv
  invoicelab runs --sweep quick --group level.head,level.loss --sort -mean
With --group, the runs of one seed count once: their mean. The interval is by t over the seeds.

` + experiments.WhereHelp,
		Flags: append(append([]cli.Flag{storeFlag}, append(searchFlags(), orderFlags()...)...),
			&cli.StringFlag{Name: "columns", Usage: "`FIELDS` to list, with commas between; csv and jsonl list all but settings when absent"},
			&cli.StringFlag{Name: "format", Usage: "table, csv or jsonl", Value: "table"},
			&cli.StringFlag{Name: "group", Usage: "one line for each value of the `FIELDS`, with the mean of --metric over seeds and its 95 % interval; --sort mean and -mean order them"},
			&cli.StringFlag{Name: "metric", Usage: "`METRIC` of --group", Value: "test/macro_f1"},
			jsonFlag,
		),
		Action: listRuns,
	}
}

func listRuns(c *cli.Context) error {
	if err := operands(c); err != nil {
		return err
	}
	formats := []string{"table", "csv", "jsonl"}
	format := c.String("format")
	if !slices.Contains(formats, format) {
		return usagef("runs: --format: no format %q%s; there are %s", format, didYouMean(format, formats), strings.Join(formats, ", "))
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
	if c.IsSet("group") {
		return listGroups(c, store, q, format)
	}
	if c.Bool("json") || format == "table" && !c.IsSet("columns") {
		metrics := shownMetrics
		if c.Bool("json") {
			metrics = nil // all
		}
		runs, _, err := store.List(c.Context, q, metrics)
		if err != nil {
			return asUsage(err)
		}
		if c.Bool("json") {
			return printJSON(c.App.Writer, append([]experiments.RunInfo{}, runs...))
		}
		return writeRuns(c.App.Writer, runs)
	}
	columns := fieldList(c.String("columns"))
	if len(columns) == 0 {
		if columns, err = store.Columns(c.Context, false); err != nil {
			return err
		}
	}
	table, err := store.Find(c.Context, q, columns)
	if err != nil {
		return asUsage(err)
	}
	return writeTable(c.App.Writer, table, format)
}

// fieldList reads names with commas between.
func fieldList(text string) []string {
	var names []string
	for _, name := range strings.Split(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// shownMetrics are those in the list of runs.
var shownMetrics = []string{"test/micro_f1", "test/macro_f1"}

func writeRuns(out io.Writer, runs []experiments.RunInfo) error {
	columns := []column{{head: "run", words: true, whole: true}, {head: "state", words: true}, {head: "seed", drop: 3}, {head: "micro F1", drop: 2}, {head: "macro F1"},
		{head: "0 to 100", words: true, whole: true, drop: ornament}, {head: "seconds", drop: 4}, {head: "levels", words: true}, {head: "tags", words: true, drop: 1}}
	const barColumns = 10
	var rows [][]string
	for _, r := range runs {
		drawn := ""
		if f1, ok := r.Metrics["test/macro_f1"]; ok {
			drawn = bar(f1, barColumns)
		}
		rows = append(rows, []string{r.Run, string(r.State), fmt.Sprint(r.Seed), percent(r.Metrics, "test/micro_f1"), percent(r.Metrics, "test/macro_f1"),
			drawn, fmt.Sprintf("%.1f", r.Seconds), levels(r.Levels), strings.Join(r.Tags, " ")})
	}
	return writeColumns(out, terminalWidth(out), columns, rows)
}

// writeTable writes a table of fields: aligned, as RFC 4180, or as an object a line.
func writeTable(out io.Writer, table experiments.Table, format string) error {
	texts := func(row []experiments.Cell) []string {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = cell.String()
		}
		return cells
	}
	switch format {
	case "csv":
		w := csv.NewWriter(out)
		w.Write(table.Columns)
		for _, row := range table.Rows {
			w.Write(texts(row))
		}
		w.Flush()
		return w.Error()
	case "jsonl":
		for _, row := range table.Rows {
			line := []byte("{")
			for i, cell := range row {
				name, err := json.Marshal(table.Columns[i])
				if err != nil {
					return err
				}
				value, err := json.Marshal(cell)
				if err != nil {
					return err
				}
				if i > 0 {
					line = append(line, ',')
				}
				line = append(append(append(line, name...), ':'), value...)
			}
			if _, err := out.Write(append(line, "}\n"...)); err != nil {
				return err
			}
		}
		return nil
	}
	columns := make([]column, len(table.Columns))
	for i, name := range table.Columns {
		columns[i] = column{head: name, words: true}
	}
	rows := make([][]string, len(table.Rows))
	for k, row := range table.Rows {
		rows[k] = texts(row)
	}
	return writeColumns(out, terminalWidth(out), columns, rows)
}

// levels writes the levels of a run, sorted by axis.
func levels(of map[string]string) string {
	var parts []string
	for _, axis := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, axis+"="+of[axis])
	}
	return strings.Join(parts, " ")
}

// percent writes a metric times 100, or "-" where there is none.
func percent(metrics map[string]float64, name string) string {
	v, ok := metrics[name]
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.1f", 100*v)
}
