package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"musicdb/media/doctor"
)

// verdictPrinter prints verdicts as they come, for people or for programs.
type verdictPrinter struct {
	out  io.Writer
	json bool
	last string // path of the last verdict
	err  error  // of the first print that failed
}

func newVerdictPrinter(out io.Writer, asJSON bool) *verdictPrinter {
	return &verdictPrinter{out: out, json: asJSON}
}

func (p *verdictPrinter) print(format string, values ...any) {
	if _, err := fmt.Fprintf(p.out, format, values...); err != nil && p.err == nil {
		p.err = err
	}
}

func (p *verdictPrinter) line(value any) {
	text, err := json.Marshal(value)
	if err != nil && p.err == nil {
		p.err = err
	}
	p.print("%s\n", text)
}

// verdict prints one. Verdicts about one thing that follow each other stand below one
// line with its name.
func (p *verdictPrinter) verdict(v doctor.Verdict) {
	if p.json {
		p.line(v)
		return
	}
	if v.Path != p.last {
		p.print("%s\n", printable(v.Path))
		p.last = v.Path
	}
	p.print("    %s", v.Illness.Is())
	if v.Certainty != doctor.Certain {
		p.print(" (%s)", v.Certainty)
	}
	if v.Reason != "" {
		p.print(": %s", printable(v.Reason))
	}
	p.print("\n")
	for _, path := range v.Related {
		p.print("        %s\n", printable(path))
	}
	p.print("      → %s\n", printable(v.Remedy))
}

// status prints the end.
func (p *verdictPrinter) status(s doctor.Status) {
	if p.json {
		p.line(map[string]doctor.Status{"status": s})
		return
	}
	took := s.Ended.Sub(s.Began).Round(100 * time.Millisecond)
	p.print("\n%s and %s examined in %v", plural(s.Albums, "album"), plural(s.Files, "file"), took)
	if s.Thorough {
		p.print(", %d of them heard (%.0f minutes)", s.Listened.Songs, s.Listened.Seconds/60)
	}
	if s.Verdicts == 0 {
		p.print(": nothing found\n")
		return
	}
	var counts []string
	for illness, n := range s.Counts {
		counts = append(counts, fmt.Sprintf("%d %s", n, illness))
	}
	slices.SortFunc(counts, func(a, b string) int {
		_, nameA, _ := strings.Cut(a, " ")
		_, nameB, _ := strings.Cut(b, " ")
		return strings.Compare(nameA, nameB)
	})
	p.print(": %d found (%s)\n", s.Verdicts, strings.Join(counts, ", "))
	if s.Kept < s.Verdicts && s.Kept == doctor.MaxKept {
		p.print("a server keeps only %d verdicts: examine artist by artist for the others\n", s.Kept)
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// printable takes out of a name what would move a terminal's cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
