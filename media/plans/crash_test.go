package plans

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// childDir, childMoment and childUndo make this test binary apply or undo the plan 1
// of a house and kill itself at a moment.
const (
	childDir    = "MUSICDB_TEST_PLANS_DIR"
	childMoment = "MUSICDB_TEST_PLANS_MOMENT"
	childUndo   = "MUSICDB_TEST_PLANS_UNDO"
)

func child(dir string) {
	h, err := openHouse(dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	at, _ := strconv.Atoi(os.Getenv(childMoment))
	n := 0
	h.reached = func(m moment) {
		if n == at {
			fmt.Println(m)
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		n++
	}
	if os.Getenv(childUndo) != "" {
		_, err = h.Undo(context.Background(), 1, "", false, nil)
	} else {
		_, err = h.Apply(context.Background(), 1, "", nil)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("survived")
	os.Exit(0)
}

func sum(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

var soak = flag.Bool("soak", false, "run the long versions of the tests that have one")

// killedAt runs a child that dies at a moment, whose name it returns.
func killedAt(t *testing.T, dir string, n int, undo string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childMoment+"="+strconv.Itoa(n), childUndo+"="+undo)
	out, err := cmd.Output()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestKillsLeaveAPlanWholeOrNotBegun kills a process at each moment of applying and
// undoing, one after the other, and looks at what the next start makes of it.
func TestKillsLeaveAPlanWholeOrNotBegun(t *testing.T) {
	for _, undo := range []string{"", "undo"} {
		moments := map[string]int{}
		for n := 0; ; n++ {
			if !*soak && n > 3 && n < 12 { // the same moments, of other operations
				continue
			}
			dir := furnish(t)
			h := settleBriefly(t, dir)
			p, err := h.Propose(context.Background(), h.everything(t))
			if err != nil || p.ID != 1 {
				t.Fatal(p.ID, err)
			}
			old, young, done := h.whole(t), "", Applied
			if undo != "" {
				if p, err = h.Apply(context.Background(), 1, "", nil); err != nil {
					t.Fatal(err)
				}
				old, young, done = h.whole(t), old, Undone
			}
			untouched := p.State
			if err := h.close(); err != nil {
				t.Fatal(err)
			}
			moment := killedAt(t, dir, n, undo)
			moments[moment]++
			if h, err = openHouse(dir); err != nil {
				t.Fatal(err)
			}
			if p, err = h.Get(context.Background(), 1); err != nil {
				t.Fatal(err)
			}
			is := h.whole(t)
			switch {
			case p.State == done && young == "":
				// What an application leaves is known by what its undo brings back.
				if _, err := h.Undo(context.Background(), 1, "", false, nil); err != nil {
					t.Fatalf("%s: applied, but %v", moment, err)
				}
				if d := differences(old, h.whole(t)); d != "" || is == old {
					t.Fatalf("%s: applied, and undone there is\n%s", moment, d)
				}
			case p.State == done:
				if d := differences(young, is); d != "" {
					t.Fatalf("%s: undone, but\n%s", moment, d)
				}
			case p.State == untouched || p.State == Failed && undo == "":
				if d := differences(old, is); d != "" {
					t.Fatalf("%s: %v, but\n%s", moment, p.State, d)
				}
			default:
				t.Fatalf("%s: %v", moment, p.State)
			}
			if err := h.close(); err != nil {
				t.Fatal(err)
			}
			if moment == "survived" {
				break
			}
		}
		t.Logf("%s: %v", undo, moments)
		for _, m := range []moment{momentAgreed, momentPrepared, momentBegun, momentMade, momentNoted, momentCommitted, momentCleared, momentModes, momentShared} {
			if applying := m == momentModes || m == momentShared; moments[string(m)] == 0 && (undo == "" || !applying) {
				t.Errorf("nobody was killed at %q", m)
			}
		}
	}
}

// settleBriefly opens a house that the test closes itself.
func settleBriefly(t *testing.T, dir string) *house {
	t.Helper()
	h, err := openHouse(dir)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
