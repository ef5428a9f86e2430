package tasks_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"musicdb/media/tasks"
)

// noise are bytes that no two seeds have in common.
func noise(seed, size int) []byte {
	data := make([]byte, size)
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	rand.NewChaCha8(key).Read(data)
	return data
}

func sha1Of(data []byte) string {
	sum := sha1.Sum(data)
	return hex.EncodeToString(sum[:])
}

// announce is an album file with these bytes.
func announce(id string, data []byte) tasks.Announcement {
	return tasks.Announcement{ID: id, ContentType: tasks.AlbumFile, Size: int64(len(data)), Checksum: sha1Of(data), FileName: "notes.txt"}
}

// send uploads all bytes that are missing, in chunks of the given size.
func (b *bench) send(a tasks.Announcement, data []byte, size int) {
	b.t.Helper()
	for {
		now, err := b.m.Task(a.ID)
		if err != nil || now.State != tasks.WaitForChunk {
			return
		}
		from := int(*now.Offset)
		err = b.m.Chunk(b.t.Context(), a.ID, bytes.Clone(data[from:min(len(data), from+size)]), tasks.Anywhere)
		if errors.Is(err, tasks.ErrNoTask) {
			return // all was there, and it has ended meanwhile
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
}

// upload is announce and send.
func (b *bench) upload(a tasks.Announcement, data []byte) {
	b.t.Helper()
	if err := b.m.Upload(a); err != nil {
		b.t.Fatal(err)
	}
	b.send(a, data, tasks.ChunkSize)
}

func (b *bench) task(id string) tasks.Task {
	b.t.Helper()
	t, err := b.m.Task(id)
	if err != nil {
		b.t.Fatal(err)
	}
	return t
}

// kept is what the directory of uploads holds.
func (b *bench) kept() map[string]string {
	b.t.Helper()
	entries, err := os.ReadDir(filepath.Join(b.dir, "uploads"))
	if err != nil {
		b.t.Fatal(err)
	}
	content := map[string]string{}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(b.dir, "uploads", entry.Name()))
		if err != nil {
			b.t.Fatal(err)
		}
		content[entry.Name()] = string(data)
	}
	return content
}

func TestUploadInChunks(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	data := noise(1, 100_209)
	a := announce("97ccaa07", data)
	a.Checksum, a.FileName = strings.ToUpper(a.Checksum), "A Song.old.TXT"
	if err := b.m.Upload(a); err != nil {
		t.Fatal(err)
	}
	b.send(a, data, 20_000)
	now := b.task(a.ID)
	name := "albumfile-" + a.Checksum + ".TXT"
	if now.State != tasks.UploadComplete || *now.Offset != 100_209 || *now.UploadPath != name {
		t.Fatalf("%+v", now)
	}
	if kept := b.kept(); len(kept) != 1 || kept[name] != string(data) {
		t.Errorf("%d files are kept", len(kept))
	}
	want := []string{"ChunkRequest waitforchunk", "ChunkRequest waitforchunk", "ChunkRequest waitforchunk", "ChunkRequest waitforchunk", "ChunkRequest waitforchunk", "ChunkRequest waitforchunk", "StateUpdate uploadcomplete"}
	if heard := b.lines(); !slices.Equal(heard, want) {
		t.Errorf("heard %q", heard)
	}
	b.run()
	b.await("StateUpdate readyforintegration")
	if now := b.task(a.ID); *now.PreprocessedPath != name || *now.MimeType != "text/plain" {
		t.Errorf("%+v", now)
	}
	if err := b.m.Cancel(a.ID); err != nil || len(b.kept()) != 0 {
		t.Errorf("%v, kept: %d", err, len(b.kept()))
	}
}

// lines is what was heard so far.
func (b *bench) lines() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.heard)
}

