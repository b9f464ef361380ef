package dashboard_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/reports/dashboard"
	"github.com/invoicelab/invoicelab/train"

	"github.com/invoicelab/invoicelab/config"
)

// childVariable names the folder in which a child process works off a sweep.
const childVariable = "DASHBOARD_TEST_FOLDER"

// child works off the sweep of a folder, a trial each time that a file called
// go-on appears.
func child(dir string) {
	fatal := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	s, err := config.LoadSweep(filepath.Join(dir, "sweep.yaml"))
	fatal(err)
	ds, err := corpus.Open(filepath.Join(dir, "shop"))
	fatal(err)
	trials, err := experiments.Plan(s, func(config.Corpus) (experiments.Corpus, error) { return experiments.Describe(ds), nil })
	fatal(err)
	store, err := experiments.Create(filepath.Join(dir, "store.db"))
	fatal(err)
	run := shopRunner(ds, nil)
	_, err = experiments.Run(context.Background(), store, s, trials, experiments.RunOptions{Workers: 1}, func(ctx context.Context, t experiments.Trial, observe func(train.Event)) (train.Result, error) {
		result, err := run(ctx, t, observe)
		for err == nil && os.Remove(filepath.Join(dir, "go-on")) != nil {
			time.Sleep(20 * time.Millisecond)
		}
		return result, err
	}, func(experiments.Progress) {})
	fatal(err)
}

// A page that is open follows a sweep that another process works off, and the
// sweep ends although the page reads all the time.
func TestProgressOfAnotherProcess(t *testing.T) {
	ds, corpusDir := shop(t)
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "shop"), os.DirFS(corpusDir)); err != nil {
		t.Fatal(err)
	}
	s, trials := shopSweep(t, ds, filepath.Join(dir, "shop"))
	if err := os.WriteFile(filepath.Join(dir, "sweep.yaml"), []byte(s.YAML()), 0o666); err != nil {
		t.Fatal(err)
	}
	store, err := experiments.Create(filepath.Join(dir, "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	v := visit(t)
	server := serve(t, dashboard.Options{Store: store})
	v.size(1280, 900)
	v.goTo(server.URL + "/")
	v.until("an empty store", `document.body.innerText.includes("no sweep yet")`)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	v.until("the sweep on the first page", `document.querySelector('a[href="/sweep?name=shop"]')`)
	v.click(`a[href="/sweep?name=shop"]`)
	v.until("the run that runs", `document.querySelector("#running tbody tr")?.innerText.includes("3 of 3")`)
	v.until("none done", fmt.Sprintf(`document.querySelector("#progress").innerText.includes("0 of %d done")`, len(trials)))
	v.look("sweep under way")
	v.eval("window.same = true", nil) // a reload would lose it
	goOn := func() {
		if err := os.WriteFile(filepath.Join(dir, "go-on"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	goOn()
	v.until("one done", fmt.Sprintf(`document.querySelector("#progress").innerText.includes("1 of %d done")`, len(trials)))
	v.until("its variant", `document.querySelectorAll("#best tbody tr").length === 1`)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for late := time.After(patience); ; {
		goOn()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
		case <-late:
			t.Fatal("the sweep does not end")
		case <-time.After(50 * time.Millisecond):
			continue
		}
		break
	}
	v.until("all done", fmt.Sprintf(`document.querySelector("#progress").innerText.includes("%[1]d of %[1]d done")`, len(trials)))
	v.until("all variants", `document.querySelectorAll("#best tbody tr").length === 4`)
	same := false
	v.eval("window.same === true", &same)
	if !same {
		t.Error("the page was loaded again; it should follow")
	}
}
