package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"musicdb/conn/bench/load"
)

// report is the page that is read: targets first, then each mode.
func (h *house) report(all results) string {
	var b strings.Builder
	b.WriteString("# Figures of the connection engine\n\n")
	b.WriteString("Written by `make bench`; [README.md](README.md) says what was done and how to read it.\n\n")
	if h.quick {
		b.WriteString("**A quick run: it shows that everything works. The figures mean nothing.**\n\n")
	}
	b.WriteString(h.circumstances())
	if section := verdicts(all); section != "" {
		b.WriteString("\n## Targets\n\n")
		b.WriteString("Best is the best other engine in Go, floor the system calls alone; the limit is what follows from both.\n\n")
		b.WriteString(section)
	}
	for _, c := range all {
		fmt.Fprintf(&b, "\n## %s\n\n`%s`: %s.\n\n", strings.ToUpper(c.mode.title[:1])+c.mode.title[1:], c.mode.name, c.mode.describe())
		if c.mode.work.Kind == load.Idle {
			c.memory(&b)
		} else {
			c.work(&b)
		}
		c.missing(&b)
	}
	return b.String()
}

func (h *house) circumstances() string {
	m := thisMachine()
	rows := []string{
		"date | " + h.started.UTC().Format("2006-01-02 15:04 UTC") + fmt.Sprintf(", %v for everything", time.Since(h.started).Round(time.Second)),
		"machine | " + m.processor + fmt.Sprintf(", %d processors, load %s at the start", m.processors, h.load),
		"system | " + m.kernel + fmt.Sprintf(", %d descriptors for each process", descriptors()),
		"built with | " + m.toolchain,
		"revision | " + m.revision,
		"runs | " + fmt.Sprintf("%d, interleaved; the smallest value counts", h.runs),
	}
	for _, p := range h.peers {
		about := p.About
		if version := m.versions[p.Module]; version != "" {
			about += "; " + p.Module + " " + version
		}
		rows = append(rows, p.Name+" | "+about)
	}
	return "| | |\n|---|---|\n| " + strings.Join(rows, " |\n| ") + " |\n"
}

func verdicts(all results) string {
	var b strings.Builder
	for _, t := range targets {
		v, judged := t.judge(all)
		if !judged {
			continue
		}
		best, floor := "", ""
		if !math.IsNaN(v.best) {
			best = fmt.Sprintf("%s (%s), %s×", figure(v.best), v.bestName, ratio(v.ours/v.best))
		}
		if !math.IsNaN(v.floor) {
			floor = fmt.Sprintf("%s, %s×", figure(v.floor), ratio(v.ours/v.floor))
		}
		reached := "yes"
		if !v.reached {
			reached = "**no**"
		}
		fmt.Fprintf(&b, "| %s, %s | %s | %s | %s | %s | %s | %s |\n", v.what, v.unit, v.rule(), figure(v.ours), best, floor, figure(v.limit), reached)
	}
	if b.Len() == 0 {
		return ""
	}
	return "| what | target | musicdb | best | floor | limit | reached |\n|---|---|---:|---|---|---:|---|\n" + b.String()
}

// work is the table of a mode whose figure is processor time.
func (c chapter) work(b *strings.Builder) {
	best, floor := c.references(cpu)
	fmt.Fprintf(b, "| | µs/%s | × best | × floor | spread | outside the kernel | allocations | context switches | per second | p50 µs | p99 µs |\n", c.mode.unit)
	b.WriteString("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, e := range c.entries {
		r := e.best(cpu)
		if r == nil {
			continue
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %.0f %% | %.3g | %.3g | %.0f | %.0f | %.0f |\n",
			e.peer.Name, figure(r.CPU), ratio(r.CPU/best), ratio(r.CPU/floor), ratio(e.largest(cpu)/r.CPU),
			100*r.User, r.Allocs, r.Switches, r.Rate, r.P50, r.P99)
	}
}

// memory is the table of a mode whose figure is memory.
func (c chapter) memory(b *strings.Builder) {
	best, floor := c.references(collected)
	b.WriteString("| | B/connection | × best | × floor | fresh | after a message | heap and stacks | allocations | ms/s while idle |\n")
	b.WriteString("|---|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, e := range c.entries {
		r := e.best(collected)
		if r == nil {
			continue
		}
		fmt.Fprintf(b, "| %s | %.0f | %s | %s | %.0f | %.0f | %.0f | %.3g | %.2f |\n",
			e.peer.Name, r.Collected, ratio(r.Collected/best), ratio(r.Collected/floor),
			r.Fresh, r.Touched, r.InUse, r.Allocs, r.IdleCPU)
	}
}

// missing says who is not in the table and why.
func (c chapter) missing(b *strings.Builder) {
	for _, e := range c.entries {
		switch {
		case e.err != nil:
			fmt.Fprintf(b, "\n%s failed: %v\n", e.peer.Name, e.err)
		case len(e.disturbed) > 0:
			worth := "They do not count."
			if len(e.runs) > 0 && !c.mode.keptUp(e.runs[0]) {
				worth = "There is no better one; the figure is too good, because messages that wait together are handled together."
			}
			fmt.Fprintf(b, "\n%s could not keep the rate in %d runs. %s\n", e.peer.Name, len(e.disturbed), worth)
		}
	}
}

// references are the best other engine and the floor, NaN where there is none.
func (c chapter) references(value func(load.Result) float64) (best, floor float64) {
	best, floor = math.NaN(), math.NaN()
	for _, e := range c.entries {
		x := e.smallest(value)
		switch {
		case e.peer.Floor:
			floor = x
		case !e.peer.Ours && !e.peer.Variant && !math.IsNaN(x) && !(x >= best):
			best = x
		}
	}
	return best, floor
}

// best is the run with the smallest value, nil if there is none.
func (e *entry) best(value func(load.Result) float64) *load.Result {
	var least *load.Result
	for i := range e.runs {
		if least == nil || value(e.runs[i]) < value(*least) {
			least = &e.runs[i]
		}
	}
	return least
}

func (e *entry) largest(value func(load.Result) float64) float64 {
	most := math.Inf(-1)
	for _, r := range e.runs {
		most = max(most, value(r))
	}
	return most
}

func figure(x float64) string {
	if math.Abs(x) >= 100 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

func ratio(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return fmt.Sprintf("%.2f", x)
}
