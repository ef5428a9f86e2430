package files

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// reference is what the reference server's import stored for the same files.
type reference struct {
	Songs []struct {
		Path              string
		Playtime, Bitrate int
		Checksum          string
	}
}

func readReference(t testing.TB) (r reference) {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil || len(r.Songs) != 14 {
		t.Fatalf("%d songs, %v", len(r.Songs), err)
	}
	return r
}

func TestReadTagsMeasuresAsTheReferenceServer(t *testing.T) {
	m := musicIn(t, "testdata/music")
	for _, want := range readReference(t).Songs {
		got, err := m.ReadTags(t.Context(), want.Path)
		if err != nil || got.Playtime != want.Playtime || got.Bitrate != want.Bitrate || got.Truncated {
			t.Errorf("%s: %d s, %d bit/s, truncated %v, %v; want %d s, %d bit/s", want.Path, got.Playtime, got.Bitrate, got.Truncated, err, want.Playtime, want.Bitrate)
		}
	}
}

// ffprobe measures the duration in seconds.
func ffprobe(t testing.TB, file string) float64 {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration", "-print_format", "default=noprint_wrappers=1:nokey=1", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		t.Fatal(err)
	}
	return seconds
}

const tone = "aevalsrc='0.3*sin(880*t)+0.1*random(0)*lt(mod(t,1),0.5)':s=44100:d=3.3"

func TestReadTagsOfEveryFormat(t *testing.T) {
	type row struct {
		name    string
		format  Format
		seconds float64 // 0: what ffprobe says
		encode  []string
	}
	rows := []row{
		{"cbr.mp3", FormatMPEG, 0, []string{"-c:a", "libmp3lame", "-b:a", "128k"}},
		{"vbr.mp3", FormatMPEG, 0, []string{"-c:a", "libmp3lame", "-q:a", "5"}},
		{"cbr without header.mp3", FormatMPEG, 0, []string{"-c:a", "libmp3lame", "-b:a", "96k", "-write_xing", "0"}},
		// ffprobe guesses from the first frame: walk the frames instead.
		{"vbr without header.mp3", FormatMPEG, 3.3437, []string{"-c:a", "libmp3lame", "-q:a", "5", "-write_xing", "0"}},
		{"with ID3v1.mp3", FormatMPEG, 3.3437, []string{"-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0", "-write_id3v1", "1", "-metadata", "title=X"}},
		{"mono 22 kHz.mp3", FormatMPEG, 0, []string{"-c:a", "libmp3lame", "-ar", "22050", "-ac", "1", "-b:a", "32k"}},
		{"mono 8 kHz.mp3", FormatMPEG, 0, []string{"-c:a", "libmp3lame", "-ar", "8000", "-ac", "1", "-b:a", "8k"}},
		{"layer 2.mp3", FormatMPEG, 0, []string{"-c:a", "mp2", "-b:a", "128k", "-f", "mp2"}},
		{"flac.flac", FormatFLAC, 0, []string{"-c:a", "flac"}},
		{"96 kHz.flac", FormatFLAC, 0, []string{"-c:a", "flac", "-ar", "96000", "-sample_fmt", "s32"}},
		{"aac.m4a", FormatMP4, 0, []string{"-c:a", "aac", "-f", "ipod"}},
		{"index first.m4a", FormatMP4, 0, []string{"-c:a", "aac", "-f", "ipod", "-movflags", "+faststart"}},
		{"lossless.m4a", FormatMP4, 0, []string{"-c:a", "alac", "-f", "ipod"}},
		{"container.aac", FormatMP4, 0, []string{"-c:a", "aac", "-f", "ipod"}},
		// ffprobe guesses from the bit rate.
		{"bare.aac", FormatADTS, 3.3437, []string{"-c:a", "aac", "-f", "adts"}},
		{"vorbis.ogg", FormatVorbis, 0, []string{"-c:a", "libvorbis"}},
		{"opus.opus", FormatOpus, 3.3, []string{"-c:a", "libopus"}},
		{"opus in.ogg", FormatOpus, 3.3, []string{"-c:a", "libopus"}},
	}
	dir := t.TempDir()
	m := musicIn(t, dir)
	args := []string{"-f", "lavfi", "-i", tone}
	for _, tt := range rows {
		args = append(append(args, tt.encode...), "-metadata", "artist=Ä", "-metadata", "album=B", "-metadata", "date=2001-02-03", "-metadata", "track=3/9", filepath.Join(dir, tt.name))
	}
	ffmpeg(t, args...)
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(dir, tt.name)
			got, err := m.ReadTags(t.Context(), tt.name)
			if err != nil {
				t.Fatal(err)
			}
			want, tolerance := tt.seconds, 0.004
			if want == 0 {
				want, tolerance = ffprobe(t, file), 0.002
			}
			size := float64(len(mustRead(t, file)))
			if got.Format != tt.format || math.Abs(got.Seconds-want) > tolerance || got.Playtime != 3 || got.Truncated {
				t.Errorf("%v, %.4f s (%d), truncated %v; want %v, %.4f s", got.Format, got.Seconds, got.Playtime, got.Truncated, tt.format, want)
			}
			// No encoder wastes more than a third of the file on headers here.
			// (The header of lossless MPEG-4 tells what ffmpeg guessed in advance.)
			if average := size * 8 / want; float64(got.Bitrate) > average*1.6 || float64(got.Bitrate) < average*0.6 {
				t.Errorf("%d bit/s in a file of %.0f bit/s", got.Bitrate, average)
			}
			if tt.format == FormatADTS || strings.HasPrefix(tt.name, "layer 2") {
				return // these have no tags from ffmpeg
			}
			if tt.name != "with ID3v1.mp3" && (got.Artist == nil || *got.Artist != "Ä" || got.Track != 3 || got.Year == nil || *got.Year != 2001 || *got.Release != "2001") {
				t.Errorf("tags %+v", got)
			}
		})
	}
}

