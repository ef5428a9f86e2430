package server_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

const reportFile = "testdata/golden/REPORT.md"

var writeReport = flag.Bool("report", false, "write "+reportFile+" instead of comparing with it")

// checkReport compares what a replay has counted with the report in the repository,
// or writes it.
func checkReport(t *testing.T, counted []reported) {
	t.Helper()
	for i, s := range scenarios {
		if isReplayed := s.pending == "" || s.until > 0; isReplayed && counted[i].compared == 0 {
			t.Logf("%s was not asked for; the report is not compared", s.name)
			return
		}
	}
	text := reportOf(counted)
	if *writeReport {
		if err := os.WriteFile(reportFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have, err := os.ReadFile(reportFile); err != nil || string(have) != text {
		t.Errorf("%s is not what was just measured (%v); `make report` writes it. Measured:\n%s", reportFile, err, text[:strings.Index(text, "## Delib")])
	}
}

// reportOf tells what was replayed and compared, and what differs on purpose.
func reportOf(counted []reported) string {
	var b strings.Builder
	fmt.Fprint(&b, "# Replay of the recorded exchanges\n\nWritten by the test that makes the replay (`make report`); do not edit.\n\n"+
		"Every scenario starts a server on a copy of a MusicDB 8 installation, sends what was sent to the reference server, and compares what comes back, "+
		"after normalising random ids and times. A packet is an answer or broadcast at one client, or one of the notifications of a source at a client, equal neighbours merged; "+
		"a pong, a close frame, and a note of the recorder count as well. A difference may stand for several packets, or for a packet where the reference server was silent.\n\n"+
		"| scenario | packets compared | equal | deliberate differences | steps left out | pending |\n|---|---:|---:|---:|---:|---|\n")
	var sum reported
	for i, s := range scenarios {
		c := counted[i]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %s |\n", s.name, c.compared, c.equal, c.differed, c.leftOut, s.pending)
		sum = reported{sum.compared + c.compared, sum.equal + c.equal, sum.differed + c.differed, sum.leftOut + c.leftOut}
	}
	fmt.Fprintf(&b, "| **all** | **%d** | **%d** | **%d** | **%d** | |\n", sum.compared, sum.equal, sum.differed, sum.leftOut)
	fmt.Fprint(&b, "\n## Deliberate differences\n\n")
	where := map[string][]string{} // by reason
	note := func(why, place string) {
		if !slices.Contains(where[why], place) {
			where[why] = append(where[why], place)
		}
	}
	for _, a := range areas {
		for _, d := range a.differences {
			note(d.why, fmt.Sprintf("%s, %s", d.scenario, stepsText(d.steps)))
		}
		for _, s := range a.substitutes {
			note(s.why, fmt.Sprintf("%s, step %d, sent with other arguments", s.scenario, s.step))
		}
		for _, n := range a.notes {
			note(n.why, fmt.Sprintf("%s, notifications of %s", n.scenario, n.source))
		}
		for _, o := range a.tasks {
			note(o.why, fmt.Sprintf("%s, notifications of %s", o.scenario, taskSource))
		}
		for _, l := range a.leftOut {
			note(l.why, fmt.Sprintf("%s, %s, left out", l.scenario, stepsText(l.steps)))
		}
	}
	for _, why := range slices.Sorted(maps.Keys(where)) {
		slices.Sort(where[why])
		fmt.Fprintf(&b, "- %s  \n  *%s*\n", why, strings.Join(where[why], "; "))
	}
	return b.String()
}

// stepsText names steps, neighbours as a range.
func stepsText(all []int) string {
	var parts []string
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && all[j+1] == all[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, fmt.Sprint(all[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d to %d", all[i], all[j]))
		}
		i = j + 1
	}
	if len(all) == 1 {
		return "step " + parts[0]
	}
	return "steps " + strings.Join(parts, ", ")
}

func TestStepsAreNamedAsRanges(t *testing.T) {
	for want, steps := range map[string][]int{"step 4": {4}, "steps 1 to 3, 5": {1, 2, 3, 5}, "steps 0, 2": {0, 2}} {
		if got := stepsText(steps); got != want {
			t.Errorf("%v: %q, want %q", steps, got, want)
		}
	}
}
