package tasks_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/ffmpeg/ffmpegtest"
	"musicdb/media/files"
	"musicdb/media/tasks"
)

// kitchen is a Manager with a music directory and artwork, whose workers work.
func kitchen(t *testing.T) (b *bench, music string) {
	t.Helper()
	music = t.TempDir()
	dir, err := files.OpenMusic(music)
	if err != nil {
		t.Fatal(err)
	}
	covers, err := artwork.Open(t.TempDir(), artwork.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close(); covers.Close() })
	b = newBench(t, t.TempDir(), func(o *tasks.Options) {
		o.Music, o.Covers, o.Uploads = dir, covers, append(o.Uploads, tasks.Video)
	})
	b.run()
	return b, music
}

// bring uploads a file and waits until it is looked at.
func (b *bench) bring(content tasks.ContentType, name string, data []byte) (told tasks.Task) {
	b.t.Helper()
	a := announce("id-"+string(content)+sha1Of([]byte(name))[:8], data)
	a.ContentType, a.FileName = content, name
	b.upload(a, data)
	return b.reaches(a.ID, tasks.ReadyForIntegration, tasks.InvalidContent)
}

// reaches waits until a task was told to be in one of the states.
func (b *bench) reaches(id string, states ...tasks.State) tasks.Task {
	b.t.Helper()
	for {
		b.mu.Lock()
		for _, s := range states {
			if t, ok := b.seen[id][s]; ok {
				b.mu.Unlock()
				return t
			}
		}
		b.mu.Unlock()
		select {
		case <-b.more:
		case <-b.t.Context().Done():
			b.t.Fatalf("%s does not reach %v: %q", id, states, b.lines())
		}
	}
}

