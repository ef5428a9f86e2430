package queue

import (
	"os"
	"strings"
	"testing"
)

// FuzzPicks reads any file as explanations: what can be read can be told and written
// again, and the queue opens in any case.
func FuzzPicks(f *testing.F) {
	const head = "\"EntryID\",\"Pick\"\r\n"
	h := newHouse(f, []int{3})
	h.songs.Current()
	for _, seed := range []string{"", head, h.content(picksFile), h.content(picksFile)[:300], head + "\"1\",\"{}\"\r\n\"1\",\"null\"\r\n", head + "\"1\",\"[]\"\r\n",
		head + "1,{}\r\n", head + "\"x\",\"{}\"\r\n", head + strings.Repeat("\"7\",\"{\\\"relaxed\\\":\\\"albumheard\\\",\\\"seed\\\":3}\"\r\n", keptPicks+5)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		h.t = t
		defer func() { h.t = f }()
		h.fresh()
		must(t, os.WriteFile(h.path(picksFile), file, 0o644))
		h.restart()
		restored := h.songs.randy.picks.list
		if len(restored) > keptPicks {
			t.Fatalf("%d are remembered", len(restored))
		}
		for _, one := range restored {
			if _, found := h.songs.PickOf(one.entry); !found {
				t.Fatalf("%s cannot be told", one.text)
			}
		}
		h.songs.randy.picks.keep(newEntryID(), Pick{})
		n := len(h.songs.randy.picks.list)
		h.restart()
		if again := len(h.songs.randy.picks.list); again != n {
			t.Fatalf("%d were remembered, then %d", n, again)
		}
	})
}
