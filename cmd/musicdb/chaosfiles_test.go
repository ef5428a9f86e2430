package main

import (
	"os"
	"path/filepath"
	"time"
)

// What happens to the file of a song while it plays is not heard: it was decoded ahead.
// A music directory that is away for a moment holds the show up, and costs no song.
var fileFaults = []fault{
	{name: "the music directory is unmounted", silence: bearable, lost: underway, again: underway, times: 20, strike: func(s *show) {
		mounted, away := filepath.Join(s.music, "Artist"), filepath.Join(s.data, "unmounted")
		s.rename(mounted, away)
		s.pause(s.upTo(500 * time.Millisecond))
		s.rename(away, mounted)
	}},
	{name: "the file that plays is deleted", silence: unheard, times: 10, strike: func(s *show) {
		s.withFile(func(path string) {
			if err := os.Remove(path); err != nil {
				s.t.Fatal(err)
			}
		})
	}},
	{name: "the file that plays is truncated", silence: unheard, times: 10, strike: func(s *show) {
		s.withFile(func(path string) {
			if err := os.Truncate(path, s.random.Int64N(1000)); err != nil {
				s.t.Fatal(err)
			}
		})
	}},
	{name: "the file that plays is replaced", silence: unheard, times: 10, strike: func(s *show) {
		s.withFile(func(path string) {
			other := filepath.Join(s.data, "other")
			if err := os.WriteFile(other, []byte("this is no music"), 0o600); err != nil {
				s.t.Fatal(err)
			}
			s.rename(other, path)
		})
	}},
}

// withFile does something to the file of the song that plays, and puts it right before it
// is played again.
func (s *show) withFile(do func(path string)) {
	s.t.Helper()
	var state struct {
		Song struct {
			Path string `json:"path"`
		} `json:"song"`
	}
	request(s.t.Context(), s.t, s.user, "GetAudioStreamState", nil, &state)
	path := filepath.Join(s.music, state.Song.Path)
	content, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	do(path)
	s.pause(s.upTo(time.Second))
	if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // as others of the directory
		s.t.Fatal(err)
	}
}

func (s *show) rename(from, to string) {
	s.t.Helper()
	if err := os.Rename(from, to); err != nil {
		s.t.Fatal(err)
	}
}
