package server_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/library"
)

// sleeve is a dark blue PNG picture with a white and an orange bar.
func sleeve(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for _, part := range []struct {
		where image.Rectangle
		color color.RGBA
	}{{m.Rect, color.RGBA{16, 24, 64, 255}}, {image.Rect(40, 40, 160, 80), color.RGBA{255, 255, 255, 255}}, {image.Rect(40, 120, 160, 150), color.RGBA{224, 112, 16, 255}}} {
		draw.Draw(m, part.where, image.NewUniform(part.color), image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// colorsOf are the three colors of an album.
func colorsOf(a library.Album) string { return a.BgColor + " " + a.FgColor + " " + a.HlColor }

func TestGetCoverColors(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	covers := must(artwork.Open(filepath.Join(d.dir, "webdata", "artwork"), artwork.Options{}))(t)
	t.Cleanup(func() { covers.Close() })
	name := must(covers.SetCover(t.Context(), "A", "B", sleeve(t)))(t)
	if err := d.library.SetAlbumArtwork(t.Context(), 1, name); err != nil {
		t.Fatal(err)
	}
	if err := d.library.SetAlbumArtwork(t.Context(), 2, artwork.DefaultName); err != nil {
		t.Fatal(err)
	}
	before, _ := d.library.Catalogue().Album(1)
	var got struct {
		AlbumID                   int
		BgColor, FgColor, HlColor string
	}
	if err := json.Unmarshal(answered(t, c, "GetCoverColors", map[string]any{"albumid": 1}), &got); err != nil {
		t.Fatal(err)
	}
	want := must(covers.Colors(t.Context(), name))(t)
	if got.AlbumID != 1 || got.BgColor != want.Background.String() || got.FgColor != want.Foreground.String() || got.HlColor != want.Highlight.String() ||
		got.BgColor == artwork.DefaultColors.Background.String() {
		t.Errorf("colors %+v, want %v", got, want)
	}
	if answer := string(answered(t, c, "GetCoverColors", map[string]any{"albumid": "2"})); answer != `{"albumid":2,"bgcolor":"#101010","fgcolor":"#F0F0F0","hlcolor":"#909090"}` {
		t.Errorf("of the default cover: %s", answer)
	}
	if after, _ := d.library.Catalogue().Album(1); colorsOf(after) != colorsOf(before) {
		t.Errorf("the album has the colors %s", colorsOf(after))
	}
	// What was proposed can be set.
	answered(t, c, "SetAlbumColor", map[string]any{"albumid": 1, "colorname": "bgcolor", "color": got.BgColor})
	if after, _ := d.library.Catalogue().Album(1); after.BgColor != got.BgColor {
		t.Errorf("the album has the colors %s", colorsOf(after))
	}
}

func TestGetCoverCandidates(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	const album = "A/2000 - B"
	dir := filepath.Join(d.music, album)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"Cover.jpg": sleeve(t), "folder.jpg": []byte("text"), "01 X.mp3": nil} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var got []struct {
		Path, Source, Format string
		Width, Height, Bytes int
		Problem              *string
	}
	if err := json.Unmarshal(answered(t, c, "GetCoverCandidates", map[string]any{"albumpath": album}), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) < 2 || got[0].Path != album+"/Cover.jpg" || got[0].Source != "folder" || got[0].Format != "PNG" || got[0].Width != 200 || got[0].Height != 200 || got[0].Problem != nil {
		t.Fatalf("candidates %+v", got)
	}
	for _, bad := range got[1:] {
		if bad.Problem == nil || bad.Format != "" {
			t.Errorf("candidate %+v", bad)
		}
	}
	for _, none := range []string{"A/2001 - None", "../" + album, "", "/etc"} {
		if answer := string(answered(t, c, "GetCoverCandidates", map[string]any{"albumpath": none})); strings.TrimSpace(answer) != "[]" {
			t.Errorf("candidates in %q: %s", none, answer)
		}
	}
}
