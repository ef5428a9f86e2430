package tasks_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/tasks"
)

// workHere, when set, makes this test binary work on tasks in the directory <value>
// until it is killed. It prints a line for everything that was acknowledged.
const workHere = "MUSICDB_TEST_TASKS"

const (
	killedSong  = "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/01 Thunder Iron.mp3"
	killedAlbum = "Kill Artist/2020 - Album"
)

// openHere opens library, music and tasks of a directory, as the daemon does.
func openHere(dir string) (*tasks.Manager, *library.Library, *files.Music, error) {
	lib, err := library.Open(context.Background(), library.Options{Dir: filepath.Join(dir, "data")})
	if err != nil {
		return nil, nil, nil, err
	}
	music, err := files.OpenMusic(filepath.Join(dir, "music"))
	if err != nil {
		return nil, nil, nil, err
	}
	m, err := tasks.Open(tasks.Options{Dir: filepath.Join(dir, "data"), Library: lib, Music: music, Uploads: []tasks.ContentType{tasks.AlbumFile}, Workers: 3})
	return m, lib, music, err
}

// workUntilKilled uploads, integrates, scans, annotates and cancels, for ever.
func workUntilKilled(dir string) error {
	m, _, _, err := openHere(dir)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(filepath.Join(dir, "music", killedSong))
	if err != nil {
		return err
	}
	ready := make(chan string, 1000)
	m.Subscribe(func(n tasks.Notification) {
		if n.Task != nil && n.Task.State == tasks.ReadyForIntegration {
			ready <- n.Task.ID
		}
	})
	ctx := context.Background()
	go m.Run(ctx)
	offer, _, err := m.Offer(tasks.Offered{ContentType: tasks.Album, Path: killedAlbum, Plan: 1})
	for n := 0; err == nil; n++ {
		err = m.Annotate(offer, map[string]json.RawMessage{"n": json.RawMessage(strconv.Itoa(n))})
		fmt.Println("annotated", offer, n)
		id := fmt.Sprintf("up-%d-%d", os.Getpid(), n)
		content := append(bytes.Clone(data), id...)
		if err == nil {
			err = m.Upload(tasks.Announcement{ID: id, ContentType: tasks.AlbumFile, Size: int64(len(content)), Checksum: sha1Of(content), FileName: "a.mp3"})
		}
		for at := 0; at < len(content) && err == nil; at += 20_000 {
			err = m.Chunk(ctx, id, bytes.Clone(content[at:min(at+20_000, len(content))]), tasks.Anywhere)
			fmt.Println("chunk", id)
		}
		if n%3 == 0 && err == nil {
			_, err = m.Scan()
		}
		if n%4 == 3 && err == nil {
			err = m.Cancel(id)
			continue
		}
		select {
		case id := <-ready:
			if e := m.Integrate(id, killedAlbum+"/"+fmt.Sprintf("%02d %s.mp3", n+1, id)); e == nil {
				fmt.Println("integrating", id)
			}
		default:
		}
	}
	return err
}

// After a kill at any moment the tasks go on: each is at rest or has ended, what was
// acknowledged is there, the music that was there is as it was, and nothing is left over.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before := tree(t, filepath.Join(h.dir, "music"))
	if err := errors.Join(h.lib.Close(), h.music.Close()); err != nil {
		t.Fatal(err)
	}
	kills := 3
	if *soak {
		kills = 100
	}
	for range kills {
		lines := 1 + rand.IntN(60) //nolint:gosec // a moment is no secret
		offer, n := killAfter(t, h.dir, lines)
		examine(t, h.dir, before, offer, n)
		if t.Failed() {
			t.Fatalf("killed after %d lines", lines)
		}
	}
}

// killAfter kills a child after so many lines, and returns what it has acknowledged
// last.
func killAfter(t *testing.T, dir string, lines int) (offer string, n int) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$") //nolint:gosec // this binary
	child.Env = append(os.Environ(), workHere+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	n = -1
	for scanner := bufio.NewScanner(out); scanner.Scan(); lines-- {
		word := strings.Fields(scanner.Text())
		switch {
		case len(word) == 3 && word[0] == "annotated":
			offer = word[1]
			if n, err = strconv.Atoi(word[2]); err != nil {
				t.Fatal(err)
			}
		case len(word) != 2:
			t.Fatalf("the child says %q", scanner.Text())
		}
		if lines == 1 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if lines > 0 {
		t.Fatal("the child has ended by itself")
	}
	return offer, n
}

// tree is every file of a directory with its content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		all[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func examine(t *testing.T, dir string, before map[string]string, offer string, n int) {
	t.Helper()
	m, lib, music, err := openHere(dir)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := filepath.Glob(filepath.Join(dir, "data", "tasks", "*"))
	if err != nil || len(stored) != len(m.All()) {
		t.Errorf("%d files of %d tasks: %q, %v", len(stored), len(m.All()), stored, err)
	}
	if n >= 0 {
		task, err := m.Task(offer)
		var has int
		if err == nil {
			err = json.Unmarshal(task.Annotations["n"], &has)
		}
		if err != nil || has < n {
			t.Errorf("annotation %d was acknowledged, there is %d (%v)", n, has, err)
		}
	}
	settle(t, m)
	for _, task := range m.All() {
		if task.State != tasks.WaitForConsent {
			if err := m.Cancel(task.ID); err != nil {
				t.Error(err)
			}
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "data", "uploads", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left in uploads: %q, %v", left, err)
	}
	after := tree(t, filepath.Join(dir, "music"))
	for name, data := range before {
		if after[name] != data {
			t.Errorf("%q was changed", name)
		}
		delete(after, name)
	}
	for name, data := range after {
		id := strings.TrimSuffix(name[strings.LastIndex(name, " ")+1:], ".mp3")
		if !strings.HasPrefix(name, killedAlbum) || data != before[killedSong]+id {
			t.Errorf("%q is not what was uploaded: %d bytes", name, len(data))
		}
	}
	if err := errors.Join(m.Close(), lib.Close(), music.Close()); err != nil {
		t.Error(err)
	}
	if err := library.Inspect(t.Context(), filepath.Join(dir, "data"), func(f library.Fault) { t.Errorf("database: %+v", f) }); err != nil {
		t.Error(err)
	}
}

// settle lets the tasks go on until each waits for somebody.
func settle(t *testing.T, m *tasks.Manager) {
	t.Helper()
	heard := make(chan struct{}, 1)
	defer m.Subscribe(func(tasks.Notification) {
		select {
		case heard <- struct{}{}:
		default:
		}
	})()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	for moving := true; moving; {
		moving = false
		for _, task := range m.All() {
			switch task.State {
			case tasks.WaitForChunk, tasks.ReadyForIntegration, tasks.IntegrationFailed, tasks.WaitForConsent:
			case tasks.UploadFailed, tasks.FSScanFailed, tasks.InvalidContent, tasks.ImportFailed:
				if task.Failure == nil {
					t.Errorf("%s has failed without a reason", task.ID)
				}
			default:
				moving = true
			}
		}
		if moving {
			<-heard
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
