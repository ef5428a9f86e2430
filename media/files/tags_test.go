package files

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// id3 builds an ID3v2.4 tag. Texts are given with their frame, e.g.
// "TPUB\x03text".
func id3(version byte, frames ...string) []byte {
	var body []byte
	for _, f := range frames {
		n := len(f) - 4
		size := []byte{byte(n >> 21 & 0x7F), byte(n >> 14 & 0x7F), byte(n >> 7 & 0x7F), byte(n & 0x7F)}
		if version == 3 {
			size = []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
		}
		body = append(append(append(append(body, f[:4]...), size...), 0, 0), f[4:]...)
	}
	n := len(body)
	return append([]byte{'I', 'D', '3', version, 0, 0, byte(n >> 21 & 0x7F), byte(n >> 14 & 0x7F), byte(n >> 7 & 0x7F), byte(n & 0x7F)}, body...)
}

// bareMP3 is the audio of the sample without its tag.
func bareMP3(t testing.TB) []byte {
	t.Helper()
	data := sample(t, sampleMP3)
	start, err := skipID3(source{bytes.NewReader(data), int64(len(data))})
	if err != nil || start == 0 {
		t.Fatal(start, err)
	}
	return data[start:]
}

// tagsOf reads one file that consists of the given parts.
func tagsOf(t testing.TB, name string, parts ...[]byte) Tags {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, name, bytes.Join(parts, nil))
	tags, err := musicIn(t, dir).ReadTags(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return tags
}

func TestOriginOfMP3(t *testing.T) {
	for _, tt := range []struct {
		rule   string
		frames []string
		want   Origin
	}{
		{"nothing", []string{"TIT2\x03x"}, OriginInternet},
		{"publisher is the shop", []string{"TPUB\x03网易云音乐"}, OriginMusic163},
		{"another publisher", []string{"TPUB\x03网易云音乐 2"}, OriginInternet},
		{"163 key", []string{"COMM\x03eng\x00163 key(Don't modify):xyz"}, OriginMusic163},
		{"bandcamp", []string{"COMM\x03eng\x00Visit https://x.bandcamp.com"}, OriginBandcamp},
		{"Amazon", []string{"COMM\x03eng\x00Amazon.com Song ID: 1"}, OriginAmazon},
		{"comment in UTF-16", []string{"COMM\x01eng\xff\xfe\x00\x00\xff\xfeA\x00m\x00a\x00z\x00o\x00n\x00"}, OriginAmazon},
		{"comment of another language", []string{"COMM\x03deu\x00Amazon.com"}, OriginInternet},
		{"comment with description", []string{"COMM\x03engnote\x00Amazon.com"}, OriginInternet},
		{"user text called comment", []string{"TXXX\x03comment\x00Amazon.com"}, OriginInternet},
		{"Google", []string{"PRIV" + "Google\x00data"}, OriginGoogle},
		{"Google with path", []string{"PRIV" + "Google/StoreId\x00data"}, OriginGoogle},
		{"other owner", []string{"PRIV" + "Googlex\x00data"}, OriginInternet},
		{"only the first owner counts", []string{"PRIV" + "WM/x\x00d", "PRIV" + "Google/x\x00d"}, OriginInternet},
		{"the publisher goes before the comment", []string{"COMM\x03eng\x00bandcamp", "TPUB\x03网易云音乐"}, OriginMusic163},
		{"the comment goes before the owner", []string{"PRIV" + "Google\x00data", "COMM\x03eng\x00bandcamp"}, OriginBandcamp},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			for _, version := range []byte{3, 4} {
				frames := tt.frames
				if version == 3 { // has no UTF-8; these texts are the damage that is repaired
					frames = nil
					for _, f := range tt.frames {
						frames = append(frames, strings.Replace(f, "\x03", "\x00", 1))
					}
				}
				if got := tagsOf(t, "x.mp3", id3(version, frames...), bareMP3(t)).Origin; got != tt.want {
					t.Errorf("ID3v2.%d: got %q, want %q", version, got, tt.want)
				}
			}
		})
	}
}

