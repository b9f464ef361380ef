package experiments

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// thisProcess identifies the running process. Containers on one host have
// pids of their own, so the pid namespace is part of the machine.
func thisProcess() process {
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id") // absent in some sandboxes: the host name still tells machines apart
	space, _ := os.Readlink("/proc/self/ns/pid")
	p := process{host: hostName(), pid: os.Getpid()}
	p.machine = fmt.Sprintf("%s %s %s", p.host, strings.TrimSpace(string(boot)), space)
	p.start, _ = startOf(p.pid)
	return p
}

// startOf is the start time of a process in clock ticks since boot; ok is false
// when there is none, or only a zombie, which runs nothing any more.
func startOf(pid int) (start int64, ok bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	// "pid (name) state ppid ...": the name may hold spaces and brackets.
	// Counted after it, state is field 0 and starttime field 19 (proc_pid_stat(5)).
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return 0, false
	}
	start, err = strconv.ParseInt(fields[19], 10, 64)
	return start, err == nil
}