func mustRead(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A file that was cut off tells the duration that is left, where its headers
// allow that.
func TestTruncatedFiles(t *testing.T) {
	type row struct {
		name    string
		share   float64 // of the file that is left
		seconds float64 // expected, 0: not readable
		encode  []string
	}
	rows := []row{
		{"a.mp3", 0.5, 1.65, []string{"-c:a", "libmp3lame", "-b:a", "128k"}},
		{"b.m4a", 0.5, 1.65, []string{"-c:a", "aac", "-f", "ipod", "-movflags", "+faststart"}},
		{"index last.m4a", 0.5, 0, []string{"-c:a", "aac", "-f", "ipod"}},
		{"c.ogg", 0.5, 2.0, []string{"-c:a", "libvorbis"}},
		{"d.flac", 0.5, 3.3, []string{"-c:a", "flac"}}, // FLAC does not tell which part is there
		{"e.mp3", 0.005, 0, []string{"-c:a", "libmp3lame", "-b:a", "128k"}},
		{"f.aac", 0.5, 1.6, []string{"-c:a", "aac", "-f", "adts"}},
	}
	dir := t.TempDir()
	m := musicIn(t, dir)
	args := []string{"-f", "lavfi", "-i", tone}
	for _, tt := range rows {
		args = append(append(args, tt.encode...), filepath.Join(dir, tt.name))
	}
	ffmpeg(t, args...)
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			data := mustRead(t, filepath.Join(dir, tt.name))
			write(t, dir, tt.name, data[:int(float64(len(data))*tt.share)])
			got, err := m.ReadTags(t.Context(), tt.name)
			if tt.seconds == 0 {
				if !errors.Is(err, ErrNotAudio) {
					t.Errorf("%+v, %v; want %v", got, err, ErrNotAudio)
				}
				return
			}
			if err != nil || !got.Truncated || math.Abs(got.Seconds-tt.seconds) > 0.35 {
				t.Errorf("%.2f s, truncated %v, %v; want %.2f s", got.Seconds, got.Truncated, err, tt.seconds)
			}
		})
	}
}

// counting counts what is read of a file.
type counting struct {
	io.ReaderAt
	reads int
}

func (c *counting) ReadAt(p []byte, at int64) (int, error) {
	c.reads++
	return c.ReaderAt.ReadAt(p, at)
}