func TestOriginOfOtherFormats(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	args := []string{"-f", "lavfi", "-i", tone}
	comment := func(text, name string, more ...string) {
		args = append(append(args, more...), "-metadata", "comment="+text, "-metadata", "COMMENT="+text, filepath.Join(dir, name))
	}
	ipod := []string{"-c:a", "aac", "-f", "ipod"}
	comment("Visit https://x.bandcamp.com", "bandcamp.m4a", ipod...)
	comment("Amazon", "comment.m4a", ipod...)
	comment("nothing", "plain.flac", "-c:a", "flac")
	comment("nothing", "plain.ogg", "-c:a", "libvorbis")
	ffmpeg(t, args...)
	// ffmpeg calls the comment of FLAC "description"; shops do not.
	flac := mustRead(t, filepath.Join(dir, "plain.flac"))
	write(t, dir, "bandcamp.flac", bytes.Replace(flac, []byte("DESCRIPTION=nothing"), []byte("COMMENT=my bandcamp"), 1))
	plain := mustRead(t, filepath.Join(dir, "comment.m4a"))
	for name, mark := range map[string]string{"norm.m4a": "iTunNORM", "smpb.m4a": "iTunSMPB", "other.m4a": "iTunOTHR"} {
		write(t, dir, name, withFreeForm(t, plain, mark))
	}
	for name, want := range map[string]Origin{
		"bandcamp.m4a": OriginBandcamp, "comment.m4a": OriginInternet, "norm.m4a": OriginITunes, "smpb.m4a": OriginITunes,
		"other.m4a": OriginInternet, "plain.flac": OriginCD, "bandcamp.flac": OriginBandcamp, "plain.ogg": OriginInternet,
	} {
		got, err := m.ReadTags(t.Context(), name)
		if err != nil || got.Origin != want {
			t.Errorf("%s: %q, %v; want %q", name, got.Origin, err, want)
		}
	}
}

// withFreeForm replaces the comment atom of an MPEG-4 file by a free-form atom
// and fits the sizes of the atoms around it. The index must be at the end.
func withFreeForm(t *testing.T, data []byte, name string) []byte {
	t.Helper()
	part := func(kind, text string) string {
		return string([]byte{0, 0, 0, byte(12 + len(text))}) + kind + "\x00\x00\x00\x00" + text
	}
	body := part("mean", "com.apple.iTunes") + part("name", name) + string([]byte{0, 0, 0, 17}) + "data\x00\x00\x00\x01\x00\x00\x00\x00x"
	atom := string([]byte{0, 0, 0, byte(8 + len(body))}) + "----" + body
	at := bytes.Index(data, []byte("\xa9cmt"))
	if at < 0 {
		t.Fatal("no comment in the file")
	}
	at -= 4
	old := int(be32(data[at:]))
	grown := len(atom) - old
	out := append(append(bytes.Clone(data[:at]), atom...), data[at+old:]...)
	for _, around := range []string{"moov", "udta", "meta", "ilst"} {
		i := bytes.LastIndex(out[:at], []byte(around)) - 4
		size := int(be32(out[i:])) + grown
		copy(out[i:], []byte{byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size)})
	}
	return out
}

func TestMissingTagsAreNil(t *testing.T) {
	dir := t.TempDir()
	args := []string{"-f", "lavfi", "-i", tone}
	names := []string{"a.mp3", "a.flac", "a.ogg", "a.opus", "a.m4a"}
	for _, name := range names {
		args = append(args, "-map_metadata", "-1", "-fflags", "+bitexact", filepath.Join(dir, name))
	}
	ffmpeg(t, args...)
	m := musicIn(t, dir)
	for _, name := range names {
		got, err := m.ReadTags(t.Context(), name)
		if err != nil || got.Title != nil || got.Album != nil || got.Artist != nil || got.Release != nil || got.Year != nil || got.Lyrics != nil || got.Disc != 0 || got.Track != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if picture, err := m.ReadCover(t.Context(), name); picture != nil || err != nil {
			t.Errorf("%s: cover %d bytes, %v", name, len(picture), err)
		}
	}
}

func TestYears(t *testing.T) {
	for date, want := range map[string]struct {
		release string
		year    *int
	}{
		"1999": {"1999", ptr(1999)}, "1999-05-04": {"1999", ptr(1999)}, "0000": {"0000", ptr(0)}, "someday": {"someday", nil}, "99 BC": {"99 BC", nil},
	} {
		got := tagsOf(t, "x.mp3", id3(4, "TDRC\x03"+date), bareMP3(t))
		if got.Release == nil || *got.Release != want.release || (got.Year == nil) != (want.year == nil) || got.Year != nil && *got.Year != *want.year {
			t.Errorf("%q: release %v, year %v", date, got.Release, got.Year)
		}
	}
}

