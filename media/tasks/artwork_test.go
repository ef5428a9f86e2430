package tasks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/ffmpeg"
	"musicdb/media/frames"
	"musicdb/media/library"
	"musicdb/media/tasks"
)

// Songs of the recorded library, with and without a picture.
const (
	withPicture    = "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/01 Thunder Iron.mp3"
	withoutPicture = "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/04 Velvet Slow.mp3"
	itsAlbum       = "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static"
	itsCover       = "ACHSELBRAN∕BRANELGORNO - Cloud Meadow Static.jpg"
	aVideo         = "ACHSELBRAN∕BRANELGORNO/2001 - Film.mp4"
)

// gallery is a library with albums, and all that makes covers.
type gallery struct {
	*house
	*bench
	covers *artwork.Store
}

func newGallery(t *testing.T) *gallery {
	t.Helper()
	g := &gallery{house: newHouse(t)}
	if _, err := g.scan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(g.house.dir, "artwork")
	var err error
	if g.covers, err = artwork.Open(at, artwork.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.covers.Close() })
	tool, err := ffmpeg.Find(ffmpeg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tool.Close() })
	videos, err := frames.Open(at, frames.Options{Music: g.music, Library: g.lib, Tool: tool, Frames: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { videos.Close() })
	g.bench = newBench(t, filepath.Join(g.house.dir, "data"), func(o *tasks.Options) {
		o.Library, o.Music, o.Covers, o.Frames = g.lib, g.music, g.covers, videos
	})
	return g
}

func (g *gallery) write(rel string, data []byte) {
	g.t.Helper()
	if err := os.WriteFile(filepath.Join(g.house.dir, rel), data, 0o644); err != nil {
		g.t.Fatal(err)
	}
}

// take makes a cover out of a source and returns what everybody has heard.
func (g *gallery) take(source, target, last string) []string {
	g.t.Helper()
	g.mu.Lock()
	g.heard = nil
	g.mu.Unlock()
	if _, err := g.m.ImportArtwork(source, target); err != nil {
		g.t.Fatalf("%s: %v", source, err)
	}
	return g.await(last)
}

// cover is the picture that an album has.
func (g *gallery) cover() (name string, picture []byte) {
	g.t.Helper()
	album, ok := g.lib.Catalogue().AlbumByPath(itsAlbum)
	if !ok {
		g.t.Fatal("the album is gone")
	}
	if [3]string{album.BgColor, album.FgColor, album.HlColor} != [3]string{"#101010", "#F0F0F0", "#909090"} {
		g.t.Errorf("the colours of the album have changed: %+v", album)
	}
	f, err := g.covers.File(g.t.Context(), album.ArtworkPath)
	if err != nil {
		g.t.Fatal(err)
	}
	defer f.Close()
	if picture, err = io.ReadAll(f); err != nil {
		g.t.Fatal(err)
	}
	return album.ArtworkPath, picture
}

// plainly is a picture of one colour.
func plainly(t testing.TB, c color.Color, encode func(io.Writer, image.Image) error) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 200, 200))
	draw.Draw(m, m.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }

// hue is the colour in the middle of a JPEG file.
func hue(t testing.TB, data []byte) string {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	size := m.Bounds().Size()
	r, gr, b, _ := m.At(size.X/2, size.Y/2).RGBA()
	switch {
	case r > b && r > gr:
		return "red"
	case b > r && b > gr:
		return "blue"
	}
	return "green"
}

var complete = []string{
	"StateUpdate startartworkimport", "StateUpdate importingartwork", "StateUpdate importcomplete", "Refresh", "StateUpdate remove",
}

// TestImportOfCovers: from a song, from an upload, and from a file beside the songs.
// Each replaces the one before.
func TestImportOfCovers(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	g.run()
	if heard := g.take(withPicture, itsAlbum, "StateUpdate remove"); !slices.Equal(heard, complete) {
		t.Errorf("heard %q, want %q", heard, complete)
	}
	embedded, err := g.music.ReadCover(t.Context(), withPicture)
	if err != nil {
		t.Fatal(err)
	}
	if name, picture := g.cover(); name != itsCover || !bytes.Equal(picture, embedded) {
		t.Errorf("cover %q of %d bytes, want %d", name, len(picture), len(embedded))
	}

	g.write("data/uploads/artwork-1.png", plainly(t, color.RGBA{0, 0, 255, 255}, png.Encode))
	g.take("artwork-1.png", itsAlbum, "StateUpdate remove")
	if _, picture := g.cover(); hue(t, picture) != "blue" {
		t.Error("the uploaded picture is not the cover")
	}

	// Called .jpg, and a PNG all the same.
	g.write("music/"+itsAlbum+"/Folder.JPG", plainly(t, color.RGBA{255, 0, 0, 255}, png.Encode))
	g.take(itsAlbum+"/Folder.JPG", itsAlbum, "StateUpdate remove")
	_, red := g.cover()
	if hue(t, red) != "red" {
		t.Error("the picture beside the songs is not the cover")
	}

	// A song without picture takes nothing away.
	if heard := g.take(withoutPicture, itsAlbum, "StateUpdate remove"); !slices.Equal(heard, complete) {
		t.Errorf("heard %q, want %q", heard, complete)
	}
	if _, picture := g.cover(); !bytes.Equal(picture, red) {
		t.Error("the cover has changed")
	}
}

