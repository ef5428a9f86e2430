package ffmpegtest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Times is processor time, in steps of 10 ms.
type Times struct{ User, System time.Duration }

// Sum is both together.
func (t Times) Sum() time.Duration { return t.User + t.System }

// Spent is what a process has used, and what those of its children have that were waited
// for (proc_pid_stat(5), utime to cstime).
func Spent(t testing.TB, pid int) (self, children Times) {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	// The name of the program, in parentheses, may hold anything.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+2:]))
	const utime, perSecond = 11, 100 // USER_HZ is 100 on all Linux
	for i, to := range []*time.Duration{&self.User, &self.System, &children.User, &children.System} {
		ticks, err := strconv.Atoi(fields[utime+i])
		if err != nil {
			t.Fatal(err)
		}
		*to = time.Duration(ticks) * time.Second / perSecond
	}
	return self, children
}
