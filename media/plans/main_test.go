package plans

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/maintenance"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		child(dir)
	}
	flag.Parse()
	chosen := *soak
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "rapid.checks" })
	if !chosen { // each run of a model opens a house several times
		if err := flag.Set("rapid.checks", "8"); err != nil {
			panic(err)
		}
	}
	dir, err := os.MkdirTemp("", "musicdb-plans-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("TMPDIR", dir) // for TagLib's compiled code, and for no other test's
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// house is a data directory and a music directory with everything that is open there.
type house struct {
	dir     string
	music   *files.Music
	library *library.Library
	artwork *artwork.Store
	rooms   *maintenance.Keeper
	*Keeper
}

// openHouse opens what is below a directory, and makes what is missing.
func openHouse(dir string) (h *house, err error) {
	ctx := context.Background()
	h = &house{dir: dir}
	data := filepath.Join(dir, "data")
	if h.library, err = library.Open(ctx, library.Options{Dir: data}); err != nil {
		return nil, err
	}
	if h.music, err = files.OpenMusic(filepath.Join(dir, "music")); err != nil {
		return nil, err
	}
	if h.rooms, err = maintenance.Open(ctx, maintenance.Options{Library: h.library, Music: h.music, Dir: data}); err != nil {
		return nil, err
	}
	if h.artwork, err = artwork.Open(filepath.Join(data, "artwork"), artwork.Options{Scales: []int{20}}); err != nil {
		return nil, err
	}
	h.Keeper, err = Open(ctx, Options{Library: h.library, Music: h.music, Maintenance: h.rooms, Artwork: h.artwork})
	return h, err
}

func (h *house) close() error {
	return errors.Join(h.artwork.Close(), h.rooms.Close(), h.music.Close(), h.library.Close())
}

// settle opens a house for a test.
func settle(t *testing.T, dir string) *house {
	t.Helper()
	h, err := openHouse(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

const sample = "../files/testdata/music/ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/"

// furnish makes a collection: two albums in the library, one that is not, one file
// that nobody knows.
func furnish(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	music := filepath.Join(dir, "music")
	for _, album := range []string{"One/1990 - First", "One/1991 - Second", "Two/1999 - New"} {
		if err := os.MkdirAll(filepath.Join(music, album), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, from := range map[string]string{"01 a.mp3": "01 Thunder Iron.mp3", "02 b.flac": "02 Winter Meadow.flac", "03 c.m4a": "03 Gravity.m4a"} {
			data, err := os.ReadFile(sample + from)
			if err == nil {
				err = os.WriteFile(filepath.Join(music, album, name), data, 0o640)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 40, 40)), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(music, "Two/1999 - New/cover.jpg"), picture.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(music, "Two/notes.txt"), []byte("nobody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := openHouse(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, album := range []string{"One/1990 - First", "One/1991 - Second"} {
		n := library.NewAlbum{ArtistName: "One", ArtistPath: "One", Name: album[11:], Path: album, Origin: "CD", Release: 1990, Added: time.Unix(1_600_000_000, 0)}
		for i, name := range []string{"01 a.mp3", "02 b.flac", "03 c.m4a"} {
			n.Songs = append(n.Songs, library.NewSong{Name: name[3:4], Path: album + "/" + name, Number: int64(i + 1), Checksum: strings.Repeat("0", 64), Lyrics: "la"})
		}
		if _, err := h.library.AddAlbum(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	err = h.library.Edit(ctx, func(e *library.Edit) error { return e.Assign(library.SongTarget, 2, 1, library.ApprovalConfirmed, 1) })
	if err := errors.Join(err, h.library.AddPlay(ctx, 2, time.Unix(1_700_000_000, 0), true), h.library.AddSongRelation(ctx, 2, 4), h.close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// collection lists everything in the music directory and in the cache of covers, with
// all that an undo has to bring back.
func collection(t failer, dir string) string {
	t.Helper()
	var list []string
	for _, root := range []string{filepath.Join(dir, "music"), filepath.Join(dir, "data", "artwork")} {
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			line := fmt.Sprintf("%s %v", name[len(dir):], info.Mode())
			if info.Mode().IsRegular() {
				data, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				line += fmt.Sprintf(" %x", sha256.Sum256(data))
				if strings.Contains(name, "/music/") {
					line += fmt.Sprintf(" %d", info.ModTime().UnixNano())
				}
			}
			list = append(list, line)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(list, "\n")
}

// rowsOf lists all rows of the library.
func (h *house) rowsOf(t failer) string {
	t.Helper()
	c, ctx := h.library.Catalogue(), context.Background()
	type song struct {
		Row       library.Song
		Tags      []library.TargetTag
		Lyrics    *string
		Relations []library.Relation
	}
	var songs []song
	for s := range c.Songs() {
		lyrics, err := h.library.Lyrics(ctx, s.ID)
		relations, other := h.library.SongRelations(ctx, s.ID)
		if err := errors.Join(err, other); err != nil {
			t.Fatal(err)
		}
		songs = append(songs, song{s, c.SongTags(s.ID), lyrics, relations})
	}
	raw, err := json.MarshalIndent([]any{c.Artists(), c.Albums(), songs, c.Videos()}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// whole is everything of a house that plans may change.
func (h *house) whole(t failer) string { return collection(t, h.dir) + "\n" + h.rowsOf(t) }

// differences are the lines that only one of two texts has.
func differences(was, is string) string {
	count := map[string]int{}
	for line := range strings.Lines(was + "\n") {
		count[line]--
	}
	for line := range strings.Lines(is + "\n") {
		count[line]++
	}
	var odd []string
	for line, n := range count {
		if n != 0 {
			odd = append(odd, fmt.Sprintf("%+d %s", n, line))
		}
	}
	slices.Sort(odd)
	return strings.Join(odd, "")
}

// fileAt describes a file as a plan expects it.
func (h *house) fileAt(t failer, rel string) File {
	t.Helper()
	info, err := os.Stat(filepath.Join(h.dir, "music", rel))
	if err != nil {
		t.Fatal(err)
	}
	return File{Path: rel, Size: info.Size(), Modified: info.ModTime().UnixNano(), Checksum: strings.Repeat("f", 64)}
}