// A download that has only begun is mostly zeros, and whoever wants to keep the
// server busy can fill a file with parts that hold nothing.
func TestAFileOfEmptyPartsIsGivenUp(t *testing.T) {
	flac := mustRead(t, filepath.Join("testdata/music", sampleFLAC))[:42]
	zeros := append(bytes.Clone(flac), make([]byte, 1<<20)...)
	padding := append(bytes.Clone(flac), bytes.Repeat([]byte{1, 0, 0, 0}, 1<<18)...)
	free := append([]byte("\x00\x00\x00\x10ftypM4A \x00\x00\x00\x00"), bytes.Repeat([]byte("\x00\x00\x00\x08free"), 1<<17)...)
	frames := append([]byte("ID3\x04\x00\x00\x00\x3f\x00\x00"), bytes.Repeat([]byte("XXXX\x00\x00\x00\x00\x00\x00"), 1<<17)...)
	for name, data := range map[string][]byte{"zeros": zeros, "padding": padding, "free": free, "frames": frames} {
		file := &counting{ReaderAt: bytes.NewReader(data)}
		s := source{file, int64(len(data))}
		if _, err := readProperties(s); !errors.Is(err, ErrNotAudio) {
			t.Errorf("%s: %v", name, err)
		}
		readID3Marks(s)
		isITunesPurchase(s)
		metadataSize(s)
		if file.reads > 5*maxParts {
			t.Errorf("%s: %d reads", name, file.reads)
		}
	}
}

func TestWholeSecondsRoundHalfToEven(t *testing.T) {
	for seconds, want := range map[float64]int{0.5: 0, 1.5: 2, 2.5: 2, 2.4999: 2, 2.5001: 3, 3.5: 4} {
		if got := wholeSeconds(seconds); got != want {
			t.Errorf("wholeSeconds(%v) = %d, want %d", seconds, got, want)
		}
	}
}

// FuzzReadTags damages real files. It asks for no panic, a typed error, and
// properties that can be stored.
func FuzzReadTags(f *testing.F) {
	for _, rel := range []string{sampleMP3, sampleFLAC, sampleM4A} {
		data := sample(f, rel)
		f.Add(data[:min(len(data), 6000)])
	}
	for _, seed := range []string{"ID3\x04\x00\x40\x00\x00\x00\x7f\x00\x00\x00\x06", "fLaC\x80\x00\x00\x22", "OggS", "\xff\xfb\x90\x64", "\xff\xf1\x50\x80\x01\x1f\xfc", "\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00moov"} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := os.CreateTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(file.Name())
		defer file.Close()
		if _, err := file.Write(data); err != nil {
			t.Fatal(err)
		}
		tags, err := readTags(file)
		if err != nil && !errors.Is(err, ErrNotAudio) && !errors.Is(err, ErrTags) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("untyped error %v", err)
		}
		if Playable(err) && (tags.Seconds <= 0 || tags.Playtime < 0 || tags.Bitrate < 0 || tags.Origin == "" || tags.Format == 0) {
			t.Fatalf("impossible properties %+v", tags)
		}
	})
}

// FuzzProperties is FuzzReadTags without the tag library, which is much slower.
func FuzzProperties(f *testing.F) {
	err := fs.WalkDir(os.DirFS("testdata/music"), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && IsSong(path) {
			data := sample(f, path)
			f.Add(data[:min(len(data), 4000)])
			f.Add(append(bytes.Clone(data[:min(len(data), 1000)]), data[max(0, len(data)-1000):]...))
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := source{bytes.NewReader(data), int64(len(data))}
		p, err := readProperties(s)
		if err == nil && (p.seconds <= 0 || p.seconds > maxSeconds || p.bitrate < 0 || p.format == 0) {
			t.Fatalf("impossible properties %+v", p)
		}
		readID3Marks(s)
		isITunesPurchase(s)
	})
}

func BenchmarkReadTags(b *testing.B) {
	m := musicIn(b, "testdata/music")
	for _, rel := range []string{sampleMP3, sampleFLAC, sampleM4A} {
		b.Run(strings.TrimPrefix(filepath.Ext(rel), "."), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tags, err := m.ReadTags(b.Context(), rel)
				if err != nil || tags.Playtime != 3 {
					b.Fatalf("%+v, %v", tags, err)
				}
			}
		})
	}
}
