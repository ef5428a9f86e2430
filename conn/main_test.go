package conn

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"musicdb/fsm"
)

// TestMain fails when a goroutine is left, and, when all tests have run, when an
// engine has not taken every row of both tables in at least one of them.
//
// All tests run on the event loops first, then with a goroutine per connection, unless
// inputs are searched for.
func TestMain(m *testing.M) {
	code := m.Run()
	if isSearching := flag.Lookup("test.fuzz").Value.String() != ""; code == 0 && runtime.GOOS == "linux" && !isSearching {
		fmt.Println("the same with a goroutine per connection:")
		underTest = Goroutine
		code = m.Run()
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Println(err)
			code = 1
		}
		if allTestsRan() {
			for _, row := range coverage.missing() {
				fmt.Println("no test takes the row", row)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// underTest is the transport of TCP connections.
var underTest = Auto

// allTestsRan reports whether no flag has chosen some of the tests.
func allTestsRan() bool {
	for _, name := range []string{"run", "skip", "list", "fuzz"} {
		if flag.Lookup("test."+name).Value.String() != "" {
			return false
		}
	}
	return true
}

// coverage adds up the edges that the engines of all tests have taken.
var coverage = edgeCount{taken: make(map[string][]uint64)}

type edgeCount struct {
	mu    sync.Mutex
	taken map[string][]uint64 // by machine and index of the edge
	only  []fsm.Description   // those that are to be taken; nil for all of this package
}

func (c *edgeCount) add(f fsm.Figures) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.taken[f.Machine] == nil {
		c.taken[f.Machine] = make([]uint64, len(f.Edges))
	}
	for i, n := range f.Edges {
		c.taken[f.Machine][i] += n
	}
}

func (c *edgeCount) machines() []fsm.Description {
	if c.only != nil {
		return c.only
	}
	return Definitions()
}

func (c *edgeCount) missing() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var rows []string
	for _, d := range c.machines() {
		for i, e := range d.Edges {
			if taken := c.taken[d.Name]; taken == nil || taken[i] == 0 {
				rows = append(rows, fmt.Sprintf("%s: %s --%s--> %s", d.Name, d.States[e.From].Name, d.Events[e.On].Name, d.States[e.To].Name))
			}
		}
	}
	return rows
}
