package conformance

import (
	"fmt"
	"strings"
)

// Report writes the table with the results of several servers as Markdown.
func Report(tallies []*Tally) string {
	var b strings.Builder
	fmt.Fprint(&b, "# Conformance to RFC 6455 and RFC 7692\n\nWritten by the test that runs these cases (`make report`); do not edit.\n\n"+
		"Each case is a conversation with an echo server, and has one right outcome; doc.go says how strict. Most cases run in several ways: "+
		"each exchange in one write, one byte per write, together with the handshake. "+
		"Unless the server closes, the client does so at the end, and the answer to that is part of the case.\n\n"+
		"| section | cases | runs |")
	for _, y := range tallies {
		fmt.Fprintf(&b, " passed: %s |", y.Name)
	}
	fmt.Fprint(&b, "\n|---|---:|---:|"+strings.Repeat("---:|", len(tallies))+"\n")
	all := newSum(tallies)
	for _, s := range Sections() {
		one := newSum(tallies)
		for _, g := range s.Groups {
			for _, c := range g.Cases {
				one.add(c)
				all.add(c)
			}
		}
		one.row(&b, fmt.Sprintf("[%d %s](#%s)", s.Number, s.Name, anchor(s)))
	}
	all.row(&b, "**all**")
	for _, s := range Sections() {
		fmt.Fprintf(&b, "\n## %d %s\n", s.Number, s.Name)
		for _, g := range s.Groups {
			fmt.Fprintf(&b, "\n### %s %s\n\n| case | what | sent | expected | runs | passed |\n|---|---|---|---|---:|---|\n", g.ID, g.Name)
			for _, c := range g.Cases {
				fmt.Fprintf(&b, "| %s | %s | %s | %s | %d | %s |\n", c.ID, cell(c.About), cell(c.sent()), cell(c.expected()), len(c.Ways()), c.verdicts(tallies))
			}
		}
	}
	return b.String()
}

// sum adds up cases.
type sum struct {
	tallies     []*Tally
	cases, runs int
	passed      []int // runs, per tally
}

func newSum(tallies []*Tally) *sum { return &sum{tallies: tallies, passed: make([]int, len(tallies))} }

func (s *sum) add(c Case) {
	s.cases++
	s.runs += len(c.Ways())
	for i, y := range s.tallies {
		s.passed[i] += y.Passed(c.ID)
	}
}

func (s *sum) row(b *strings.Builder, name string) {
	fmt.Fprintf(b, "| %s | %d | %d |", name, s.cases, s.runs)
	for _, n := range s.passed {
		fmt.Fprintf(b, " %d |", n)
	}
	b.WriteByte('\n')
}

// verdicts names the servers on which a case has passed in all of its ways.
func (c Case) verdicts(tallies []*Tally) string {
	var names []string
	for _, y := range tallies {
		if y.Passed(c.ID) == len(c.Ways()) {
			names = append(names, y.Name)
		}
	}
	return strings.Join(names, ", ")
}

func (c Case) sent() string {
	var parts []string
	if c.offer != "" {
		parts = append(parts, "offer "+c.offer)
	}
	for _, x := range c.talk {
		parts = append(parts, list(x.send))
	}
	return list(stringers(parts), " ⏎ ")
}

func (c Case) expected() string {
	var parts []string
	for _, x := range c.talk {
		if len(x.want) > 0 || len(c.talk) > 1 {
			parts = append(parts, list(x.want))
		}
	}
	if len(c.talk) == 1 && len(parts) == 0 {
		return "nothing"
	}
	return list(stringers(parts), " ⏎ ")
}

type stringer string

func (s stringer) String() string { return string(s) }

func stringers(all []string) []stringer {
	out := make([]stringer, len(all))
	for i, s := range all {
		out[i] = stringer(s)
	}
	return out
}

// list joins descriptions; equal neighbours become one with their number.
func list[T fmt.Stringer](all []T, separator ...string) string {
	between := ", "
	if separator != nil {
		between = separator[0]
	}
	var parts []string
	for i := 0; i < len(all); {
		s, n := all[i].String(), 1
		for i+n < len(all) && all[i+n].String() == s {
			n++
		}
		i += n
		if s == "" {
			s = "nothing"
		}
		if n > 1 {
			s = fmt.Sprintf("%d × (%s)", n, s)
		}
		parts = append(parts, s)
	}
	if len(parts) > 12 {
		parts = append(parts[:10:10], "…", parts[len(parts)-1])
	}
	return strings.Join(parts, between)
}

// cell makes a text safe in a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "`", "\\`", "_", `\_`).Replace(s)
}

// anchor is the name of a heading in a link.
func anchor(s Section) string {
	return strings.ReplaceAll(strings.ToLower(fmt.Sprintf("%d %s", s.Number, s.Name)), " ", "-")
}
