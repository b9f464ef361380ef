package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/invoicelab/invoicelab/experiments"
	"github.com/urfave/cli/v2"
)

// groupLevel is the level of the intervals of groups.
const groupLevel = 0.95

// listGroups lists groups of runs, in the order of their first run unless they
// are sorted by their mean.
func listGroups(c *cli.Context, store *experiments.Store, q experiments.Search, format string) error {
	by := fieldList(c.String("group"))
	if len(by) == 0 {
		return usagef("runs: --group is empty; expected fields such as level.head")
	}
	if c.IsSet("columns") || c.IsSet("limit") || c.IsSet("offset") || format == "jsonl" {
		return usagef("runs: --group goes with --metric, --sort, --format csv and --json alone")
	}
	byMean, descending := len(q.Sort) == 1 && q.Sort[0].Field == "mean", false
	if byMean {
		descending, q.Sort = q.Sort[0].Descending, nil
	}
	groups, err := store.Groups(c.Context, q, by, c.String("metric"), groupLevel)
	if err != nil {
		return asUsage(err)
	}
	if byMean {
		experiments.SortGroups(groups, descending)
	}
	if c.Bool("json") {
		return printJSON(c.App.Writer, append([]experiments.Group{}, groups...))
	}
	if format == "csv" {
		return writeTable(c.App.Writer, groupTable(by, groups), format)
	}
	return writeGroups(c.App.Writer, by, c.String("metric"), groups)
}

func writeGroups(out io.Writer, by []string, metric string, groups []experiments.Group) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\t%s\tinterval\tsd\tseeds\truns\tmissing\n", strings.Join(by, "\t"), metric)
	uneven := false
	for _, g := range groups {
		mean, interval, sd, mark := "-", "-", "-", ""
		if len(g.Runs) > 0 {
			mean = fmt.Sprintf("%.4f", g.Mean)
		}
		if g.Interval != nil {
			interval, sd = fmt.Sprintf("%.4f to %.4f", g.Interval[0], g.Interval[1]), fmt.Sprintf("%.4f", *g.SD)
		}
		if g.Uneven {
			uneven, mark = true, "*"
		}
		fmt.Fprintf(w, "%s\t%s%s\t%s\t%s\t%d\t%d\t%d\n", strings.Join(g.Values, "\t"), mean, mark, interval, sd, g.Seeds, len(g.Runs), g.Missing)
	}
	if err := w.Flush(); err != nil || !uneven {
		return err
	}
	_, err := fmt.Fprintln(out, "* some seeds have fewer runs than others: their means are not over the same settings")
	return err
}

// groupTable is the same as a table of fields.
func groupTable(by []string, groups []experiments.Group) experiments.Table {
	t := experiments.Table{Columns: append(append([]string{}, by...), "mean", "low", "high", "sd", "seeds", "runs", "missing", "uneven")}
	number := func(v *float64) experiments.Cell {
		if v == nil {
			return experiments.Cell{}
		}
		return experiments.Cell{Known: true, Text: strconv.FormatFloat(*v, 'g', -1, 64)}
	}
	text := func(s string) experiments.Cell { return experiments.Cell{Known: true, Text: s} }
	for _, g := range groups {
		row := make([]experiments.Cell, 0, len(t.Columns))
		for _, v := range g.Values {
			row = append(row, text(v))
		}
		var mean, low, high *float64
		if len(g.Runs) > 0 {
			mean = &g.Mean
		}
		if g.Interval != nil {
			low, high = &g.Interval[0], &g.Interval[1]
		}
		row = append(row, number(mean), number(low), number(high), number(g.SD), text(strconv.Itoa(g.Seeds)), text(strings.Join(g.Runs, " ")), text(strconv.Itoa(g.Missing)), text(strconv.FormatBool(g.Uneven)))
		t.Rows = append(t.Rows, row)
	}
	return t
}
