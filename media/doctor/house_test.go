package doctor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"musicdb/media/artwork"
	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
)

// house is a collection with its library and artwork cache.
type house struct {
	t           testing.TB
	music, data string
	seed        int // of the next song's sound, so that no two are the same
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, music: filepath.Join(t.TempDir(), "music"), data: filepath.Join(t.TempDir(), "data")}
	must(t, os.Mkdir(h.music, 0o755))
	return h
}

var codecs = map[string][]string{
	".mp3": {"-c:a", "libmp3lame", "-b:a", "256k"}, ".flac": {"-c:a", "flac"}, ".m4a": {"-c:a", "aac", "-b:a", "192k"},
	".aac": {"-c:a", "aac", "-f", "adts"}, ".ogg": {"-c:a", "libvorbis"}, ".opus": {"-c:a", "libopus"},
}

// song makes a song of noise that says of itself what its path says, unless further
// arguments of ffmpeg say otherwise.
func (h *house) song(rel string, options ...string) {
	h.t.Helper()
	h.seed++
	h.sound(rel, fmt.Sprintf("anoisesrc=d=4:a=0.3:c=pink:r=44100:seed=%d,aformat=channel_layouts=stereo", h.seed), options...)
}

// sound is song with a source of ffmpeg.
func (h *house) sound(rel, source string, options ...string) {
	h.t.Helper()
	at, err := files.Analyse(rel, files.KindSong)
	if err == nil {
		options = append([]string{"-metadata", "title=" + at.Name, "-metadata", "album=" + at.Album, "-metadata", "artist=" + at.Artist,
			"-metadata", fmt.Sprintf("date=%d", at.Release), "-metadata", fmt.Sprintf("track=%d", at.Number)}, options...)
	}
	name := filepath.Join(h.music, filepath.FromSlash(rel))
	must(h.t, os.MkdirAll(filepath.Dir(name), 0o755))
	ffmpegRun(h.t, slices.Concat([]string{"-f", "lavfi", "-i", source}, codecs[path.Ext(rel)], options, []string{"file:" + name})...)
}

func ffmpegRun(t testing.TB, args ...string) {
	t.Helper()
	args = append([]string{"-v", "error", "-nostdin", "-y"}, args...)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
}

// put writes a file of the music directory.
func (h *house) put(rel string, content []byte) {
	h.t.Helper()
	name := filepath.Join(h.music, filepath.FromSlash(rel))
	must(h.t, os.MkdirAll(filepath.Dir(name), 0o755))
	must(h.t, os.WriteFile(name, content, 0o644))
}

// change rewrites a file of the music directory.
func (h *house) change(rel string, to func([]byte) []byte) {
	h.t.Helper()
	content, err := os.ReadFile(filepath.Join(h.music, rel))
	must(h.t, err)
	h.put(rel, to(content))
}

func (h *house) rename(from, to string) {
	h.t.Helper()
	must(h.t, os.MkdirAll(filepath.Dir(filepath.Join(h.music, to)), 0o755))
	must(h.t, os.Rename(filepath.Join(h.music, from), filepath.Join(h.music, to)))
}

// picture is a JPEG of one colour.
func picture(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range m.Pix {
		m.Pix[i] = byte(i)
	}
	m.Set(1, 1, color.Black)
	var out bytes.Buffer
	must(t, jpeg.Encode(&out, m, nil))
	return out.Bytes()
}

// enter takes everything into the library, with a cover for each album.
func (h *house) enter() {
	h.t.Helper()
	ctx := context.Background()
	lib, err := library.Open(ctx, library.Options{Dir: h.data})
	must(h.t, err)
	defer lib.Close()
	music, err := files.OpenMusic(h.music)
	must(h.t, err)
	defer music.Close()
	covers, err := artwork.Open(filepath.Join(h.data, "webdata", "artwork"), artwork.Options{Scales: scales})
	must(h.t, err)
	defer covers.Close()
	for a, err := range music.Scan(ctx, files.ScanOptions{}) {
		if err != nil {
			continue // what cannot enter is ill
		}
		n := library.NewAlbum{ArtistName: a.Artist, ArtistPath: a.Artist, Name: a.Album, Path: a.Path, Release: int64(a.Release), Added: time.Unix(a.Added, 0)}
		for _, s := range a.Songs {
			n.Songs = append(n.Songs, library.NewSong{Name: s.Name, Path: s.Path, Number: int64(s.Number), CD: int64(s.CD),
				Playtime: int64(s.Tags.Playtime), Bitrate: int64(s.Tags.Bitrate), Checksum: s.Checksum})
		}
		row, err := lib.AddAlbum(ctx, n)
		must(h.t, err)
		name, err := covers.SetCover(ctx, a.Artist, a.Album, picture(h.t))
		must(h.t, err)
		must(h.t, lib.SetAlbumArtwork(ctx, row.ID, name))
	}
}

var scales = []int{50, 150}

// edit changes the library.
func (h *house) edit(do func(*library.Edit) error) {
	h.t.Helper()
	lib, err := library.Open(context.Background(), library.Options{Dir: h.data})
	must(h.t, err)
	defer lib.Close()
	must(h.t, lib.Edit(context.Background(), do))
}

// doctor examines the house.
func (h *house) doctor(change ...func(*Options)) *Doctor {
	h.t.Helper()
	music, err := files.OpenMusic(h.music)
	must(h.t, err)
	catalogue, err := library.ReadCatalogue(context.Background(), h.data)
	must(h.t, err)
	tool, err := ffmpeg.Find(ffmpeg.Options{})
	must(h.t, err)
	o := Options{Catalogue: func() *library.Catalogue { return catalogue }, Music: music, DataDir: h.data, Scales: scales, Tool: tool}
	for _, c := range change {
		c(&o)
	}
	d := New(o)
	h.t.Cleanup(func() {
		must(h.t, d.Close())
		must(h.t, tool.Close())
		must(h.t, music.Close())
	})
	return d
}

// diagnose returns what an examination finds, and holds it against what is kept.
func diagnose(t testing.TB, d *Doctor, order Order) (told []Verdict) {
	t.Helper()
	status, err := d.Diagnose(context.Background(), order, func(v Verdict) { told = append(told, v) })
	if err != nil || status.State != Done || status.Verdicts != len(told) {
		t.Fatalf("%+v, %v; %d verdicts were told", status, err, len(told))
	}
	if kept, n := d.Verdicts(0, MaxKept); n != len(told) || fmt.Sprint(kept) != fmt.Sprint(told) {
		t.Errorf("%d verdicts are kept, %d were told", n, len(told))
	}
	return told
}

// short are verdicts as lines.
func short(verdicts []Verdict) (lines []string) {
	for _, v := range verdicts {
		line := fmt.Sprintf("%v %s %s", v.Illness, v.Subject, v.Path)
		if len(v.Related) > 0 {
			line += " <- " + strings.Join(v.Related, ", ")
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// listing describes every file below directories, with its time and content.
func listing(t testing.TB, dirs ...string) string {
	t.Helper()
	var out strings.Builder
	for _, dir := range dirs {
		must(t, filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			fmt.Fprintf(&out, "%s %v %v", name, info.Mode(), info.ModTime().UnixNano())
			if info.Mode().IsRegular() {
				content, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				fmt.Fprintf(&out, " %x", sha256.Sum256(content))
			}
			out.WriteByte('\n')
			return nil
		}))
	}
	return out.String()
}
