package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // the tables are looked at as MusicDB 8 would
)

// heardSong is one song of the queue as it was heard, in one or more pieces.
type heardSong struct {
	tone         int
	sounded      time.Duration
	struck       int // index of the fault in it; -1 without
	began, ended time.Time
}

// aftermathTime is how long behind the end of a fault its effects may be heard.
const aftermathTime = 3 * time.Second

// judge compares what was recorded with what must have been heard.
func (s *show) judge(recorded []*segment, struck []strike) (o outcome) {
	s.t.Helper()
	o.strikes = struck
	var songs []heardSong
	var lastByte time.Time
	for number, g := range recorded {
		notes := g.spell(s.t)
		// What comes before the first and behind the last tone belongs to no song.
		first := slices.IndexFunc(notes, func(n note) bool { return n.tone != silent })
		if first < 0 {
			continue
		}
		at := func(p time.Duration) int { return faultAt(struck, g.arrival(p)) }
		if i := at(notes[first].from); number > 0 && i >= 0 && !lastByte.IsZero() {
			struck[i].away = max(struck[i].away, g.arrival(notes[first].from).Sub(lastByte))
		}
		for i, n := range notes[first:] {
			fault := graver(struck, at(n.from), at(n.to))
			if first+i == len(notes)-1 && number < len(recorded)-1 {
				fault = graver(struck, fault, faultAt(struck, g.end())) // what is cut off by the end of a connection
			}
			switch {
			case n.tone == silent && first+i == len(notes)-1:
			case n.tone == silent && fault >= 0:
				struck[fault].heard = max(struck[fault].heard, n.length())
			case n.tone == silent:
				o.joint = max(o.joint, n.length())
				if n.length() > s.noticed() {
					s.t.Errorf("%v of silence at %v of connection %d, where nothing had failed", n.length(), n.from, number)
				}
			case len(songs) > 0 && songs[len(songs)-1].tone == n.tone:
				last := &songs[len(songs)-1]
				last.sounded, last.ended = last.sounded+n.length(), g.arrival(n.to)
				last.struck = graver(struck, last.struck, fault)
			default:
				songs = append(songs, heardSong{n.tone, n.length(), fault, g.arrival(n.from), g.arrival(n.to)})
			}
		}
		lastByte = g.end()
	}
	s.judgeSongs(songs, struck, &o)
	for _, one := range struck {
		if one.heard > max(one.silence, s.noticed()) || one.lost > one.fault.lost+tolerance || one.again > one.fault.again+tolerance {
			s.t.Errorf("%s, from %s to %s: %v of silence, %v of the song lost, %v heard twice; allowed are %v, %v, %v\nheard were %s\nthe server said\n%s", one.name, clock(one.from), clock(one.to),
				one.heard, one.lost, one.again, one.silence, one.fault.lost, one.fault.again, tell(around(songs, one)), s.saidAround(one))
		}
	}
	return o
}

// tolerance is what the measured length of a song is wrong by.
const tolerance = 60 * time.Millisecond

// noticed is the silence that is noticed. In the short version other tests have most of
// the processors, and a child that is started may have to wait for one.
func (s *show) noticed() time.Duration {
	if *soak {
		return unheard
	}
	return bearable * 3 / 2
}

// judgeSongs compares the songs heard with the queue: all, in order, whole.
func (s *show) judgeSongs(songs []heardSong, struck []strike, o *outcome) {
	s.t.Helper()
	o.songs = len(songs)
	for i, one := range songs {
		if one.tone != i%tones {
			s.t.Fatalf("song %d that was heard is %d, want %d: %s", i, one.tone, i%tones, tell(songs))
		}
		if i == len(songs)-1 {
			break // cut off by the end of the recording
		}
		missing := songLength - one.sounded
		switch {
		case one.struck >= 0:
			hit := &struck[one.struck]
			hit.lost, hit.again = max(hit.lost, missing), max(hit.again, -missing)
		case missing.Abs() > tolerance:
			when := strike{from: one.began, to: one.ended}
			s.t.Errorf("song %d, in which nothing has failed, was heard for %v, want %v\nheard were %s\nthe server said\n%s", i, one.sounded, songLength, tell(around(songs, when)), s.saidAround(when))
		}
	}
	if len(songs) < s.played {
		s.t.Errorf("%d songs were heard, %d were played", len(songs), s.played)
	}
}

func tell(songs []heardSong) (text string) {
	for _, one := range songs {
		text += fmt.Sprintf("%d (%v, %s to %s) ", one.tone, one.sounded, clock(one.began), clock(one.ended))
	}
	return text
}

func clock(t time.Time) string { return t.Format("15:04:05.000") }

// near is whether a moment may have to do with a fault.
func (f strike) near(t time.Time) bool {
	return t.After(f.from.Add(-2*aftermathTime)) && t.Before(f.to.Add(2*aftermathTime))
}

func around(songs []heardSong, fault strike) []heardSong {
	return slices.DeleteFunc(slices.Clone(songs), func(one heardSong) bool { return !fault.near(one.began) && !fault.near(one.ended) })
}

// saidAround is what the logs say of the time of a fault.
func (s *show) saidAround(fault strike) (text string) {
	for _, one := range s.servers {
		for line := range strings.Lines(one.text()) {
			stamp, _, _ := strings.Cut(strings.TrimPrefix(line, "time="), " ")
			if at, err := time.Parse(time.RFC3339Nano, stamp); err == nil && fault.near(at) {
				text += line
			}
		}
	}
	return text
}

// faultAt is the fault whose effects may be heard in a moment, -1 without.
func faultAt(struck []strike, when time.Time) (fault int) {
	fault = -1
	for i, one := range struck {
		// What is heard now was made up to a moment before it came.
		if when.After(one.from.Add(-200*time.Millisecond)) && when.Before(one.to.Add(aftermathTime)) {
			fault = graver(struck, fault, i)
		}
	}
	return fault
}

// graver is, of two faults whose effects meet, the one that may cause more.
func graver(struck []strike, a, b int) int {
	may := func(i int) time.Duration { return struck[i].silence + struck[i].fault.lost + struck[i].fault.again }
	if a < 0 || b >= 0 && may(b) > may(a) {
		return b
	}
	return a
}

// arrival is when a place of the segment came.
func (g *segment) arrival(place time.Duration) time.Time {
	n := int(place * bytesPerSecond / time.Second)
	for _, m := range g.marks {
		if m.bytes > n {
			return m.at
		}
	}
	return g.end()
}

// end is when the connection has ended.
func (g *segment) end() time.Time { return g.marks[len(g.marks)-1].at }

// finish ends the server in good order.
func (s *show) finish() int {
	s.t.Helper()
	if err := s.server().cmd.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatal(err)
	}
	return s.server().end()
}

// counted are the plays in the tracker's database, oldest first.
func (s *show) counted() (ids []int64) {
	s.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.data, "tracker.db")+"?mode=ro")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(s.t.Context(), "SELECT songid FROM playedsongs ORDER BY id")
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			s.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return ids
}