func TestWhatIsWrongWithChunks(t *testing.T) {
	data := noise(2, 1000)
	for name, c := range map[string]struct {
		chunks [][]byte
		want   string
		cause  string
	}{
		"wrong order":     {[][]byte{data[500:], data[:500]}, "Checksum mismatch", "announced"},
		"twice":           {[][]byte{data[:500], data[:500]}, "Checksum mismatch", "announced"},
		"beyond the size": {[][]byte{data, {1}}, "", ""},
		"one too many":    {[][]byte{data[:500], append(bytes.Clone(data[500:]), 1)}, "More data than announced", "501 bytes came behind the first 500 of a file of 1000 bytes"},
		"much too many":   {[][]byte{noise(3, 5000)}, "More data than announced", "5000 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, t.TempDir(), nil)
			a := announce("a", data)
			if err := b.m.Upload(a); err != nil {
				t.Fatal(err)
			}
			for _, chunk := range c.chunks {
				if err := b.m.Chunk(t.Context(), "a", chunk, tasks.Anywhere); err != nil {
					t.Fatal(err)
				}
			}
			if c.want == "" {
				if now := b.task("a"); now.State != tasks.UploadComplete || *now.Offset != 1000 {
					t.Errorf("%+v", now)
				}
				if kept := b.kept()["albumfile-"+a.Checksum+".txt"]; kept != string(data) {
					t.Errorf("%d bytes are kept", len(kept))
				}
				return
			}
			heard := b.lines()
			if !slices.Contains(heard, "InternalError uploadfailed: "+c.want) || heard[len(heard)-1] != "StateUpdate remove" {
				t.Errorf("heard %q", heard)
			}
			if _, err := b.m.Task("a"); !errors.Is(err, tasks.ErrNoTask) || len(b.kept()) != 0 {
				t.Errorf("%v; kept are %d files", err, len(b.kept()))
			}
			if f := b.failed["a"]; f == nil || !strings.Contains(f.Cause, c.cause) || f.Remedy == "" {
				t.Errorf("failure %+v", f)
			}
		})
	}
}

