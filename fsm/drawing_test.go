package fsm_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/fsm"
)

var update = flag.Bool("update", false, "write the golden files again")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant: go test ./fsm -update\n%s", name, got)
	}
}

func TestDOTIsStable(t *testing.T) { golden(t, "player.dot", player().Describe().DOT()) }
func TestMarkdownIsStable(t *testing.T) {
	golden(t, "player.md", player().Describe().Markdown("player.svg"))
}

// hostile has names that are markup in every language that is written.
func hostile() fsm.Description {
	return fsm.MustDefine(`A "quoted" | name`, `back\slash`, idle,
		states{{State: idle, Name: `<b>"&|*`, Doc: "a | b\nc"}, {State: closed, Name: `\N`, Doc: "d", Terminal: true}},
		events{{Event: play, Name: `];x[`, Doc: "`d`", By: "_b_"}},
		rows{{From: idle, On: play, To: closed, Guard: `a<b & "c"`}},
	).Describe()
}

func TestDOTQuotesEverything(t *testing.T) { golden(t, "hostile.dot", hostile().DOT()) }

func TestMarkdownKeepsItsTables(t *testing.T) {
	text := hostile().Markdown("x.svg")
	golden(t, "hostile.md", text)
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Count(line, "|") - strings.Count(line, `\|`)
		if cells != 5 && cells != 6 {
			t.Errorf("%d bars in %s", cells, line)
		}
	}
}

func TestIDsOfArrowsAreSharedBetweenTheSameStates(t *testing.T) {
	d := fsm.MustDefine("Two Ways", "Two ways to the end.", idle,
		states{{State: idle, Name: "A", Doc: "d"}, {State: closed, Name: "B", Doc: "d", Terminal: true}},
		events{{Event: play, Name: "X", Doc: "d", By: "b"}, {Event: stop, Name: "Y", Doc: "d", By: "b"}},
		rows{{From: idle, On: play, To: closed}, {From: idle, On: stop, To: closed}}).Describe()
	g := d.Drawing()
	if len(g.Links) != 1 || len(g.Links[0].Labels) != 2 || g.Links[0].ID != "two-ways-e0" {
		t.Errorf("drawn as %+v", g.Links)
	}
	if d.EdgeID(0) != "two-ways-e0" || d.EdgeID(1) != "two-ways-e0" || d.StateID(1) != "two-ways-s1" || d.FileName() != "two-ways" {
		t.Errorf("ids %s %s %s %s", d.EdgeID(0), d.EdgeID(1), d.StateID(1), d.FileName())
	}
}