func TestNumbersInTags(t *testing.T) {
	got := tagsOf(t, "x.mp3", id3(4, "TRCK\x037/12", "TPOS\x032/3"), bareMP3(t))
	if got.Track != 7 || got.Disc != 2 {
		t.Errorf("track %d, disc %d", got.Track, got.Disc)
	}
	got = tagsOf(t, "x.mp3", id3(4, "TRCK\x03x", "TPOS\x03-2"), bareMP3(t))
	if got.Track != 0 || got.Disc != 0 {
		t.Errorf("malformed: track %d, disc %d", got.Track, got.Disc)
	}
}

func TestLyricsComeFromTheirFrameOnly(t *testing.T) {
	got := tagsOf(t, "x.mp3", id3(4, "USLT\x03engdesc\x00two\nlines", "USLT\x03deu\x00zwei"), bareMP3(t))
	if got.Lyrics == nil || *got.Lyrics != "two\nlines" {
		t.Errorf("got %v", got.Lyrics)
	}
	got = tagsOf(t, "x.mp3", id3(4, "TXXX\x03lyrics\x00no lyrics", "USLT\x03eng\x00"), bareMP3(t))
	if got.Lyrics != nil {
		t.Errorf("got %q", *got.Lyrics)
	}
}

func TestRepairLatin1(t *testing.T) {
	for text, want := range map[string]string{
		"GrÃ¶Ã\u009fe": "Größe", "Größe": "Größe", "plain": "plain", "夜": "夜", "": "", "caf\u00e9": "café", "Ã": "Ã",
	} {
		if got := repairLatin1(text); got != want {
			t.Errorf("repairLatin1(%q) = %q, want %q", text, got, want)
		}
	}
	got := tagsOf(t, "x.mp3", id3(3, "TIT2\x00Größe"), bareMP3(t))
	if got.Title == nil || *got.Title != "Größe" {
		t.Errorf("title %v", got.Title)
	}
}

func TestReadCover(t *testing.T) {
	m := musicIn(t, "testdata/music")
	picture, err := m.ReadCover(t.Context(), "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/01 Thunder Iron.mp3")
	if err != nil || len(picture) < 1000 || !bytes.HasPrefix(picture, []byte("\xff\xd8\xff")) {
		t.Errorf("%d bytes, %v", len(picture), err)
	}
	if picture, err := m.ReadCover(t.Context(), sampleMP3); picture != nil || err != nil {
		t.Errorf("%d bytes, %v from a song without picture", len(picture), err)
	}
}

// The tag library would hold a tag of any size in memory.
func TestHugeTagsAreNotLoaded(t *testing.T) {
	dir := t.TempDir()
	huge := id3(4, "TIT2\x03title")
	size := maxMetadata + 1
	copy(huge[6:], []byte{byte(size >> 21), byte(size >> 14 & 0x7F), byte(size >> 7 & 0x7F), byte(size & 0x7F)})
	write(t, dir, "x.mp3", huge)
	f, err := os.OpenFile(filepath.Join(dir, "x.mp3"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(bareMP3(t), int64(10+size)) // the tag is a hole in the file
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	m := musicIn(t, dir)
	tags, err := m.ReadTags(t.Context(), "x.mp3")
	if !errors.Is(err, ErrTags) || !Playable(err) || tags.Playtime != 3 || tags.Title != nil {
		t.Errorf("%+v, %v", tags, err)
	}
	if picture, err := m.ReadCover(t.Context(), "x.mp3"); !errors.Is(err, ErrTags) || picture != nil {
		t.Errorf("%d bytes, %v", len(picture), err)
	}
}

// A file whose audio is fine but whose tags TagLib cannot read is playable.
func TestUnreadableTagsLeaveTheAudio(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata/music", sampleMP3))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, call := range map[string]func(string) (int, error){
		"error": func(string) (int, error) { return 0, errors.New("no") },
		"panic": func(string) (int, error) { panic("memory error") },
	} {
		if _, err := throughTagLib(f, call); !errors.Is(err, ErrTags) || !Playable(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if Playable(ErrNotAudio) || !Playable(nil) {
		t.Error("Playable is wrong about the plain cases")
	}
}
