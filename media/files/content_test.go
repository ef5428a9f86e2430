package files

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.senan.xyz/taglib"
	"pgregory.net/rapid"
)

// sounds are the encodings that a checksum of the sound is made of, all of one noise.
var sounds = map[string][]string{
	"vbr.mp3":       {"-c:a", "libmp3lame", "-q:a", "5"},
	"cbr.mp3":       {"-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0"},
	"mono.mp3":      {"-c:a", "libmp3lame", "-ac", "1", "-ar", "22050"},
	"song.flac":     {"-c:a", "flac"},
	"song.m4a":      {"-c:a", "aac"},
	"alac.m4a":      {"-c:a", "alac"},
	"vorbis.ogg":    {"-c:a", "libvorbis"},
	"song.opus":     {"-c:a", "libopus"},
	"bare.aac":      {"-c:a", "aac", "-f", "adts"},
	"video.mp4":     {"-f", "lavfi", "-i", "testsrc2=size=64x64:rate=5:duration=2", "-c:v", "mpeg4", "-c:a", "aac"},
	"fragments.m4a": {"-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"},
}

// makeSounds encodes two noises as every format and returns a copy of their directory.
// The second one lies in "other".
func makeSounds(t testing.TB) string {
	t.Helper()
	made.Do(func() { made.dir = encodeSounds(t) })
	if made.dir == "" {
		t.Fatal("the sounds could not be encoded")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(made.dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// made is removed with the directory for temporary files of all tests.
var made struct {
	sync.Once
	dir string
}

func encodeSounds(t testing.TB) string {
	dir, err := os.MkdirTemp("", "sounds-")
	if err != nil {
		t.Fatal(err)
	}
	for sub, seed := range map[string]string{".": "1", "other": "2"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, codec := range sounds {
			args := []string{"-f", "lavfi", "-i", "anoisesrc=d=2:seed=" + seed}
			ffmpeg(t, append(append(args, codec...), filepath.Join(dir, sub, name))...)
		}
	}
	return dir
}

func sumOf(t testing.TB, m *Music, rel string) string {
	t.Helper()
	sum, err := m.ContentChecksum(context.Background(), rel)
	if err != nil || len(sum) != 64 {
		t.Fatalf("%s: %q, %v", rel, sum, err)
	}
	return sum
}

// What taggers do to a file changes its checksum, but not that of its sound; another
// sound has another one.
func TestTheChecksumOfTheSoundSurvivesTags(t *testing.T) {
	dir := makeSounds(t)
	m := musicIn(t, dir)
	picture := bytes.Repeat([]byte("\xFF\xD8\xFFpicture"), 3000)
	text := rapid.StringOfN(rapid.RuneFrom([]rune("aä漢 ∕")), 0, 9000, -1)
	names := slices.Sorted(maps.Keys(sounds))
	names = slices.DeleteFunc(names, func(name string) bool { return name == "bare.aac" }) // TagLib does not write it
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "file")
		original, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		tagged := "tagged" + filepath.Ext(name)
		file := filepath.Join(dir, tagged)
		if err := os.WriteFile(file, original, 0o644); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			tags := map[string][]string{taglib.Title: {"T" + text.Draw(t, "title")}, taglib.Album: {text.Draw(t, "album")}}
			if err := taglib.WriteTags(file, tags, 0); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "cover") {
				if err := taglib.WriteImage(file, picture); err != nil {
					t.Fatal(err)
				}
			}
		}
		want, err := m.ContentChecksum(context.Background(), name)
		sum, err2 := m.ContentChecksum(context.Background(), tagged)
		if err != nil || err2 != nil || sum != want {
			t.Fatalf("%s: %q, %v; want %s", name, sum, err2, want)
		}
		before, err := m.Checksum(context.Background(), name)
		after, err2 := m.Checksum(context.Background(), tagged)
		if err != nil || err2 != nil || before == after {
			t.Fatalf("%s: the whole file is the same with tags, %v", name, err)
		}
	})
}

// Another recording has another checksum, in every format; the same frames have the same
// one in every container.
func TestAnotherSoundHasAnotherChecksum(t *testing.T) {
	dir := makeSounds(t)
	m := musicIn(t, dir)
	seen := map[string]string{}
	for name := range sounds {
		if name == "bare.aac" || name == "fragments.m4a" {
			if sumOf(t, m, name) != sumOf(t, m, "song.m4a") {
				t.Errorf("%s holds the frames of song.m4a and has another checksum", name)
			}
			continue
		}
		for _, rel := range []string{name, "other/" + name} {
			sum := sumOf(t, m, rel)
			if before, twice := seen[sum]; twice {
				t.Errorf("%s and %s have one checksum", before, rel)
			}
			seen[sum] = rel
		}
	}
}

