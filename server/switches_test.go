package server_test

import (
	"errors"
	"strings"
	"testing"

	"musicdb/server"
)

// What is switched off changes nothing and is answered all the same (MusicDB
// protocol, section 11).
func TestFeaturesThatAreSwitchedOff(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{change: func(o *server.Options) {
		o.NoStatistics, o.NoTagging, o.NoTracker = true, true, true
	}})
	c := d.dial()
	if err := errors.Join(d.library.AddSongRelation(t.Context(), 1, 2), d.library.AddVideoRelation(t.Context(), 1, 2)); err != nil {
		t.Fatal(err)
	}
	before := d.library.Catalogue().Generation()
	for _, function := range []string{"UpdateSongStatistic", "SetAlbumTag", "RemoveAlbumTag", "SetSongTag", "RemoveSongTag",
		"AddGenre", "AddSubgenre", "AddMoodFlag", "ModifyTag", "UpdateVideoStatistic", "SetVideoTag", "RemoveVideoTag"} {
		if reply(t, c, function, valid[function]) == "" {
			t.Errorf("%s is not answered", function)
		}
	}
	if got := reply(t, c, "DeleteTag", `{"tagid":1}`); !strings.Contains(got, `"Other"`) {
		t.Errorf("DeleteTag is answered with %s", got)
	}
	if got := reply(t, c, "CutSongRelationship", `{"songid":1,"relatedsongid":2}`); !strings.Contains(got, `"weight":1`) {
		t.Errorf("the relation was cut: %s", got)
	}
	if got := reply(t, c, "CutVideoRelationship", `{"videoid":1,"relatedvideoid":2}`); !strings.Contains(got, `"weight":1`) {
		t.Errorf("the relation of videos was cut: %s", got)
	}
	if d.library.Catalogue().Generation() != before {
		t.Error("the library has changed")
	}
}
