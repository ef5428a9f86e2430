package server_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"musicdb/server/wire"
)

// The last broadcast that everybody hears tells what is stored, even if several
// clients change the same song at the same time: no older state comes behind a newer.
func TestBroadcastsNeverGoBack(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	listener := d.dial()
	fence(t, listener)
	const clients, changes = 5, 30
	var changing sync.WaitGroup
	for range clients {
		c := d.dial()
		changing.Go(func() {
			for range changes {
				if err := c.Send(wire.Request{Method: wire.Call, Function: "UpdateSongStatistic", Arguments: json.RawMessage(valid["UpdateSongStatistic"])}); err != nil {
					t.Error(err)
					return
				}
			}
			fence(t, c)
		})
	}
	changing.Wait()
	var told []int64
	for _, p := range fence(t, listener) {
		var info struct{ Song struct{ Likes int64 } }
		if p.Function != "GetSong" {
			continue
		}
		if err := json.Unmarshal(p.Arguments, &info); err != nil {
			t.Fatal(err)
		}
		if n := len(told); n > 0 && info.Song.Likes < told[n-1] {
			t.Errorf("after %d likes everybody is told of %d", told[n-1], info.Song.Likes)
		}
		told = append(told, info.Song.Likes)
	}
	if len(told) != clients*changes {
		t.Error(fmt.Sprint(len(told), " broadcasts"))
	}
}
