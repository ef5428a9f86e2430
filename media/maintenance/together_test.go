package maintenance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"musicdb/media/files"
	"musicdb/media/library"
)

// Of many clients who rename one album at once, one does; the others hear that it is
// not there any more, or that the name is taken.
func TestOneOfManyRenamesTheAlbum(t *testing.T) {
	for name, to := range map[string]func(i int) string{
		"to many names": func(i int) string { return fmt.Sprintf("Ann/20%02d - New", i) },
		"to one name":   func(int) string { return "Ann/2020 - New" },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			want := contents(h.tree())
			var renamed atomic.Int32
			var clients sync.WaitGroup
			for i := range 8 {
				clients.Go(func() {
					var change *files.ChangeError
					switch err := h.RenameAlbumDirectory(context.Background(), "Ann/2000 - One", to(i)); {
					case err == nil:
						renamed.Add(1)
					case !errors.As(err, &change):
						t.Error(err)
					}
				})
			}
			clients.Wait()
			if renamed.Load() != 1 || len(h.journal()) != 1 {
				t.Errorf("%d clients have renamed it, the journal has %+v", renamed.Load(), h.journal())
			}
			h.consistent()
			if !slices.Equal(want, contents(h.tree())) {
				t.Error("the files are not the same")
			}
		})
	}
}

// Clients who rename, move, remove and create the same things at once leave files and
// rows together, and everything that was done can be taken back in the order of the
// journal.
func TestManyClientsAtOnce(t *testing.T) {
	h := newHome(t)
	rows, tree := h.everyRow(), contents(h.tree())
	var clients sync.WaitGroup
	for client := range 4 {
		clients.Go(func() {
			artists, albums := []string{"Ann", "Bob", "Cid"}, []string{"2000 - One", "2001 - Two. v1.5", "2000 - Three"}
			for i := range 24 {
				one, other := artists[(client+i)%3], artists[(client+2*i+1)%3]
				album, another := albums[(client+i)%3], albums[(i/2)%3]
				_ = h.ChangeArtistDirectory(context.Background(), one+"/"+album, other) // many of them are refused
				_ = h.RenameAlbumDirectory(context.Background(), other+"/"+album, other+"/"+another)
				_ = h.RenameArtistDirectory(context.Background(), one, other)
				if i == 20 {
					_ = h.RemoveSong(context.Background(), int64(client+1))
				}
			}
		})
	}
	clients.Wait()
	h.consistent()
	entries := h.journal()
	if len(entries) < 10 {
		t.Fatalf("only %d changes were made", len(entries))
	}
	for _, entry := range entries {
		if err := h.takeBack(entry); err != nil {
			t.Fatalf("%s: %v", entry.Title, err)
		}
	}
	if h.everyRow() != rows || !slices.Equal(contents(h.tree()), tree) {
		t.Errorf("got\n%s\nwant\n%s", h.everyRow(), rows)
	}
}

// While directories are renamed, by functions and behind their back, a scan, a
// search and an import go on: they end without an error, what they deliver as one
// album is one, and nothing of the files is lost.
func TestScansWhileDirectoriesAreRenamed(t *testing.T) {
	h := newHome(t)
	want := contents(h.tree())
	checksums := map[string]bool{}
	for album, err := range h.music.Scan(t.Context(), files.ScanOptions{}) {
		var finding *files.Finding
		if err != nil && !errors.As(err, &finding) {
			t.Fatal(err)
		}
		for _, s := range album.Songs {
			checksums[s.Checksum] = true
		}
	}
	stop := make(chan struct{})
	var renaming sync.WaitGroup
	renaming.Go(func() {
		at := func(rel string) string { return filepath.Join(h.dir, "music", rel) }
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			for _, step := range [][2]string{{"Ann", "Dan"}, {"Dan", "Ann"}} {
				_ = h.RenameArtistDirectory(context.Background(), step[0], step[1]) // whoever comes second fails
				_ = os.Rename(at("Bob/2000 - Three"), at(fmt.Sprint("Bob/2000 - Three ", i)))
				_ = os.Rename(at(fmt.Sprint("Bob/2000 - Three ", i)), at("Bob/2000 - Three"))
			}
		}
	})
	seen := 0
	for range 25 {
		for album, err := range h.music.Scan(t.Context(), files.ScanOptions{}) {
			var finding *files.Finding
			if err != nil && !errors.As(err, &finding) {
				t.Error(err)
			}
			for _, s := range album.Songs {
				seen++
				if !checksums[s.Checksum] || s.AlbumPath != album.Path {
					t.Errorf("the scan delivered %+v of %q", s, album.Path)
				}
			}
		}
		if _, err := h.music.FindNew(t.Context(), files.FindOptions{}); err != nil {
			t.Error(err)
		}
		song, err := h.CreateSong(t.Context(), "Bob/2000 - Three/02 Not known.mp3")
		if err == nil {
			err = h.RemoveSong(t.Context(), song.ID)
		}
		var path *files.PathError
		if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.As(err, &path) {
			t.Error(err)
		}
	}
	close(stop)
	renaming.Wait()
	if seen == 0 || h.broken != nil {
		t.Errorf("%d songs were seen, broken is %v", seen, h.broken)
	}
	if !slices.Equal(want, contents(h.tree())) {
		t.Error("the files are not the same")
	}
	h.consistent()
}

// A directory that somebody renames on the disk while a function does the same: both
// may win, but no file is lost, no row is half changed, and the next change works.
func TestRenamedOnTheDiskAtTheSameMoment(t *testing.T) {
	h := newHome(t)
	want := contents(h.tree())
	at := func(rel string) string { return filepath.Join(h.dir, "music", rel) }
	for i := range 30 {
		var outside sync.WaitGroup
		outside.Go(func() { _ = os.Rename(at("Ann"), at("Elsewhere")) })
		err := h.RenameArtistDirectory(t.Context(), "Ann", "Änn")
		outside.Wait()
		name := "Ann"
		if err == nil {
			name = "Änn"
		}
		// The user puts it back to where the library says that it is.
		if _, missing := os.Lstat(at(name)); missing != nil {
			if err := os.Rename(at("Elsewhere"), at(name)); err != nil {
				t.Fatal(err)
			}
		}
		if h.broken != nil {
			t.Fatal("the change is not at its end")
		}
		h.consistent()
		if !slices.Equal(want, contents(h.tree())) {
			t.Fatal("the files are not the same")
		}
		if err == nil {
			if err := h.RenameArtistDirectory(t.Context(), "Änn", "Ann"); err != nil {
				t.Fatalf("round %d: %v", i, err)
			}
		} else if errors.Is(err, library.ErrExists) {
			t.Fatal(err)
		}
	}
}