// A program that copies the streams into a new file makes new headers, pages and
// indexes, and moves the index of MPEG-4 to the front or the end.
func TestTheChecksumOfTheSoundSurvivesCopying(t *testing.T) {
	dir := makeSounds(t)
	m := musicIn(t, dir)
	for name := range sounds {
		want := sumOf(t, m, name)
		args := []string{"-i", filepath.Join(dir, name), "-c", "copy", "-metadata", "title=Copied " + strings.Repeat("x", 70000)}
		ways := [][]string{{}, {"-fflags", "+bitexact"}}
		switch filepath.Ext(name) {
		case ".m4a", ".mp4":
			ways = append(ways, []string{"-movflags", "+faststart"})
		case ".mp3":
			ways = append(ways, []string{"-write_id3v1", "1", "-write_apetag", "1"}, []string{"-write_xing", "0"})
		case ".ogg", ".opus":
			ways = append(ways, []string{"-page_duration", "100000"})
		case ".aac":
			ways = [][]string{{"-f", "adts", "-write_id3v2", "1", "-write_apetag", "1"}}
		}
		for _, way := range ways {
			copied := "copied " + name
			ffmpeg(t, append(append(args[:len(args):len(args)], way...), filepath.Join(dir, copied))...)
			if sum := sumOf(t, m, copied); sum != want {
				t.Errorf("%s copied with %q has another checksum", name, way)
			}
		}
	}
}

// Tags behind the sound are recognised, several of them, in any order.
func TestTagsBehindTheSoundAreNoSound(t *testing.T) {
	ape := func(header bool) []byte {
		footer := append([]byte("APETAGEX\xD0\x07\x00\x00"), 37, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		item := []byte("item!")
		if !header {
			return append(item, footer...)
		}
		footer[23] = 0x80
		return append(append(bytes.Clone(footer), item...), footer...)
	}
	tails := map[string][]byte{
		"ID3v1":          append([]byte("TAG"), make([]byte, 125)...),
		"ID3v1 extended": append(append([]byte("TAG+"), make([]byte, 223)...), append([]byte("TAG"), make([]byte, 125)...)...),
		"APE":            ape(false), "APE with header": ape(true),
		"Lyrics3 v1": []byte("LYRICSBEGINla la laLYRICSEND"),
		"Lyrics3 v2": []byte("LYRICSBEGININD00002" + "10" + "LYR00002la" + "000031LYRICS200"),
		"ID3v2":      append(append([]byte("ID3\x04\x00\x10\x00\x00\x00\x04"), "mmmm"...), "3DI\x04\x00\x10\x00\x00\x00\x04"...),
	}
	dir := t.TempDir()
	m := musicIn(t, dir)
	for _, original := range []string{sampleMP3, sampleFLAC} {
		sound := sample(t, original)
		write(t, dir, "plain", sound)
		want := sumOf(t, m, "plain")
		for one, first := range tails {
			for two, second := range tails {
				write(t, dir, "tagged", bytes.Join([][]byte{sound, first, second}, nil))
				if sumOf(t, m, "tagged") != want {
					t.Errorf("%s: %s and %s are taken for sound", filepath.Ext(original), one, two)
				}
			}
		}
	}
}

func TestWhatIsNoSoundHasNoChecksum(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	flac := sample(t, sampleFLAC)
	for name, data := range map[string][]byte{
		"empty": {}, "text": []byte(strings.Repeat("no music ", 400)), "zip": append([]byte("PK\x03\x04"), make([]byte, 5000)...),
		"headers only": flac[:4+4+34], "tag only": append([]byte("ID3\x04\x00\x00\x00\x00\x00\x04"), make([]byte, 4)...),
	} {
		write(t, dir, name, data)
		if sum, err := m.ContentChecksum(t.Context(), name); !errors.Is(err, ErrNotAudio) {
			t.Errorf("%s: %q, %v", name, sum, err)
		}
	}
	if _, err := m.ContentChecksum(t.Context(), "../"+filepath.Base(dir)+"/empty"); !errors.Is(err, ErrPath) {
		t.Errorf("a path that leads out: %v", err)
	}
	write(t, dir, "song", flac)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := m.ContentChecksum(ctx, "song"); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

// However damaged a file is, its checksum is made of each of its bytes at most once, and
// is the same the second time.
func FuzzContentChecksum(f *testing.F) {
	for _, name := range []string{sampleMP3, sampleFLAC, sampleM4A} {
		data := sample(f, name)
		f.Add(data[:min(len(data), 1<<14)])
		f.Add(append(bytes.Clone(data[:min(len(data), 1<<12)]), data[max(0, len(data)-1<<12):]...))
	}
	f.Add([]byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x08OpusHeadOggS"))
	f.Add([]byte("\xFF\xF1\x50\x80\x01\x1F\xFC0\xFF\xF1\x50\x80\x01\x1F\xFC1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		counted := &countingReader{Reader: bytes.NewReader(data)}
		s := source{counted, int64(len(data))}
		sum, err := contentChecksum(t.Context(), s)
		if (err == nil) != (len(sum) == 64) {
			t.Fatalf("%q, %v", sum, err)
		}
		if again, err2 := contentChecksum(t.Context(), s); again != sum || (err == nil) != (err2 == nil) {
			t.Fatalf("%q and %q, %v", sum, again, err2)
		}
		// Searching headers takes more than reading once, but no loop without end.
		if limit := 1000 * (len(data) + 1<<16); counted.read > limit {
			t.Fatalf("%d bytes read of a file of %d", counted.read, len(data))
		}
	})
}

type countingReader struct {
	*bytes.Reader
	read int
}

func (r *countingReader) ReadAt(b []byte, at int64) (int, error) {
	n, err := r.Reader.ReadAt(b, at)
	r.read += n
	return n, err
}
