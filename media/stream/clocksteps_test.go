package stream

import (
	"database/sql"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"musicdb/media/queue"
)

// A wall clock that jumps by years, back and forth, between two looks at it is not heard:
// the songs follow each other as ever, and each is counted once.
func TestClockStepsAreNotHeard(t *testing.T) {
	s := newStation(t,
		track{name: "A", hz: 441, length: 2 * time.Second}, track{name: "B", hz: 882, length: 2 * time.Second},
		track{name: "C", hz: 1764, length: 2 * time.Second}, track{name: "D", hz: 661.5, length: 60 * time.Second},
	)
	s.enqueue(1, 2, 3, 4)
	tracker := queue.NewTracker(queue.SongHistory(s.library), 30*time.Minute, false, false)
	var looks atomic.Int64
	s.start(StartPlay, func(o *Options) {
		o.Tracker = tracker
		o.Now = func() time.Time {
			years := []int{2026, 1970, 2100, 2001}
			return time.Date(years[looks.Add(1)%4], 1, 1, 0, 0, 0, 0, time.UTC)
		}
	})
	heard := s.listen()
	s.until("D", func(now State) bool { return now.Entry.SongID == 4 && now.Seconds > 0 })
	got := decode(t, heard())
	about(t, spell(got.score(441, 882, 1764, 661.5)),
		note{0, 0}, note{441, 2 * time.Second}, note{882, 2 * time.Second}, note{1764, 2 * time.Second}, note{661.5, 0})
	s.end()
	must(t, tracker.Close(t.Context()))

	db, err := sql.Open("sqlite3", filepath.Join(s.dir, "data", "tracker.db"))
	must(t, err)
	defer db.Close()
	var songs, plays int
	must(t, db.QueryRow("SELECT count(DISTINCT songid), count(*) FROM playedsongs").Scan(&songs, &plays))
	if songs != 3 || plays != 3 {
		t.Errorf("%d plays of %d songs were counted, want 3 of 3", plays, songs)
	}
	if looks.Load() < 4 {
		t.Errorf("the clock was looked at %d times", looks.Load())
	}
}
