package library_test

import (
	"reflect"
	"testing"
	"time"

	"musicdb/media/library"
)

// A change noted while the clock was wrong does not keep those around it for ever, and a
// clock that is wrong now removes nothing.
func TestHistoryIsTrimmedWhereTheClockWasWrong(t *testing.T) {
	day := func(n int) time.Time { return time.Unix(1_700_000_000, 0).AddDate(0, 0, n) }
	for name, c := range map[string]struct {
		days []int // of the changes 1, 2, 3 …
		now  int
		left []int64
	}{
		"a right clock":                      {[]int{0, 1, 20, 21}, 40, []int64{3, 4}},
		"a change of the future among old":   {[]int{0, 9000, 1, 20}, 40, []int64{4}},
		"a change of the future among young": {[]int{0, 20, 9000, 21}, 40, []int64{2, 3, 4}},
		"a change of the future at the end":  {[]int{0, 1, 9000}, 40, []int64{3}},
		"a clock far behind":                 {[]int{0, 1, 20, -9000}, -9000, []int64{1, 2, 3, 4}},
		"a clock that was far behind":        {[]int{20, -9000, 21}, 40, []int64{1, 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t, t.TempDir())
			var changes []library.QueueChange
			for i, d := range c.days {
				changes = append(changes, library.QueueChange{ID: int64(i + 1), At: day(d), Queue: library.SongQueue})
			}
			if err := l.SaveQueueChanges(t.Context(), changes, library.QueueCheckpoint{Queue: library.SongQueue, Change: 99}); err != nil {
				t.Fatal(err)
			}
			if err := l.TrimQueueChanges(t.Context(), day(c.now-30), day(c.now), 1000); err != nil {
				t.Fatal(err)
			}
			after, err := l.QueueChangesAfter(t.Context(), library.SongQueue, 0)
			if err != nil {
				t.Fatal(err)
			}
			var left []int64
			for _, change := range after {
				left = append(left, change.ID)
			}
			if !reflect.DeepEqual(left, c.left) {
				t.Errorf("left are the changes %v, want %v", left, c.left)
			}
		})
	}
}
