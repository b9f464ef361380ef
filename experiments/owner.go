package experiments

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"time"
)

// process names a process so that another one can tell whether it still runs.
type process struct {
	host    string // for people
	machine string // processes with the same can look each other up by pid
	pid     int
	start   int64 // tells it from a later process of the same pid
}

// staleAfter is how old the heartbeat of a process on another machine must be
// for its trials to be taken over. It allows for twelve missed heartbeats.
const staleAfter = 60 * time.Second

// heartbeatEvery is how often a process says that its trials still run.
const heartbeatEvery = 5 * time.Second

// gone tells that p ended, as far as me can know: at once when both are on one
// machine, else once its heartbeat is stale. A stopped (suspended) process on
// the same machine is not gone.
func (p process) gone(me process, heartbeat, now time.Time) bool {
	if p.machine == me.machine {
		start, ok := startOf(p.pid)
		return !ok || start != p.start
	}
	return now.Sub(heartbeat) > staleAfter
}

// String is "process 17 on host".
func (p process) String() string { return fmt.Sprintf("process %d on %s", p.pid, p.host) }

// newOwner names one call of Run, which is what owns leases: two calls in one
// process are two owners.
func newOwner() string {
	var b [12]byte
	rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}

func hostName() string {
	host, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return host
}
