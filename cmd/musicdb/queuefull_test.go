package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A full queue takes no more from a client: the answer comes, the log says why, and the
// queue stays as it is.
func TestAFullQueueTakesNoMore(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	c := start(t, environment(data, "MUSICDB_STREAM_START=paused", "MUSICDB_QUEUE_MAXENTRIES=3"), "serve").waitReady()
	to := c.dial(data)
	for artists := ""; !strings.Contains(artists, `"id":3`); {
		artists = to.ask("GetArtists", nil)
	}
	for strings.Count(to.ask("GetSongQueue", nil), "entryid") < 3 {
		to.ask("AddSongToQueue", map[string]any{"songid": 1, "position": "last"})
	}
	ids := func() []string {
		return regexp.MustCompile(`"entryid":"\d+"`).FindAllString(to.ask("GetSongQueue", nil), -1)
	}
	before := ids()
	to.ask("AddSongToQueue", map[string]any{"songid": 2, "position": "last"})
	c.waitLog("the queue is full: it would have 4 entries and may have 3")
	if after := ids(); len(before) != 3 || !slices.Equal(after, before) {
		t.Errorf("before %q\nafter  %q", before, after)
	}
}
