package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// Whatever fails, one thing at a time and at any moment: the songs are heard in the
// order of the queue, each to its end, without a silence that anybody would notice
// where nothing fails that has to do with the sound; none is counted twice or not at
// all, and no entry of the queue is lost or doubled.
//
// All parts are real: the daemon and its children, an Icecast, the network. What is
// judged is the sound that a listener of /stream has recorded.
func TestChaos(t *testing.T) {
	if !*soak {
		t.Parallel()
	}
	s := newShow(t)
	ear := s.record()
	s.ask("play")
	s.untilChange()
	var struck []strike
	for _, f := range s.schedule() {
		s.icecast.Revive()
		s.fill()
		s.pause(s.upTo(songLength))
		t.Logf("%s: %s", clock(time.Now()), f.name)
		one := strike{fault: f, from: time.Now()}
		f.strike(s)
		one.to = time.Now()
		s.queue()
		s.untilChange() // the song in which it happened is over, and the next one is played
		s.queue()
		struck = append(struck, one)
		// The next failure is another one: what this one has caused is over.
		s.pause(time.Until(one.to.Add(aftermathTime)))
	}
	s.untilChange()
	recorded := ear.end()
	s.still()
	s.queue()
	s.note()
	if code := s.finish(); code != 0 {
		t.Errorf("the server ended with %d:\n%s", code, s.server().text())
	}
	over := s.judge(recorded, struck)
	s.judgePlays()
	text := over.table()
	if *soak {
		text += "\n" + s.taken()
	}
	report(t, "chaos", text)
}

// strike is a fault that has happened.
type strike struct {
	fault
	from, to time.Time

	heard       time.Duration // longest silence
	lost, again time.Duration // of the song
	away        time.Duration // no sound at all, because the server was dead
}

// outcome is what became of the sound.
type outcome struct {
	strikes []strike
	songs   int
	joint   time.Duration // longest silence at a change of songs without a failure
}

// judgePlays compares what was counted with what was played.
func (s *show) judgePlays() {
	s.t.Helper()
	var want []int64
	for _, entry := range s.expected[:s.played] {
		var id int64
		if _, err := fmt.Sscanf(entry[strings.Index(entry, ":")+1:], "%d", &id); err != nil {
			s.t.Fatal(err)
		}
		want = append(want, id)
	}
	if got := s.counted(); !slices.Equal(got, want) {
		at := 0
		for at < min(len(got), len(want)) && got[at] == want[at] {
			at++
		}
		s.t.Errorf("%d plays were counted, %d songs were played; they part at number %d: %v, want %v", len(got), len(want), at, got[at:min(len(got), at+5)], want[at:min(len(want), at+5)])
	}
}

// table is the report on the faults: per kind how often, and the worst.
func (o outcome) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, `%d songs of %v were played while faults were injected, one at a time, at random moments. Judged is what a listener of
/stream has recorded. silence: the longest that a fault has caused while the connection lasted. lost, twice: of the song in
which it happened. away: the longest that a dead server was not heard, its start included.

%-42s %5s %11s %8s %9s %7s
`, o.songs, songLength, "fault", "times", "silence ms", "lost ms", "twice ms", "away ms")
	names := map[string]int{}
	for _, one := range o.strikes {
		names[one.name]++
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		var worst strike
		for _, one := range o.strikes {
			if one.name == name {
				worst.heard, worst.lost = max(worst.heard, one.heard), max(worst.lost, one.lost)
				worst.again, worst.away = max(worst.again, one.again), max(worst.away, one.away)
			}
		}
		fmt.Fprintf(&b, "%-42s %5d %11d %8d %9d %7d\n", name, names[name], worst.heard.Milliseconds(), worst.lost.Milliseconds(), worst.again.Milliseconds(), worst.away.Milliseconds())
	}
	fmt.Fprintf(&b, "\nchanges of songs without a failure  at most %d ms of silence\nplays counted twice or not          0\nqueue entries lost or doubled       0\n", o.joint.Milliseconds())
	return b.String()
}

// taken lists the machines of the stream's way with the edges that were taken.
func (s *show) taken() string {
	var b strings.Builder
	b.WriteString("The edges of the machines, and how often they were taken:\n")
	for _, m := range s.all {
		count := 0
		var lines strings.Builder
		for _, e := range m.Edges {
			n := s.edges[edge{m.Name, e.From, e.On, e.To}]
			if n > 0 {
				count++
			}
			fmt.Fprintf(&lines, "  %8d  %s --%s--> %s\n", n, e.From, e.On, e.To)
		}
		if count > 0 {
			fmt.Fprintf(&b, "\n%s: %d of %d edges\n%s", m.Name, count, len(m.Edges), lines.String())
		}
	}
	return b.String()
}
