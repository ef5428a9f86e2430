package state

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Numbers out of range count as the nearest ones that make sense, whoever has written
// them, and the log says so once.
func TestNumbersOfTheRandomSelectionOutOfRange(t *testing.T) {
	dir := t.TempDir()
	var log bytes.Buffer
	s, err := Open(Options{DataDir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))})
	must(t, err)
	file := filepath.Join(dir, "config", "randy.ini")
	must(t, os.WriteFile(file, []byte("[meta]\nversion = 1\n[Constraints]\nMinSongLength = -7\nMaxSongLength = 99999999999\n"+
		"[BlackLists]\nSongListLength = 1000000000\nAlbumListLength = -3\nMaxAge = -1\n[Limits]\nMaxTries = -10\n"), 0o644))
	var r Randy
	for range 3 {
		r, err = s.Randy()
		must(t, err)
	}
	c, b := r.Constraints, r.BlackLists
	if c.MinSongLength != -1 || c.MaxSongLength != mostSeconds || b.SongListLength != mostRemembered || b.AlbumListLength != 0 ||
		b.ArtistListLength != 1 || b.MaxAge != 0 || r.Limits.MaxTries != 0 {
		t.Errorf("read %+v", r)
	}
	if n := strings.Count(log.String(), "out of range"); n != 6 || !strings.Contains(log.String(), "SongListLength is 1000000000: it must be 0 to 10000, and counts as 10000") {
		t.Errorf("%d lines in the log:\n%s", n, &log)
	}
	r.BlackLists.VideoListLength = 1 << 40
	must(t, s.SaveRandy(r))
	if got := content(t, file); !strings.Contains(got, "VideoListLength = 10000\n") {
		t.Errorf("saved %q", got)
	}
	log.Reset()
	again, err := s.Randy()
	must(t, err)
	if again.BlackLists.VideoListLength != mostRemembered || log.Len() > 0 {
		t.Errorf("read %+v\n%s", again, &log)
	}
}
