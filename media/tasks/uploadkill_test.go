package tasks_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"musicdb/media/files"
	"musicdb/media/tasks"
)

// uploadHere, when set, makes this test binary upload and integrate files into the
// directories <value>/data and <value>/music, and go on with what it finds there, until
// it is done or killed. It writes a line for whatever it is told.
const uploadHere = "MUSICDB_TEST_UPLOAD"

// parcel is a file that is uploaded and integrated.
type parcel struct {
	id, target string
	data       []byte
}

func parcels() []parcel {
	var all []parcel
	for i := range 5 {
		all = append(all, parcel{fmt.Sprint("parcel", i), fmt.Sprintf("Artist/200%d - Album/0%d Notes.txt", i/2, i), noise(100+i, 200_000+i*150_000)})
	}
	return all
}

func openKitchen(dir string) (*tasks.Manager, *files.Music, error) {
	music, err := files.OpenMusic(filepath.Join(dir, "music"))
	if err != nil {
		return nil, nil, err
	}
	m, err := tasks.Open(tasks.Options{Dir: filepath.Join(dir, "data"), Music: music, Uploads: []tasks.ContentType{tasks.AlbumFile}})
	return m, music, err
}

func uploadUntilKilled(dir string) error {
	m, music, err := openKitchen(dir)
	if err != nil {
		return err
	}
	something := make(chan struct{}, 1)
	m.Subscribe(func(n tasks.Notification) {
		if n.Task != nil && n.Kind == tasks.ChunkRequest {
			fmt.Println("asked", n.Task.ID, *n.Task.Offset)
		} else if n.Task != nil {
			fmt.Println("state", n.Task.ID, n.Task.State)
		}
		select {
		case something <- struct{}{}:
		default:
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	for again := time.NewTicker(5 * time.Millisecond); ; { // that a task is gone is not told
		done := 0
		for _, p := range parcels() {
			over, err := p.goOn(m, music)
			if err != nil {
				return err
			}
			if over {
				done++
			}
		}
		if done == len(parcels()) {
			fmt.Println("done")
			cancel()
			return <-ended
		}
		select {
		case <-something:
		case <-again.C:
		}
	}
}

// goOn does what the state of the parcel's task asks its client for.
func (p parcel) goOn(m *tasks.Manager, music *files.Music) (over bool, err error) {
	now, err := m.Task(p.id)
	if errors.Is(err, tasks.ErrNoTask) {
		if there, err := music.Exists(p.target); there || err != nil {
			return true, err
		}
		return false, m.Upload(announce(p.id, p.data))
	}
	if err != nil {
		return false, err
	}
	switch now.State {
	case tasks.WaitForChunk:
		from := int(*now.Offset)
		err = m.Chunk(context.Background(), p.id, bytes.Clone(p.data[from:min(len(p.data), from+60_000)]), tasks.Anywhere)
	case tasks.ReadyForIntegration:
		err = m.Integrate(p.id, p.target)
	case tasks.IntegrationFailed, tasks.InvalidContent, tasks.UploadFailed: // killed too often
		fmt.Println("failed", p.id, now.State, now.Failure.Error())
		err = m.Cancel(p.id)
	default:
	}
	if errors.Is(err, tasks.ErrNoTask) {
		err = nil // it has ended meanwhile
	}
	return false, err
}

// TestUploadsSurviveKilling kills a process that uploads and integrates at random
// moments. Nothing that was acknowledged is lost; a file is in the music directory as a
// whole or not at all; and in the end nothing else is left.
func TestUploadsSurviveKilling(t *testing.T) {
	t.Parallel()
	kills := 8
	if *soak {
		kills = 200
	}
	for kills > 0 {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "music"), 0o755); err != nil {
			t.Fatal(err)
		}
		for round := 0; ; round++ {
			lines := 1 + rand.IntN(45)
			if kills == 0 {
				lines = -1
			}
			asked, done := killUpload(t, dir, lines)
			checkSurvived(t, dir, asked)
			if t.Failed() {
				return
			}
			if done {
				t.Logf("done after %d kills", round)
				break
			}
			kills--
		}
		checkClean(t, dir)
	}
}

// killUpload runs the process and kills it after so many lines, or lets it end. asked
// is the largest offset that each task was told to have.
func killUpload(t *testing.T, dir string, lines int) (asked map[string]int64, done bool) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), uploadHere+"="+dir)
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	asked = map[string]int64{}
	for all := bufio.NewScanner(out); all.Scan(); {
		var id string
		var offset int64
		switch text := all.Text(); {
		case text == "done":
			done = true
		case strings.HasPrefix(text, "asked "):
			if _, err := fmt.Sscanf(text, "asked %s %d", &id, &offset); err != nil {
				t.Errorf("%q: %v", text, err)
			}
			asked[id] = offset
		case strings.HasPrefix(text, "state "), strings.HasPrefix(text, "failed "):
		default:
			t.Errorf("the process said %q", text)
		}
		// What it says while it is being killed counts as well.
		if lines--; lines == 0 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = child.Wait()
	if killed := child.ProcessState.Sys().(syscall.WaitStatus).Signaled(); !done && !killed {
		t.Errorf("the process ended with %v", err)
	}
	return asked, done
}

// checkSurvived looks at what a killed process has left.
func checkSurvived(t *testing.T, dir string, asked map[string]int64) {
	t.Helper()
	m, music, err := openKitchen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { m.Close(); music.Close() }()
	for _, p := range parcels() {
		got, err := os.ReadFile(filepath.Join(dir, "music", p.target))
		integrated := err == nil
		if integrated && !bytes.Equal(got, p.data) {
			t.Errorf("%s has %d bytes, which are not its own", p.target, len(got))
		}
		now, err := m.Task(p.id)
		switch {
		case err != nil && asked[p.id] > 0 && !integrated:
			t.Errorf("%s is gone, and not in the music directory", p.id)
		case err == nil && now.State == tasks.WaitForChunk && *now.Offset < asked[p.id]:
			t.Errorf("%s has %d bytes, and was told to have %d", p.id, *now.Offset, asked[p.id])
		}
		if err == nil && now.State == tasks.WaitForChunk && *now.Offset > 0 {
			kept, err := os.ReadFile(filepath.Join(dir, "data", "uploads", *now.UploadPath))
			if err != nil || !bytes.HasPrefix(p.data, kept[:*now.Offset]) {
				t.Errorf("%s: other bytes were kept, %v", p.id, err)
			}
		}
	}
}

// checkClean looks whether nothing but the plan has happened.
func checkClean(t *testing.T, dir string) {
	t.Helper()
	want := []string{"data", "data/tasks", "data/uploads", "music", "music/Artist"}
	for _, p := range parcels() {
		if album := "music/" + filepath.Dir(p.target); !slices.Contains(want, album) {
			want = append(want, album)
		}
		want = append(want, "music/"+p.target)
	}
	var got []string
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, name); rel != "." {
			got = append(got, rel)
		}
		return err
	})
	slices.Sort(want)
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("left is %q, %v", got, err)
	}
}