func song(t *testing.T, format, codec string, more ...string) []byte {
	t.Helper()
	args := append([]string{"-f", "lavfi", "-i", "sine=duration=2", "-c:a", codec}, more...)
	name := filepath.Join(t.TempDir(), "x."+format)
	ffmpegtest.Run(t, nil, append(args, name)...)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSongsAreAnnotated(t *testing.T) {
	b, _ := kitchen(t)
	tags := []string{"-metadata", "title=Ä Song", "-metadata", "artist=Artist", "-metadata", "album=Album", "-metadata", "date=2001-02-03", "-metadata", "track=4/9", "-metadata", "disc=2/3"}
	// ID3 texts that are Latin-1 by their label and windows-1251 by their bytes.
	wrong := append([]byte("ID3\x03\x00\x00\x00\x00\x00\x10TIT2\x00\x00\x00\x06\x00\x00\x00\xcf\xf0\xe8\xe2\xe5"), song(t, "mp3", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0")...)
	for name, c := range map[string]struct {
		data []byte
		want map[string]string
	}{
		"a.mp3":     {song(t, "mp3", "libmp3lame", tags...), map[string]string{"song": `"Ä Song"`, "artist": `"Artist"`, "album": `"Album"`, "releaseyear": `2001`, "songnumber": `4`, "cdnumber": `2`, "playtime": `2`, "lyrics": `null`, "origin": `"internet"`}},
		"bare.flac": {song(t, "flac", "flac", "-bitexact"), map[string]string{"song": `null`, "album": `null`, "releaseyear": `null`, "songnumber": `0`, "origin": `"CD"`, "playtime": `2`}},
		"bare.mp3":  {song(t, "mp3", "libmp3lame", "-bitexact"), map[string]string{"album": `null`, "releaseyear": `0`}},
		"wrong.mp3": {wrong, map[string]string{"song": `"Ïðèâå"`}},
		"B.OPUS":    {song(t, "opus", "libopus", tags...), map[string]string{"song": `"Ä Song"`, "releaseyear": `2001`}},
	} {
		told := b.bring(tasks.AlbumFile, name, c.data)
		if told.State != tasks.ReadyForIntegration || *told.PreprocessedPath != *told.UploadPath || !strings.HasPrefix(*told.MimeType, "audio/") {
			t.Errorf("%s: %+v, %+v", name, told, told.Failure)
		}
		for key, want := range c.want {
			if got := string(told.Annotations[key]); got != want {
				t.Errorf("%s: %s is %s, want %s", name, key, got, want)
			}
		}
	}
}

// What is not what its name says is refused with the cause; what is no music is taken.
func TestContentThatIsNotWhatItIsCalled(t *testing.T) {
	b, _ := kitchen(t)
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	w, err := z.Create("01 Song.mp3")
	if err == nil {
		_, err = w.Write(noise(1, 100_000))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	mp3 := song(t, "mp3", "libmp3lame")
	for _, c := range []struct {
		content tasks.ContentType
		name    string
		data    []byte
		cause   string // "": it is taken
	}{
		{tasks.AlbumFile, "archive.mp3", archive.Bytes(), `extension "mp3" but is not music`},
		{tasks.AlbumFile, "zero.flac", make([]byte, 5000), `extension "flac"`},
		{tasks.AlbumFile, "one.m4a", []byte{0}, `extension "m4a"`},
		{tasks.AlbumFile, "song.mp4", mp3, `extension "mp4" but is not a video`},
		{tasks.AlbumFile, "archive.zip", archive.Bytes(), ""},
		{tasks.AlbumFile, "notes.txt", []byte("hello"), ""},
		{tasks.AlbumFile, "README", []byte("hello"), ""},
		{tasks.Video, "clip.mp4", mp3, "not a video"},
		{tasks.Video, "clip.webm", archive.Bytes(), "not a video"},
		{tasks.Artwork, "art.jpg", []byte("GIF89a"), "picture"},
		{tasks.Artwork, "art.gif", []byte("GIF89a"), "picture"},
	} {
		told := b.bring(c.content, c.name, c.data)
		switch {
		case c.cause == "":
			if told.State != tasks.ReadyForIntegration || told.PreprocessedPath == nil {
				t.Errorf("%s: %s, %+v", c.name, told.State, told.Failure)
			}
		case told.State != tasks.InvalidContent || told.Failure == nil || !strings.Contains(told.Failure.Cause, c.cause) || told.Failure.Remedy == "":
			t.Errorf("%s: %s, %+v", c.name, told.State, told.Failure)
		}
	}
}

func TestPicturesBecomeJPEG(t *testing.T) {
	b, _ := kitchen(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	told := b.bring(tasks.Artwork, "cover.PNG", picture.Bytes())
	if told.State != tasks.ReadyForIntegration {
		t.Fatalf("%+v, %+v", told, told.Failure)
	}
	f, err := os.Open(*told.PreprocessedPath)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	made, format, err := image.Decode(f)
	if err != nil || format != "jpeg" || made.Bounds().Dx() != 40 || filepath.Dir(*told.PreprocessedPath) != filepath.Join(b.dir, "uploads") {
		t.Errorf("%s, %v, %s", format, err, *told.PreprocessedPath)
	}
	if err := b.m.Cancel(told.ID); err != nil || len(b.kept()) != 0 {
		t.Errorf("%v; kept are %v", err, maps.Keys(b.kept()))
	}
}

func TestVideosAreAnnotated(t *testing.T) {
	b, _ := kitchen(t)
	for format, codec := range map[string]string{"mp4": "h264", "webm": "vp8"} {
		name := filepath.Join(t.TempDir(), "v."+format)
		encoder := map[string]string{"mp4": "libx264", "webm": "libvpx"}[format]
		ffmpegtest.Run(t, nil, "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=3", "-pix_fmt", "yuv420p", "-c:v", encoder, "-deadline", "realtime", name)
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		a := announce("video-"+format, data)
		a.ContentType, a.FileName = tasks.Video, "v."+format
		if err := b.m.Upload(a); err != nil {
			t.Fatal(err)
		}
		said := map[string]json.RawMessage{"artistname": []byte(`"AC/DC"`), "release": []byte(`"1999"`), "name": []byte(`"Clip - live"`), "origin": []byte(`"mine"`)}
		if err := b.m.Annotate(a.ID, said); err != nil {
			t.Fatal(err)
		}
		b.send(a, data, 10_000)
		told := b.reaches(a.ID, tasks.ReadyForIntegration, tasks.InvalidContent)
		for key, want := range map[string]string{"codec": `"` + codec + `"`, "xresolution": "64", "yresolution": "48", "playtime": "3", "origin": `"mine"`, "name": `"Clip - live"`} {
			if got := string(told.Annotations[key]); got != want {
				t.Errorf("%s: %s is %s, want %s (%+v)", format, key, got, want, told.Failure)
			}
		}
		if err := b.m.Integrate(a.ID, ""); err != nil {
			t.Fatal(err)
		}
		told = b.reaches(a.ID, tasks.ReadyForImport, tasks.IntegrationFailed)
		if told.State != tasks.ReadyForImport || *told.VideoFile != "AC∕DC/1999 - Clip - live."+format {
			t.Errorf("%+v, %+v", told, told.Failure)
		}
	}
}