// TestFailedImportOfCovers: the reason is told, and the old cover stays.
func TestFailedImportOfCovers(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	g.run()
	g.take(withPicture, itsAlbum, "StateUpdate remove")
	_, before := g.cover()
	good := plainly(t, color.RGBA{0, 0, 255, 255}, asJPEG)
	unknown := "ACHSELBRAN∕BRANELGORNO/1999 - Unknown"
	if err := os.Mkdir(filepath.Join(g.house.dir, "music", unknown), 0o755); err != nil {
		t.Fatal(err)
	}
	g.write("music/"+aVideo, []byte("no video"))
	for name, c := range map[string]struct {
		data    []byte
		source  string
		target  string
		message string
	}{
		"empty":            {nil, "0.jpg", itsAlbum, tasks.MessageArtworkImport},
		"half":             {good[:len(good)/2], "1.jpg", itsAlbum, tasks.MessageArtworkImport},
		"text":             {[]byte("<svg/>"), "2.jpg", itsAlbum, tasks.MessageArtworkImport},
		"too large":        {append(bytes.Clone(good), make([]byte, artwork.MaxBytes)...), "3.jpg", itsAlbum, tasks.MessageArtworkImport},
		"no album":         {good, "4.jpg", unknown, tasks.MessageNoAlbum},
		"no video":         {good, "5.jpg", aVideo, tasks.MessageVideoArtwork},
		"a frame of none":  {good, aVideo, itsAlbum, tasks.MessageArtworkImport},
		"frames of no row": {good, aVideo, aVideo, tasks.MessageVideoArtwork},
	} {
		if !strings.Contains(c.source, "/") {
			g.write("data/uploads/"+c.source, c.data)
		}
		heard := g.take(c.source, c.target, "StateUpdate remove")
		want := []string{"StateUpdate startartworkimport", "StateUpdate importingartwork", "InternalError importingartwork: " + c.message, "StateUpdate importfailed", "StateUpdate remove"}
		if !slices.Equal(heard, want) {
			t.Errorf("%s: heard %q, want %q", name, heard, want)
		}
		if _, picture := g.cover(); !bytes.Equal(picture, before) {
			t.Errorf("%s: the cover has changed", name)
		}
	}
	for source, target := range map[string]string{
		"../secret.jpg": itsAlbum, "/etc/passwd": itsAlbum, "a\x00.jpg": itsAlbum, itsAlbum: itsAlbum, "none.jpg": itsAlbum,
		withPicture: "../" + itsAlbum, withoutPicture: withPicture,
	} {
		if id, err := g.m.ImportArtwork(source, target); !errors.Is(err, tasks.ErrTarget) || id != "" {
			t.Errorf("%q for %q: task %q, error %v", source, target, id, err)
		}
	}
}

// TestPicturesOfVideos: a video's own frames, a picture of the user's as its
// thumbnail, and a frame as the cover of an album.
func TestPicturesOfVideos(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	g.run()
	film := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=blue:s=64x64:r=10:d=3", "-pix_fmt", "yuv420p", filepath.Join(g.house.dir, "music", aVideo))
	if out, err := film.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var id int64
	err := g.lib.Edit(t.Context(), func(e *library.Edit) error {
		artist, _ := e.Catalogue().ArtistByPath("ACHSELBRAN∕BRANELGORNO")
		v, err := e.AddVideo(library.NewVideo{ArtistID: artist.ID, Name: "Film", Path: aVideo, Playtime: 3})
		id = v.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if heard := g.take(aVideo, aVideo, "StateUpdate remove"); !slices.Equal(heard, complete) {
		t.Errorf("heard %q, want %q", heard, complete)
	}
	v, _ := g.lib.Catalogue().Video(id)
	if v.FramesDirectory == "" || v.ThumbnailFile != "frame-01.jpg" || v.PreviewFile == "" {
		t.Errorf("row %+v", v)
	}
	g.write("data/uploads/2.png", plainly(t, color.RGBA{255, 0, 0, 255}, png.Encode))
	g.take("2.png", aVideo, "StateUpdate remove")
	v, _ = g.lib.Catalogue().Video(id)
	thumbnail, err := os.ReadFile(filepath.Join(g.house.dir, "artwork", v.FramesDirectory, v.ThumbnailFile))
	if err != nil || hue(t, thumbnail) != "red" {
		t.Errorf("the thumbnail %s is another one, %v", v.ThumbnailFile, err)
	}
	g.take(aVideo, itsAlbum, "StateUpdate remove")
	if _, picture := g.cover(); hue(t, picture) != "blue" {
		t.Error("the frame is not the cover")
	}
}

// TestImportOfACoverGoesOn: the daemon was killed while the step ran.
func TestImportOfACoverGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	task := map[string]any{
		"id": "killed", "state": "importingartwork", "contenttype": "artwork", "initializationtime": 1, "updatetime": 1,
		"albumpath": itsAlbum, "awsourcetype": "songfile", "awsourcepath": withPicture,
	}
	data, err := json.Marshal(task)
	if err == nil {
		err = errors.Join(os.MkdirAll(filepath.Join(h.dir, "data", "tasks"), 0o755), os.WriteFile(filepath.Join(h.dir, "data", "tasks", "killed.json"), data, 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.scan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	covers, err := artwork.Open(filepath.Join(h.dir, "artwork"), artwork.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { covers.Close() })
	b := newBench(t, filepath.Join(h.dir, "data"), func(o *tasks.Options) { o.Library, o.Music, o.Covers = h.lib, h.music, covers })
	b.run()
	b.await("StateUpdate remove")
	if album, _ := h.lib.Catalogue().AlbumByPath(itsAlbum); album.ArtworkPath != itsCover {
		t.Errorf("the album has the cover %q", album.ArtworkPath)
	}
}
