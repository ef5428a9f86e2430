package watch

import (
	"slices"
	"strings"
	"testing"

	"musicdb/media/library"
)

// Whatever is renamed or moved outside, the rows follow and stay the same rows: ids,
// ratings, lyrics, albums. Nothing is offered, and nothing is lost.
func TestRowsFollowWhatIsMoved(t *testing.T) {
	for name, change := range map[string]struct {
		do   func(*room)
		want func(path string) string
	}{
		"a song": {
			func(r *room) { r.rename("Anna/2001 - One/01 Song 0.mp3", "Anna/2001 - One/07 Nought.mp3") },
			swap("Anna/2001 - One/01 Song 0.mp3", "Anna/2001 - One/07 Nought.mp3"),
		},
		"a song to another album": {
			func(r *room) { r.rename("Anna/2001 - One/01 Song 0.mp3", "Berta/2002 - Two/09 Song 0.mp3") },
			swap("Anna/2001 - One/01 Song 0.mp3", "Berta/2002 - Two/09 Song 0.mp3"),
		},
		"a song to a new album": {
			func(r *room) { r.rename("Anna/2001 - One/01 Song 0.mp3", "Clara/2003 - New/01 Song 0.mp3") },
			swap("Anna/2001 - One/01 Song 0.mp3", "Clara/2003 - New/01 Song 0.mp3"),
		},
		"an album": {
			func(r *room) { r.rename("Anna/2001 - One", "Anna/2003 - Ünique") },
			swap("Anna/2001 - One/", "Anna/2003 - Ünique/"),
		},
		"only the case": {
			func(r *room) { r.rename("Anna/2001 - One", "Anna/2001 - ONE") },
			swap("Anna/2001 - One/", "Anna/2001 - ONE/"),
		},
		"an album to another artist": {
			func(r *room) { r.rename("Anna/2001 - One", "Berta/2005 - One") },
			swap("Anna/2001 - One/", "Berta/2005 - One/"),
		},
		"an artist": {
			func(r *room) { r.rename("Anna", "Änna") },
			swap("Anna/", "Änna/"),
		},
		"an artist and an album": {
			func(r *room) { r.rename("Anna", "Johanna"); r.rename("Johanna/2001 - One", "Johanna/2009 - Once") },
			func(p string) string {
				return swap("Anna/", "Johanna/")(swap("Anna/2001 - One/", "Johanna/2009 - Once/")(p))
			},
		},
		"copied and removed": {
			func(r *room) {
				r.write("Anna/2007 - Copy/01 A.mp3", song(t, 0))
				r.write("Anna/2007 - Copy/02 B.mp3", song(t, 1))
				r.write("Anna/2007 - Copy/03 C.mp3", song(t, 2))
				r.remove("Anna/2001 - One")
			},
			func(p string) string {
				return swap("Anna/2001 - One/01 Song 0", "Anna/2007 - Copy/01 A")(swap("Anna/2001 - One/02 Song 1", "Anna/2007 - Copy/02 B")(swap("Anna/2001 - One/03 Song 2", "Anna/2007 - Copy/03 C")(p)))
			},
		},
		"swapped names": {
			func(r *room) {
				r.rename("Anna/2001 - One", "Anna/2001 - Onex")
				r.rename("Berta/2002 - Two", "Berta/2002 - Twox")
			},
			func(p string) string {
				return swap("Anna/2001 - One/", "Anna/2001 - Onex/")(swap("Berta/2002 - Two/", "Berta/2002 - Twox/")(p))
			},
		},
	} {
		for _, running := range []bool{true, false} {
			t.Run(name+map[bool]string{true: " while it runs", false: " while it does not"}[running], func(t *testing.T) {
				t.Parallel()
				r := newRoom(t)
				before := r.paths()
				r.rate()
				r.start()
				r.listened()
				if running {
					change.do(r)
				} else {
					r.stop()
					change.do(r)
					r.open()
					r.start()
				}
				want := make([]string, len(before))
				for i, p := range before {
					want[i] = change.want(p)
				}
				if !slices.Equal(r.paths(), want) {
					r.awaitPaths(want)
				}
				r.rated()
				if s := r.w.Status(); len(s.Lost) > 0 || len(r.offered) != len(r.withdrew) {
					t.Errorf("%+v, %d offered, %d withdrawn", s, len(r.offered), len(r.withdrew))
				}
			})
		}
	}
}

func swap(from, to string) func(string) string {
	return func(p string) string { return strings.Replace(p, from, to, 1) }
}

// rate says something about each song.
func (r *room) rate() {
	r.t.Helper()
	err := r.lib.Edit(r.t.Context(), func(e *library.Edit) error {
		for s := range e.Catalogue().Songs() {
			s.Likes = s.ID + 100
			if err := e.PutSong(s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// rated checks that each song still has what was said about it, and that its album and
// artist are those of its path, and count it.
func (r *room) rated() {
	r.t.Helper()
	c := r.lib.Catalogue()
	counts := map[int64]int64{}
	for s := range c.Songs() {
		album, _ := c.Album(s.AlbumID)
		artist, _ := c.Artist(s.ArtistID)
		if s.Likes != s.ID+100 || album.Path != elements(s.Path, 2) || artist.Path != elements(s.Path, 1) || album.ArtistID != s.ArtistID {
			r.t.Errorf("%+v is in %+v of %+v", s, album, artist)
		}
		lyrics, err := r.lib.Lyrics(r.t.Context(), s.ID)
		if err != nil || lyrics == nil || !strings.HasPrefix(*lyrics, "la ") {
			r.t.Errorf("%s: lyrics %v, %v", s.Path, lyrics, err)
		}
		counts[s.AlbumID]++
	}
	for id, n := range counts {
		if a, _ := c.Album(id); a.NumOfSongs == nil || *a.NumOfSongs != n {
			r.t.Errorf("%+v has %d songs", a, n)
		}
	}
}

// listened waits until every sound is known.
func (r *room) listened() {
	r.t.Helper()
	want := r.paths()
	r.await("the sound of all files", func() bool {
		n := 0
		err := r.lib.EachKnownFile(r.t.Context(), func(k library.KnownFile) {
			if k.Content != "" && slices.Contains(want, k.Path) {
				n++
			}
		})
		return err == nil && n == len(want)
	})
}

// Tags that were changed while a file was moved do not hide it: its sound is the same.
func TestAMovedFileWithOtherTagsIsRecognised(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	before := r.paths()
	r.rate()
	r.start()
	r.listened()
	tag := append(append([]byte("ID3\x04\x00\x00\x00\x00\x00\x1A"), "TPE1\x00\x00\x00\x05\x00\x00\x03Anna"...), make([]byte, 11)...)
	r.write("Berta/2009 - Fresh/01 Other name.mp3", append(tag, song(t, 0)[id3Length(song(t, 0)):]...))
	r.remove("Anna/2001 - One/01 Song 0.mp3")
	before[0] = "Berta/2009 - Fresh/01 Other name.mp3"
	r.awaitPaths(before)
	r.rated()
}

func id3Length(b []byte) int {
	return 10 + int(b[6])<<21 + int(b[7])<<14 + int(b[8])<<7 + int(b[9])
}
