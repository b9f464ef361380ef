package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/experiments"
)

// served starts serve on a new store and gives the address that it prints.
// stop interrupts it and gives its exit code and what it said.
func served(t *testing.T, args ...string) (address string, stop func() (int, string)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "runs.db")
	store, err := experiments.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	var said strings.Builder
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"invoicelab", "serve", "--store", path}, args...), write, &said)
		write.Close()
	}()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		cancel()
		<-ended
		t.Fatalf("no address: %v; %s", err, said.String())
	}
	return strings.TrimSpace(line), func() (int, string) {
		cancel()
		select {
		case code := <-ended:
			return code, said.String()
		case <-time.After(time.Minute):
			t.Fatal("serve does not end")
		}
		return 0, ""
	}
}

func fetched(t *testing.T, address string) int {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	return r.StatusCode
}

// This machine is answered at once; ctrl-C ends cleanly.
func TestServe(t *testing.T) {
	address, stop := served(t, "--listen", "127.0.0.1:0")
	if got := fetched(t, address); got != 200 {
		t.Errorf("%s: status %d", address, got)
	}
	if code, said := stop(); code != 0 || !strings.HasSuffix(said, "serve: ended\n") {
		t.Errorf("exit code %d, %q", code, said)
	}
	if _, err := http.Get(address); err == nil {
		t.Error("it is still answered after the end")
	}
}

// Off loopback the address that is printed has a token, without which there is
// nothing to see, and each start has another.
func TestServeToken(t *testing.T) {
	var tokens []string
	for range 2 {
		address, stop := served(t, "--listen", "0.0.0.0:0")
		u, err := url.Parse(address)
		if err != nil || len(u.Query().Get("token")) != 43 { // 32 bytes
			t.Fatalf("address %q, %v", address, err)
		}
		tokens = append(tokens, u.Query().Get("token"))
		bare := "http://" + net.JoinHostPort("127.0.0.1", u.Port()) + "/"
		if got := fetched(t, bare); got != http.StatusUnauthorized {
			t.Errorf("without the token: status %d", got)
		}
		if got := fetched(t, bare+"?token="+tokens[len(tokens)-1]); got != http.StatusSeeOther {
			t.Errorf("with the token: status %d", got)
		}
		stop()
	}
	if tokens[0] == tokens[1] {
		t.Error("two starts have the same token")
	}
}

func TestServeFaults(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	path := filepath.Join(t.TempDir(), "runs.db")
	store, err := experiments.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--listen", taken.Addr().String(), "--store", path}, 1, taken.Addr().String() + " is in use; give another with --listen"},
		{[]string{"--listen", "8710", "--store", path}, 2, "expected ADDRESS:PORT"},
		{[]string{"--listen", "192.0.2.1:8710", "--store", path}, 1, "this machine does not have that address"},
		{[]string{"--store", path + ".not"}, 1, "no such file"},
		{[]string{"surplus"}, 2, "surplus operand"},
	} {
		var out, said strings.Builder
		code := run(t.Context(), append([]string{"invoicelab", "serve"}, c.args...), &out, &said)
		if code != c.code || !strings.Contains(said.String(), c.says) || strings.Count(said.String(), "\n") != 1 {
			t.Errorf("%v: exit code %d, %q; want %d and %q in one line", c.args, code, said.String(), c.code, c.says)
		}
	}
}
