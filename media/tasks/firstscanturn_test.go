package tasks_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"musicdb/media/tasks"
)

// An album that is renamed between being read and being entered leaves no row whose path
// leads nowhere, and nobody waits for a turn that has no end.
func TestAnAlbumIsRenamedWhileTheLibraryIsFilled(t *testing.T) {
	h := newHouse(t)
	album := readReference(t).Albums[0].Path
	at := filepath.Join(h.dir, "music", album)
	turns, ends := 0, 0
	_, err := tasks.FirstScan(t.Context(), tasks.FirstScanOptions{
		Library: h.lib, Music: h.music,
		Turn: func(context.Context) (func(), error) {
			if turns++; turns == 1 {
				// The first album that enters has been read by now.
				entries, err := filepath.Glob(filepath.Join(h.dir, "music", "*", "*"))
				for _, name := range entries {
					if err == nil {
						err = os.Rename(name, name+" (aside)")
					}
				}
				if err != nil {
					return nil, err
				}
			}
			return func() { ends++ }, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(at); err == nil || turns == 0 || ends != turns {
		t.Errorf("%v, %d turns, %d ends", err, turns, ends)
	}
	for s := range h.lib.Catalogue().Songs() {
		if there, err := h.music.Exists(s.Path); err != nil || !there {
			t.Errorf("%q has a row and no file: %v", s.Path, err)
		}
	}
}
