package queue

import (
	"os"
	"slices"
	"testing"
	"time"
)

// What was queued while the clock was ahead gets old like everything else, once the
// clock is right.
func TestMemoryFromTheFutureGetsOld(t *testing.T) {
	h := newHouse(t, []int{6})
	h.fresh()
	const file = "\"SongID\",\"TimeStamp\"\r\n1,4000000000\r\n2,1699999000\r\n"
	must(t, os.WriteFile(h.path("songblacklist.csv"), []byte(file), 0o644))
	h.restart()
	h.settled() // the journal looks at the clock when it begins
	memory := func(after time.Duration) []int64 {
		h.clock.set(time.Unix(1_700_000_000, 0).Add(after))
		h.songs.Outlook()
		return ids(h.songs.randy.songs)
	}
	if got := memory(0); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("remembered are %v, want both songs", got)
	}
	age := time.Duration(h.songs.randy.settings.BlackLists.MaxAge) * time.Hour
	if got := memory(age - time.Second); !slices.Equal(got, []int64{1}) {
		t.Errorf("before its time remembered are %v, want song 1", got)
	}
	if got := memory(age + time.Second); len(got) != 0 {
		t.Errorf("behind its time remembered are %v", got)
	}
}
