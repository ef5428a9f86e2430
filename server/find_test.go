package server_test

import (
	"testing"

	"musicdb/media/search"
	"musicdb/server"
	"musicdb/server/wire"
)

// A search cache that cannot be built costs the search and nothing else.
func TestWithoutSearchTheRestWorks(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{change: func(o *server.Options) { o.Search = new(search.Engine) }}) // one that panics
	c := d.dial()
	if got := reply(t, c, "Find", `{"searchstring":"a","limit":1}`); got != "" {
		t.Errorf("Find is answered with %.200s", got)
	}
	if got := replies(t, c, wire.Ask, "GetArtists", "null"); len(got) != 1 {
		t.Errorf("GetArtists is answered with %d packets", len(got))
	}
}
