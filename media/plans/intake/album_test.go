package intake_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
)

// summary writes a plan down: operations, then doubts.
func summary(p plans.Plan) (lines []string) {
	for _, o := range p.Operations {
		switch {
		case o.Move != nil:
			lines = append(lines, "move "+o.Move.From+" -> "+o.Move.To)
		case o.EnterAlbum != nil:
			lines = append(lines, fmt.Sprintf("enter %s (%d, %s)", o.EnterAlbum.Path, o.EnterAlbum.Release, o.EnterAlbum.Origin))
			for _, s := range o.EnterAlbum.Songs {
				lines = append(lines, fmt.Sprintf("  %d-%d %s", s.CD, s.Number, s.Name))
			}
		case o.EnterSongs != nil:
			lines = append(lines, "add to "+o.EnterSongs.AlbumPath)
			for _, s := range o.EnterSongs.Songs {
				lines = append(lines, fmt.Sprintf("  %d-%d %s", s.CD, s.Number, s.Name))
			}
		case o.SetCover != nil:
			lines = append(lines, "cover "+o.SetCover.Source.Song+o.SetCover.Source.File)
		case o.WriteTags != nil:
			lines = append(lines, fmt.Sprintf("tag %s %v", o.WriteTags.File.Path, o.WriteTags.After))
		case o.EnterVideo != nil:
			v := o.EnterVideo
			lines = append(lines, fmt.Sprintf("video %s: %s by %s (%s), %d, %d s, %s %dx%d, %s", v.File.Path, v.Name, v.ArtistName, v.ArtistPath, v.Release, v.Playtime, v.Codec, v.XResolution, v.YResolution, v.Origin))
		case o.MakeFrames != nil:
			lines = append(lines, "frames "+o.MakeFrames.VideoPath)
		}
	}
	for _, d := range p.Doubts {
		lines = append(lines, "? "+d.Kind+" "+d.Path)
	}
	return lines
}

func wantPlan(t *testing.T, p plans.Plan, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, strings.ReplaceAll(line, "·", " "))
		}
	}
	if got := summary(p); !slices.Equal(got, lines) {
		t.Errorf("got\n%s\nwant\n%s\nin full: %+v", strings.Join(got, "\n"), strings.Join(lines, "\n"), p.Doubts)
	}
}

// An album as it should be is entered in natural order, with a cover, and without a
// single doubt.
func TestPlanOfAGoodAlbum(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i, ext := range []string{"mp3", "flac", "m4a", "opus", "MP3"} {
		tags := map[string]string{"title": fmt.Sprintf("Song %d", i+1), "artist": "Band", "album": "Good: Album", "date": "1999-05-01", "track": fmt.Sprint(i+1) + "/5"}
		h.sound(fmt.Sprintf("Band/1999 - Good Album/%d Song %d.%s", i+1, i+1, ext), i, tags)
	}
	h.write("Band/1999 - Good Album/rip.log", []byte("log"))
	h.ffmpeg("Band/1999 - Good Album/folder.jpg", []string{"-f", "lavfi", "-i", "testsrc2=size=60x60:duration=1", "-frames:v", "1"})
	p, err := h.planner.Plan(t.Context(), "Band/1999 - Good Album", intake.Everything)
	must(t, err)
	wantPlan(t, p, `
	enter Band/1999 - Good Album (1999, internet)
	··1-1 Song 1
	··1-2 Song 2
	··1-3 Song 3
	··1-4 Song 4
	··1-5 Song 5
	cover Band/1999 - Good Album/folder.jpg`)
	if p.Kind != plans.ImportAlbum || p.Title == "" || p.Path != "Band/1999 - Good Album" {
		t.Errorf("%+v", p)
	}
	info, err := os.Stat(filepath.Join(h.music, "Band/1999 - Good Album"))
	must(t, err)
	e := p.Operations[0].EnterAlbum
	first, err := os.Stat(filepath.Join(h.music, e.Songs[0].File.Path))
	must(t, err)
	sum, err := h.files.Checksum(t.Context(), e.Songs[0].File.Path)
	must(t, err)
	want := plans.File{Path: "Band/1999 - Good Album/1 Song 1.mp3", Size: first.Size(), Modified: first.ModTime().UnixNano(), Checksum: sum}
	if e.Songs[0].File != want || e.Added != info.ModTime().Unix() || e.Songs[0].Playtime != 1 {
		t.Errorf("%+v, added %d; want %+v, %d", e.Songs[0], e.Added, want, info.ModTime().Unix())
	}
	// The wish of MusicDB 8 is rows alone.
	p, err = h.planner.Album(t.Context(), "Band/1999 - Good Album", intake.Wish{})
	if err != nil || len(p.Operations) != 1 || p.Operations[0].EnterAlbum == nil {
		t.Errorf("%+v, %v", p.Operations, err)
	}
}

