package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"os/exec"
	"strings"
	"testing"

	"musicdb/media/demo/cover"
	"musicdb/media/demo/score"
)

// maxLibrary is how much the demo library may add to the binary, in bytes.
const maxLibrary = 4_000_000

// TestScoreText fails when the music was changed and not encoded again.
func TestScoreText(t *testing.T) {
	want, err := os.ReadFile("score.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := score.Write(&got, Pieces()); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got.Bytes(), want) {
		return
	}
	g, w := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	line := 0
	for line < len(g) && line < len(w) && g[line] == w[line] {
		line++
	}
	t.Errorf("score.txt differs from the music, first in line %d; encode again with\n\tgo run ./media/demo/compose -ffmpeg \"musicdb ffmpeg\"", line+1)
}

func TestLibraryHasEveryPieceAndNothingElse(t *testing.T) {
	entries, err := library.ReadDir("library")
	if err != nil {
		t.Fatal(err)
	}
	pieces := Pieces()
	wanted := map[string]bool{}
	artists, albums, formats := map[string]bool{}, map[string]bool{}, map[score.Format]bool{}
	for _, p := range pieces {
		wanted[p.File()] = true
		artists[p.Artist], albums[p.Album], formats[p.Format] = true, true, true
	}
	total := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
		if !wanted[e.Name()] {
			t.Errorf("%s belongs to no piece", e.Name())
		}
		delete(wanted, e.Name())
	}
	for name := range wanted {
		t.Errorf("%s is missing", name)
	}
	if total >= maxLibrary {
		t.Errorf("the library has %d bytes, the limit is %d", total, maxLibrary)
	}
	if len(pieces) < 12 || len(albums) != 4 || len(artists) != 3 || len(formats) != 4 {
		t.Errorf("%d pieces, %d albums, %d artists, %d formats; want at least 12, 4, 3, 4", len(pieces), len(albums), len(artists), len(formats))
	}
}

// probe is what ffprobe says about a file.
type probe struct {
	Streams []struct {
		Type          string `json:"codec_type"`
		Codec         string `json:"codec_name"`
		Width, Height int
		Tags          map[string]string
		Disposition   struct {
			Attached int `json:"attached_pic"`
		}
	}
	Format struct {
		Tags map[string]string
	}
}

// tag returns a tag of the file or, as Ogg has it, of its audio stream.
func (p *probe) tag(name string) string {
	for _, tags := range []map[string]string{p.Format.Tags, p.Streams[0].Tags} {
		for key, value := range tags {
			if strings.EqualFold(key, name) {
				return value
			}
		}
	}
	return ""
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	c := exec.CommandContext(context.Background(), name, args...)
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, stderr.String())
	}
	return out
}

func TestTagsAndCovers(t *testing.T) {
	codecs := map[score.Format]string{score.MP3: "mp3", score.M4A: "aac", score.Opus: "opus", score.FLAC: "flac"}
	covers := map[string]string{}
	for _, p := range Pieces() {
		t.Run(p.Slug, func(t *testing.T) {
			file := "library/" + p.File()
			var got probe
			if err := json.Unmarshal(run(t, "ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", file), &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Streams) != 2 || got.Streams[0].Codec != codecs[p.Format] || got.Streams[1].Disposition.Attached != 1 {
				t.Fatalf("streams %+v; want %s and an attached picture", got.Streams, codecs[p.Format])
			}
			if s := got.Streams[1]; s.Width != cover.Edge || s.Height != cover.Edge {
				t.Errorf("the cover has %d×%d pixels", s.Width, s.Height)
			}
			want := map[string]string{"title": p.Title, "artist": p.Artist, "album": p.Album, "date": fmt.Sprint(p.Year)}
			for name, value := range want {
				if got.tag(name) != value {
					t.Errorf("%s is %q, want %q", name, got.tag(name), value)
				}
			}
			if number, _, _ := strings.Cut(got.tag("track"), "/"); number != fmt.Sprint(p.Track) {
				t.Errorf("track is %q, want %d", number, p.Track)
			}
			if disc, _, _ := strings.Cut(got.tag("disc"), "/"); p.Disc > 0 && disc != fmt.Sprint(p.Disc) {
				t.Errorf("disc is %q, want %d", disc, p.Disc)
			}
			picture := run(t, "ffmpeg", "-v", "error", "-nostdin", "-i", file, "-map", "0:v", "-c", "copy", "-f", "image2pipe", "-")
			if _, _, err := image.Decode(bytes.NewReader(picture)); err != nil {
				t.Errorf("the cover can not be decoded: %v", err)
			}
			if other, ok := covers[p.Album]; ok && other != string(picture) {
				t.Errorf("the cover differs from that of other pieces of %q", p.Album)
			}
			covers[p.Album] = string(picture)
		})
	}
	distinct := map[string]bool{}
	for _, picture := range covers {
		distinct[picture] = true
	}
	if len(distinct) != 4 {
		t.Errorf("%d different covers, want one for each of 4 albums", len(distinct))
	}
}
