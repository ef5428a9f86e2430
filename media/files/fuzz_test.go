package files

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzPaths asks for any two paths by every way into the music directory. What is
// beside it stays as it is and unseen, no content is lost, and what is refused
// changes nothing.
func FuzzPaths(f *testing.F) {
	for _, seed := range [][2]string{
		{"A/2000 - B/01 c.mp3", "A/2000 - B/02 c.mp3"}, {"A", "a"}, {"A/2000 - B", "A/../../outside"}, {"LINK/file", "A/x"}, {"A", "LINK"}, {"loop/loop", "loop"},
		{composed, decomposed}, {"A/\x00", "\xff"}, {" trailing. ", "A/ "}, {".", ".."}, {"/A", "A/"}, {"A/" + strings.Repeat("n", 255), strings.Repeat("n", 256)},
		{"A/\u202egnp.3pm", "A/\n"}, {".musicdb-renaming", "A"}, {"A/2000 - B", "A/2000 - B/01 c.mp3/x"},
	} {
		f.Add(seed[0], seed[1])
	}
	base := f.TempDir()
	dir := path.Join(base, "music")
	f.Fuzz(func(t *testing.T, one, other string) {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		write(t, dir, "A/2000 - B/01 c.mp3", []byte("inside"))
		m := musicIn(t, dir)
		write(t, base, "outside/file", []byte("secret"))
		for link, target := range map[string]string{"LINK": "../outside", "loop": "loop"} {
			if err := os.Symlink(target, path.Join(dir, link)); err != nil {
				t.Fatal(err)
			}
		}
		before := tree(t, dir)
		for _, rel := range []string{one, other} {
			if file, err := m.Open(rel); err == nil {
				var content bytes.Buffer
				_, err := content.ReadFrom(file)
				if err != nil || content.String() != "inside" {
					t.Errorf("%q holds %q (%v)", rel, &content, err)
				}
				file.Close()
			}
			if actual, err := m.Actual(rel); err == nil {
				if !utf8.ValidString(actual) || CheckPath(actual) != nil || actual != rel && !Alike(actual, rel) {
					t.Errorf("%q is actually %q", rel, actual)
				}
			}
			if at, err := m.Locate(rel); err == nil && CheckPath(at.Path) != nil {
				t.Errorf("%q is at %q", rel, at.Path)
			}
			_, _ = m.Stat(rel)
			_, _ = m.HasName(rel)
			_, _ = m.NewSongs(rel, Ignore{}, func(string) bool { return false })
		}
		possible := m.CanRename(one, other)
		err := m.Rename(one, other)
		after := tree(t, dir)
		var change *ChangeError
		var wrong *PathError
		switch {
		case err == nil && possible != nil:
			t.Errorf("%q to %q was made although %v", one, other, possible)
		case err != nil && !maps.Equal(before, after):
			t.Errorf("%q to %q failed (%v), but changed %q to %q", one, other, err, before, after)
		case err != nil && !errors.As(err, &change) && !errors.As(err, &wrong):
			t.Errorf("%q to %q: untyped error %v", one, other, err)
		case err == nil && len(before) != len(after):
			t.Errorf("%q to %q made %q of %q", one, other, after, before)
		}
		if secret := tree(t, path.Join(base, "outside")); len(secret) != 2 || secret["file"] != "secret" {
			t.Errorf("%q to %q changed what is outside to %q", one, other, secret)
		}
	})
}

// FuzzTagTexts gives any texts as tags, as a tag library may read them from a file.
// What goes into the database is valid UTF-8, and numbers are no nonsense.
func FuzzTagTexts(f *testing.F) {
	for _, seed := range [][3]string{{"Title", "2001-02-03", "3/12"}, {"Bj\u00c3\u00b6rk", "", "-1"}, {"\xff\xfe", "９９", "1e9"}, {"a\x00b", "99999999999999999999", " 7 "}, {"\u202eabc", "0000", "0x10/"}} {
		f.Add(seed[0], seed[1], seed[2], byte(FormatMPEG))
		f.Add(seed[0], seed[1], seed[2], byte(FormatMP4))
	}
	f.Fuzz(func(t *testing.T, text, date, number string, format byte) {
		tags := Tags{Format: Format(format)}
		tags.fill(map[string][]string{"TITLE": {text}, "ALBUMSORT": {text}, "ARTIST": {date, text}, "DATE": {date}, "DISCNUMBER": {number}, "TRACKNUMBER": {number}}, id3Marks{lyrics: strings.ToValidUTF8(text, "")})
		for name, got := range map[string]*string{"title": tags.Title, "album": tags.Album, "artist": tags.Artist, "release": tags.Release, "lyrics": tags.Lyrics} {
			if got != nil && !utf8.ValidString(*got) {
				t.Errorf("the %s is %q", name, *got)
			}
		}
		if tags.Disc < 0 || tags.Track < 0 || tags.Disc != tags.Track {
			t.Errorf("%q is disc %d, track %d", number, tags.Disc, tags.Track)
		}
		if tags.Title == nil || utf8.RuneCountInString(*tags.Title) > utf8.RuneCountInString(text) {
			t.Errorf("%q became longer: %v", text, tags.Title)
		}
	})
}

// FuzzID3 walks any frames, and asks for texts that are valid and no longer than the
// tag.
func FuzzID3(f *testing.F) {
	frame := func(id string, body ...byte) []byte {
		return append([]byte(id), append([]byte{0, 0, 0, byte(len(body)), 0, 0}, body...)...)
	}
	tag := func(version, flags byte, frames ...byte) []byte {
		return append([]byte{'I', 'D', '3', version, 0, flags, 0, 0, byte(len(frames) >> 7), byte(len(frames) & 0x7f)}, frames...)
	}
	for _, seed := range [][]byte{
		tag(3, 0, frame("USLT", 0, 'e', 'n', 'g', 0, 'l', 'a')...), tag(4, 0x80, frame("COMM", 3, 'e', 'n', 'g', 0, 0xff, 0)...),
		tag(3, 0, frame("USLT", 1, 'e', 'n', 'g', 0xff, 0xfe, 0, 0, 0xff, 0xfe, 'l', 0)...), tag(4, 0, frame("PRIV", 'G', 'o', 0, 1)...),
		tag(4, 0, frame("USLT", 2, 'e', 'n', 'g', 0, 0, 0xd8, 0)...), tag(3, 0x40, 0, 0, 0, 6, 0, 0), tag(2, 0, 'U', 'L', 'T', 0, 0, 5, 0, 'e', 'n', 'g', 0), tag(4, 0x40, 0x7f, 0x7f, 0x7f, 0x7f),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		marks := readID3Marks(source{bytes.NewReader(data), int64(len(data))})
		for name, text := range map[string]string{"comment": marks.comment, "lyrics": marks.lyrics, "private": marks.private} {
			if !utf8.ValidString(text) || utf8.RuneCountInString(text) > len(data) {
				t.Errorf("the %s is %q", name, text)
			}
		}
	})
}