func TestChunksForOtherTasks(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	for _, id := range []string{"nope", "", "../x"} {
		if err := b.m.Chunk(t.Context(), id, []byte{1}, tasks.Anywhere); !errors.Is(err, tasks.ErrNoTask) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if heard := b.lines(); len(heard) != 3 || heard[0] != "InternalError: Invalid Task ID" {
		t.Errorf("heard %q", heard)
	}
}

// An empty chunk asks where to go on; behind the end it says what the state is.
func TestEmptyChunks(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	data := noise(4, 10)
	a := announce("a", data)
	if err := b.m.Upload(a); err != nil {
		t.Fatal(err)
	}
	for _, chunk := range [][]byte{nil, data[:4], {}, data[4:], {}, {7}} {
		if err := b.m.Chunk(t.Context(), "a", bytes.Clone(chunk), tasks.Anywhere); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"ChunkRequest waitforchunk", "ChunkRequest waitforchunk", "ChunkRequest waitforchunk", "ChunkRequest waitforchunk", "StateUpdate uploadcomplete", "StateUpdate uploadcomplete", "StateUpdate uploadcomplete"}
	if heard := b.lines(); !slices.Equal(heard, want) || *b.task("a").Offset != 10 {
		t.Errorf("heard %q", heard)
	}
}

// A client that says where its chunks belong may send them twice, too early and again.
func TestChunksThatSayWhereTheyBelong(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	data := noise(5, 100)
	if err := b.m.Upload(announce("a", data)); err != nil {
		t.Fatal(err)
	}
	for _, from := range []int{0, 0, 20, 10, 0, 10, 20, 90, 30} {
		if err := b.m.Chunk(t.Context(), "a", bytes.Clone(data[from:from+10]), int64(from)); err != nil {
			t.Fatal(err)
		}
	}
	// The announcement, four that are stored, two that come too early; doubles are passed by.
	if now := b.task("a"); *now.Offset != 40 || len(b.lines()) != 7 {
		t.Fatalf("%d bytes, heard %q", *now.Offset, b.lines())
	}
	b.send(announce("a", data), data, 33)
	if now := b.task("a"); now.State != tasks.UploadComplete {
		t.Errorf("%+v", now)
	}
}

func TestAnnouncementsThatAreRefused(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	good := announce("id", []byte("x"))
	for name, change := range map[string]func(*tasks.Announcement){
		"id that climbs":       func(a *tasks.Announcement) { a.ID = "../id" },
		"id with NUL":          func(a *tasks.Announcement) { a.ID = "i\x00d" },
		"no id":                func(a *tasks.Announcement) { a.ID = "" },
		"checksum that climbs": func(a *tasks.Announcement) { a.Checksum = "../../x" },
		"no checksum":          func(a *tasks.Announcement) { a.Checksum = "" },
		"long checksum":        func(a *tasks.Announcement) { a.Checksum = strings.Repeat("a", 300) },
		"content type":         func(a *tasks.Announcement) { a.ContentType = "song" },
		"size 0":               func(a *tasks.Announcement) { a.Size = 0 },
		"negative size":        func(a *tasks.Announcement) { a.Size = -5 },
		"huge name":            func(a *tasks.Announcement) { a.FileName = strings.Repeat("n", 2000) },
	} {
		a := good
		change(&a)
		told := len(b.lines())
		if err := b.m.Upload(a); err == nil && len(b.lines()) != told+1 || len(b.m.All()) != 0 {
			t.Errorf("%s was taken", name)
		}
	}
	b.heard = nil
	video := good
	video.ContentType = tasks.Video
	if err := b.m.Upload(video); err != nil {
		t.Error(err)
	}
	if heard := b.lines(); !slices.Equal(heard, []string{"InternalError: Upload of video not allowed"}) || len(b.m.All()) != 0 || len(b.kept()) != 0 {
		t.Errorf("heard %q", heard)
	}
	none := newBench(t, t.TempDir(), func(o *tasks.Options) { o.Uploads = nil })
	if err := none.m.Upload(good); err != nil || !slices.Equal(none.lines(), []string{"InternalError: Uploads deactivated"}) {
		t.Errorf("%v, heard %q", err, none.lines())
	}
}

// Whatever a file is called at its client, it is kept inside the directory of uploads,
// and two tasks never share a file.
func TestNamesOfUploads(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	data := []byte("content")
	want := []string{}
	for i, c := range []struct{ file, want string }{
		{"a.mp3", ".mp3"}, {"../../etc/passwd", ""}, {"..", ""}, {"a.m\x00p3", ""}, {"a.mp3/..", ""}, {strings.Repeat("n", 300) + ".flac", ".flac"},
		{"a." + strings.Repeat("x", 300), ""}, {`a.<>:"|?*`, ""}, {"README", ""}, {"", ""}, {"a.ä", ""}, {"x.", ""}, {"a.mp3", "-2.mp3"}, {"a.mp3", "-3.mp3"},
	} {
		a := announce(fmt.Sprintf("id%d", i), data)
		a.FileName = c.file
		a.Checksum = fmt.Sprintf("%040d", i)
		if strings.HasPrefix(c.want, "-") {
			a.Checksum = fmt.Sprintf("%040d", 0)
		}
		if err := b.m.Upload(a); err != nil {
			t.Fatalf("%q: %v", c.file, err)
		}
		if err := b.m.Chunk(t.Context(), a.ID, data[:3], tasks.Anywhere); err != nil {
			t.Fatal(err)
		}
		if got := *b.task(a.ID).UploadPath; got != "albumfile-"+a.Checksum+c.want {
			t.Errorf("%q is kept as %q", c.file, got)
		}
		want = append(want, "albumfile-"+a.Checksum+c.want)
	}
	kept := b.kept()
	for _, name := range want {
		if kept[name] != "con" {
			t.Errorf("%s: %q", name, kept[name])
		}
	}
	if len(kept) != len(want) {
		t.Errorf("%d files, want %d", len(kept), len(want))
	}
}

// Initiating again restarts from zero.
func TestUploadAgain(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	first, second := noise(6, 5000), noise(7, 3000)
	if err := b.m.Upload(announce("a", first)); err != nil {
		t.Fatal(err)
	}
	if err := b.m.Chunk(t.Context(), "a", bytes.Clone(first[:4000]), tasks.Anywhere); err != nil {
		t.Fatal(err)
	}
	b.upload(announce("a", second), second)
	if kept := b.kept(); len(kept) != 1 || kept["albumfile-"+sha1Of(second)+".txt"] != string(second) || b.task("a").State != tasks.UploadComplete {
		t.Errorf("%d files are kept", len(kept))
	}
}

func TestTwentyUploadsAtOnce(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			data := noise(i, 300_000+i)
			b.upload(announce(fmt.Sprint("upload", i), data), data)
		})
	}
	all.Wait()
	kept := b.kept()
	for i := range 20 {
		data := noise(i, 300_000+i)
		if now := b.task(fmt.Sprint("upload", i)); now.State != tasks.UploadComplete || kept[*now.UploadPath] != string(data) {
			t.Errorf("upload %d: %s", i, now.State)
		}
	}
}

func TestAnnotationsAreMerged(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	if err := b.m.Upload(announce("a", []byte("x"))); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`{"a":1,"b":[1]}`, `{"b":{"c":null},"taskid":"a"}`} {
		var values map[string]json.RawMessage
		if err := errors.Join(json.Unmarshal([]byte(text), &values), b.m.Annotate("a", values)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := json.Marshal(b.task("a").Annotations)
	if err != nil || string(got) != `{"a":1,"b":{"c":null},"taskid":"a"}` {
		t.Errorf("%s, %v", got, err)
	}
}