// Everything that is wrong is said, and what can be put right is proposed.
func TestPlanOfADoubtfulAlbum(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	dir := "Band/1999 - Doubtful/"
	h.sound(dir+"01 One.mp3", 1, map[string]string{"title": "One", "artist": "Band feat. Guest", "album": "Doubtful", "date": "2001", "track": "1"})
	h.sound(dir+"02 Two.flac", 2, map[string]string{"title": "Another", "artist": "Somebody", "album": "Doubtful (Deluxe)", "date": "1999", "track": "5"})
	h.sound(dir+"02 Second.mp3", 1, nil)
	h.sound(dir+"04 Four.mp3", 4, nil)
	h.sound(dir+"Loose_song.mp3", 5, nil)
	h.sound(dir+"x.mp3", 6, map[string]string{"title": "A/B", "track": "3"})
	h.write(dir+"05 Zero.mp3", nil)
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	f, err := z.Create("song.mp3")
	must(t, err)
	_, err = f.Write(bytes.Repeat([]byte("no sound"), 5000))
	must(t, errors.Join(err, z.Close()))
	h.write(dir+"06 Archive.mp3", archive.Bytes())
	h.write(dir+"setup.exe", []byte("MZ"))
	sum, err := h.files.ContentChecksum(t.Context(), dir+"04 Four.mp3")
	must(t, err)
	_, err = h.library.AddAlbum(t.Context(), library.NewAlbum{ArtistName: "Old", ArtistPath: "Old", Name: "Best", Path: "Old/1998 - Best",
		Songs: []library.NewSong{{Name: "Four", Path: "Old/1998 - Best/01 Four.mp3", Number: 1}}})
	must(t, err)
	h.sound("Old/1998 - Best/01 Four.mp3", 4, nil)
	h.sound("Old/1998 - Best/gone.mp3", 4, nil)
	h.know(sum, "Old/1998 - Best/01 Four.mp3", "Old/1998 - Best/gone.mp3")

	p, err := h.planner.Plan(t.Context(), "Band/1999 - Doubtful", intake.Everything)
	must(t, err)
	wantPlan(t, p, `
	move Band/1999 - Doubtful/Loose_song.mp3 -> Band/1999 - Doubtful/05 Loose song.mp3
	move Band/1999 - Doubtful/x.mp3 -> Band/1999 - Doubtful/03 A∕B.mp3
	enter Band/1999 - Doubtful (1999, internet)
	··1-1 One
	··1-2 Second
	··1-2 Two
	··1-4 Four
	··1-5 Loose song
	··1-3 A∕B
	? unsupported Band/1999 - Doubtful/setup.exe
	? damaged Band/1999 - Doubtful/05 Zero.mp3
	? damaged Band/1999 - Doubtful/06 Archive.mp3
	? year Band/1999 - Doubtful/01 One.mp3
	? artist Band/1999 - Doubtful/02 Two.flac
	? title Band/1999 - Doubtful/02 Two.flac
	? title Band/1999 - Doubtful/02 Two.flac
	? number Band/1999 - Doubtful/02 Two.flac
	? double Band/1999 - Doubtful/02 Two.flac
	? gap Band/1999 - Doubtful
	? repeated Band/1999 - Doubtful/02 Second.mp3
	? duplicate Band/1999 - Doubtful/04 Four.mp3
	? naming Band/1999 - Doubtful/Loose_song.mp3
	? naming Band/1999 - Doubtful/x.mp3`)
	for _, d := range p.Doubts {
		if d.Text == "" {
			t.Errorf("%+v says nothing", d)
		}
	}
}

func TestTagsOfAMistakenEncoding(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	dir := "Кино/1988 - Группа крови/"
	damage := func(text string) string { // cp1251 read as Latin-1
		runes := []rune(text)
		for i, r := range runes {
			if r >= 'А' && r <= 'я' {
				runes[i] = r - 'А' + 0xC0
			}
		}
		return string(runes)
	}
	for i, title := range []string{"Группа крови", "Закрой за мной дверь", "Война", "Спокойная ночь"} {
		h.sound(fmt.Sprintf("%s%02d %s.flac", dir, i+1, title), i, map[string]string{
			"title": damage(title), "artist": damage("Кино"), "album": damage("Группа крови"), "date": "1988", "track": fmt.Sprint(i + 1)})
	}
	p, err := h.planner.Plan(t.Context(), strings.TrimSuffix(dir, "/"), intake.Everything)
	must(t, err)
	written := 0
	for _, o := range p.Operations {
		if w := o.WriteTags; w != nil {
			written++
			if got := w.After["ARTIST"]; !slices.Equal(got, []string{"Кино"}) || w.Before["ARTIST"][0] == "Кино" {
				t.Errorf("%+v", w)
			}
		}
	}
	kinds := map[string]int{}
	for _, d := range p.Doubts {
		kinds[d.Kind]++
	}
	// The texts that are doubted as mistaken are not doubted as different, too.
	if written != 4 || kinds["encoding"] != 4 || kinds["artist"] != 0 || kinds["title"] != 0 {
		t.Errorf("%d songs are tagged, doubts %v", written, kinds)
	}
}

func TestNoPlanCanBeMade(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.write("Band/2000 - Empty/notes.txt", nil)
	h.write("Band/2001 - Broken/01 X.mp3", []byte("text"))
	h.sound("Band/Demo tapes/01 X.mp3", 1, map[string]string{"date": "2003", "album": "Demos"})
	_, err := h.library.AddAlbum(t.Context(), library.NewAlbum{ArtistName: "Band", ArtistPath: "Band", Name: "Known", Path: "Band/2002 - Known"})
	must(t, err)
	for rel, want := range map[string]error{
		"Band/2000 - Empty": intake.ErrNothing, "Band/2001 - Broken": intake.ErrNothing, "Band/Demo tapes": files.ErrNaming,
		"Band/2002 - Known": intake.ErrKnown, "Band/2009 - Gone": fs.ErrNotExist, "../2000 - Out": files.ErrPath, "": files.ErrPath,
	} {
		if _, err := h.planner.Album(t.Context(), rel, intake.Everything); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", rel, err, want)
		}
	}
	_, err = h.planner.Album(t.Context(), "Band/Demo tapes", intake.Everything)
	if err == nil || !strings.Contains(err.Error(), "Band/2003 - Demos") {
		t.Errorf("the error does not say how the directory should be called: %v", err)
	}
}
