package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"musicdb/fsm"
)

// faultReport is what the long run that injects faults has written, seen from the root of the module.
const faultReport = "cmd/musicdb/testdata/reports/chaos.txt"

// faultRun counts the edges that were taken in that run, by the machine's name and then by "FROM --ON--> TO".
type faultRun map[string]map[string]uint64

var (
	faultMachine = regexp.MustCompile(`^(\S.*): \d+ of \d+ edges$`)
	faultEdge    = regexp.MustCompile(`^ +(\d+)  (\S.* --.*--> .*)$`)
)

// readFaults reads the report. Without one nothing was taken.
func readFaults(root string) (faultRun, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(faultReport)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	run, machine := faultRun{}, ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if m := faultMachine.FindStringSubmatch(line); m != nil {
			machine = m[1]
			run[machine] = map[string]uint64{}
		} else if m := faultEdge.FindStringSubmatch(line); m != nil && machine != "" {
			n, err := strconv.ParseUint(m[1], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", faultReport, err)
			}
			run[machine][m[2]] = n
		}
	}
	return run, nil
}

// taken is how often an edge was taken.
func (r faultRun) taken(d fsm.Description, edge int) uint64 {
	e := d.Edges[edge]
	return r[d.Name][d.States[e.From].Name+" --"+d.Events[e.On].Name+"--> "+d.States[e.To].Name]
}

// mark draws the edges in bold that were taken. A machine that took no part stays as it is.
func (r faultRun) mark(d fsm.Description, g fsm.Drawing) fsm.Drawing {
	if r[d.Name] == nil {
		return g
	}
	return d.Strengthen(g, "taken while faults were injected", func(edge int) bool { return r.taken(d, edge) > 0 })
}

// section tells on the page of a machine what bold means there.
func (r faultRun) section(d fsm.Description) string {
	if r[d.Name] == nil {
		return ""
	}
	taken := 0
	for i := range d.Edges {
		if r.taken(d, i) > 0 {
			taken++
		}
	}
	return fmt.Sprintf("\n## Under faults\n\n%d of %d edges, in bold above, were taken by a server at which [faults were injected](../%s): all that went wrong there, and what was heard of it.\n",
		taken, len(d.Edges), faultReport)
}
