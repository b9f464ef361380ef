package main

import (
	"reflect"
	"strings"
	"testing"
)

// Every wrong call ends with its exit code and one line that says what was
// expected, and where a name is misspelt the nearest one.
func TestWrongCalls(t *testing.T) {
	inFolder(t)
	write(t, "bad.yaml", strings.Replace(smallSweep, "layers: 1", "layer: 1", 1))
	write(t, "text.db", "this is no database, but long enough to be taken for one")
	write(t, "tags.tsv", "a\tO\tO\nb\tO\tX-PER\n")
	write(t, "short.tsv", "a\tO\tO\nb\tO\n")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"crpus", 2, `no command "crpus" (did you mean corpus?)`},
		{"sweep rn", 2, `sweep: no command "rn" (did you mean run?)`},
		{"score", 2, "score: missing operand FILE"},
		{"score a b", 2, `score: surplus operand "b"`},
		{"score a --mod strict", 2, "-mod"},
		{"score tags.tsv --mode loose", 2, "loose"},
		{"score nowhere.tsv", 1, "nowhere.tsv"},
		{"score tags.tsv", 1, "tags.tsv:2"},
		{"score short.tsv", 1, "short.tsv:2"},
		{"sweep plan bad.yaml", 1, "bad.yaml:10: base.model.encoder.layer"},
		{"sweep plan qick", 1, "did you mean quick?"},
		{"sweep plan small.yaml --set model.head.kid=linear", 2, "model.head.kid: unknown setting; did you mean model.head.kind?"},
		{"sweep plan small.yaml --set model.head.kind=linear", 2, "axis head of sweep small sets it"},
		{"sweep plan small.yaml --set train.epochs=0", 2, "train.epochs"},
		{"sweep plan small.yaml --set train.epochs", 2, "expected KEY=VALUE"},
		{"sweep plan small.yaml --corpus nowhere", 1, "nowhere"},
		{"sweep plan small.yaml --set curriculum.kind=staged --set curriculum.counts=[36]", 1, "curriculum.counts"},
		{"sweep plan sroie --set corpus.path=nowhere", 1, "nowhere"},
		{"sweep run small.yaml --workers 0", 2, "--workers is 0"},
		{"sweep run small.yaml --device gpu", 2, `"gpu"`},
		{"sweep run small.yaml --device cuda", 2, "cuda"},
		{"sweep run small.yaml --store nowhere/runs.db", 1, "nowhere"},
		{"sweep run small.yaml --store text.db", 1, "text.db"},
		{"runs --store missing.db", 1, "missing.db"},
		{"compare small a b --store missing.db", 1, "missing.db"},
		{"compare", 2, "expected SWEEP, SWEEP A B, or RUN RUN"},
		{"compare small a b c", 2, "4 operands"},
		{"compare small a b --markdown --latex", 2, "--markdown and --latex: expected one of them"},
		{"compare small a b --effect 0", 2, "--effect 0: expected points"},
		{"corpus import --from cnll . --out x", 2, `no importer "cnll" (did you mean conll?)`},
		{"corpus import --from conll nowhere --out x", 1, "nowhere"},
		{"corpus generate --documents 1 --out x", 2, "corpus.generate.documents"},
		{"corpus generate --documents 100 --schema full-198 --out x", 2, "full-197"},
		{"corpus stats nowhere", 1, "nowhere"},
		{"train nothing", 1, "quick"},
		{"kernels ceck", 2, `kernels: no command "ceck" (did you mean check?)`},
		{"kernels check --device cpu/avx3", 2, `"cpu/avx3"`},
		{"kernels check cpu", 2, `kernels check: surplus operand "cpu"`},
		{"kernels eval", 2, "kernels eval: --in FILE is missing"},
		{"kernels eval --in nowhere.json", 1, "nowhere.json"},
		{"kernels eval --in bad.yaml", 1, "bad.yaml: not JSON"},
		{"kernels eval --in bad.yaml --device cuda", 2, "cuda"},
		{"kernels bench --threads 0", 2, `--threads: "0", expected numbers from 1`},
		{"kernels bench --threads 1,", 2, `--threads: ""`},
		{"kernels bench --only Viterby", 2, `--only: no operation "Viterby" (did you mean Viterbi?)`},
		{"kernels bench --count 0", 2, "--count is 0"},
		{"kernels bench --time -1s", 2, "--time is -1s"},
	} {
		r := invoke(strings.Fields(c.args)...)
		if r.code != c.code || !strings.Contains(r.err, c.want) {
			t.Errorf("invoicelab %s: exit %d, want %d with %q:\n%s", c.args, r.code, c.code, c.want, r.err)
		}
		if n := strings.Count(strings.TrimRight(r.err, "\n"), "\n"); n != 0 || r.out != "" {
			t.Errorf("invoicelab %s: more than one line on standard error, or something on standard output:\n%s%s", c.args, r.out, r.err)
		}
	}
}

// Every command has help with an example.
func TestHelp(t *testing.T) {
	app := newApp(nil, nil)
	for _, c := range app.Commands {
		paths := [][]string{{c.Name}}
		for _, s := range c.Subcommands {
			paths = append(paths, []string{c.Name, s.Name})
		}
		for i, path := range paths {
			r := must(t, append(path, "--help")...)
			leaf := len(c.Subcommands) == 0 || i > 0
			if leaf && !strings.Contains(r.out, "Example") {
				t.Errorf("%s --help has no example:\n%s", strings.Join(path, " "), r.out)
			}
		}
	}
	if r := must(t); !strings.Contains(r.out, "sweep run quick") {
		t.Errorf("help of the program:\n%s", r.out)
	}
}

func TestOperandsLast(t *testing.T) {
	commands := newApp(nil, nil).Commands
	for _, c := range []struct{ in, want string }{
		{"invoicelab score f.tsv --mode conll --json", "invoicelab score --mode conll --json -- f.tsv"},
		{"invoicelab score --json f.tsv", "invoicelab score --json -- f.tsv"},
		{"invoicelab score f.tsv --mode=conll", "invoicelab score --mode=conll -- f.tsv"},
		{"invoicelab sweep run quick --workers 2 --retry", "invoicelab sweep run --workers 2 --retry -- quick"},
		{"invoicelab score -- --json", "invoicelab score -- --json"},
		{"invoicelab corpus show d id --page 2", "invoicelab corpus show --page 2 -- d id"},
		{"invoicelab", "invoicelab"},
		{"invoicelab --help", "invoicelab --help"},
		{"invoicelab sweep --help", "invoicelab sweep --help"},
	} {
		if got := operandsLast(commands, strings.Fields(c.in)); !reflect.DeepEqual(got, strings.Fields(c.want)) {
			t.Errorf("%s\n got %s\nwant %s", c.in, strings.Join(got, " "), c.want)
		}
	}
}
