package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/invoicelab/invoicelab/config"
	"github.com/invoicelab/invoicelab/experiments"
	"github.com/invoicelab/invoicelab/kernels/device"
	"github.com/invoicelab/invoicelab/reports/dashboard"
	"github.com/invoicelab/invoicelab/train"
	"github.com/urfave/cli/v2"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "show the runs of a store in a browser",
		Description: `Examples:
  invoicelab serve --store out/invoicelab.db
  invoicelab serve --listen 127.0.0.1:9000
  invoicelab serve --listen 0.0.0.0:8710 --host workstation.example
Only this machine is answered unless --listen says otherwise; then the address that is
printed carries a token, new at each start, without which nothing is shown. Sweeps may
run meanwhile, here or in other processes. It goes on until ctrl-C. See docs/dashboard.md.`,
		Flags: []cli.Flag{storeFlag, threadsFlag,
			&cli.StringFlag{Name: "listen", Usage: "`ADDRESS:PORT` to listen on; port 0 takes any that is free", Value: "127.0.0.1:8710"},
			&cli.StringSliceFlag{Name: "host", Usage: "answer to this `NAME` of the machine, too; may be repeated"},
			&cli.BoolFlag{Name: "token", Usage: "ask for a token on this machine, too: for machines that several people share"},
		},
		Action: serve,
	}
}

// Times that a connection may take. Answers take as long as the network needs.
const (
	readWait = 10 * time.Second
	idleWait = 2 * time.Minute
	lastWait = 3 * time.Second // for answers under way when the server ends
)

func serve(c *cli.Context) error {
	if err := operands(c); err != nil {
		return err
	}
	local, err := onlyLoopback(c.String("listen"))
	if err != nil {
		return err
	}
	store, err := experiments.Open(c.String("store"))
	if err != nil {
		return err
	}
	defer store.Close()
	token := ""
	if !local || c.Bool("token") {
		if token, err = newToken(); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", c.String("listen"))
	if err != nil {
		return listenFault(c.String("listen"), err)
	}
	board := dashboard.New(dashboard.Options{Store: store, Token: token, Hosts: hostNames(c, local), Threads: c.Int("threads"),
		Diagnose: func(ctx context.Context, d experiments.Detail) ([]train.Finding, error) {
			return diagnoseServed(c, store, d)
		}})
	defer board.Close()
	server := &http.Server{Handler: board, ReadHeaderTimeout: readWait, ReadTimeout: readWait, IdleTimeout: idleWait, MaxHeaderBytes: 1 << 16}
	fmt.Fprintf(c.App.Writer, "%s\n", servedAt(listener.Addr(), token))
	fmt.Fprintf(c.App.ErrWriter, "serving %s until ctrl-C\n", c.String("store"))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-c.Context.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastWait)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		server.Close() // who still waits is cut off
	}
	fmt.Fprintln(c.App.ErrWriter, "serve: ended")
	return nil
}

// onlyLoopback says whether an address to listen on is one that no other
// machine can reach.
func onlyLoopback(listen string) (bool, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false, usagef("serve: --listen %q: expected ADDRESS:PORT, such as 127.0.0.1:8710", listen)
	}
	if strings.EqualFold(host, "localhost") {
		return true, nil
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback(), nil
}

// listenFault says in a line why an address cannot be listened on.
func listenFault(listen string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("serve: %s is in use; give another with --listen, such as 127.0.0.1:0 for any that is free", listen)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("serve: %s: this user may not listen on that port; take one above 1023", listen)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("serve: %s: this machine does not have that address", listen)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return fmt.Errorf("serve: %s: %w", listen, err)
}

// tokenBytes are more than can be guessed.
const tokenBytes = 32

func newToken() (string, error) {
	b := make([]byte, tokenBytes)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("serve: token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// hostNames are those by which browsers may address the server: of --host, and
// this machine's own where others are answered.
func hostNames(c *cli.Context, local bool) []string {
	names := c.StringSlice("host")
	if name, err := os.Hostname(); err == nil && !local {
		names = append(names, name)
	}
	return names
}

// servedAt is the address to open.
func servedAt(addr net.Addr, token string) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		panic("serve: servedAt: " + err.Error()) // of a listener
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if name, err := os.Hostname(); err == nil {
			host = name
		}
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: "/"}
	if token != "" {
		u.RawQuery = "token=" + token
	}
	return u.String()
}

// diagnoseServed diagnoses a finished run with the documents that its settings
// name, which must be those that it was trained on.
func diagnoseServed(c *cli.Context, store *experiments.Store, d experiments.Detail) ([]train.Finding, error) {
	content, err := store.Checkpoint(c.Context, d.Key)
	if err != nil {
		return nil, err
	}
	e, err := config.ParseExperiment("run "+d.Run, []byte(d.Settings))
	if err != nil {
		return nil, err
	}
	ds, err := openCorpus(e.Corpus)
	if err != nil {
		return nil, err
	}
	if ds.Manifest.Digest != d.Corpus {
		return nil, fmt.Errorf("the documents here have digest %.12s, the run was trained on %.12s", ds.Manifest.Digest, d.Corpus)
	}
	be, err := device.Open("cpu", max(1, c.Int("threads")))
	if err != nil {
		return nil, err
	}
	defer be.Close()
	t, err := train.OpenTagger(be, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	defer t.Close()
	return t.Diagnose(ds)
}
