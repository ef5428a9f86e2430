package tasks_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"musicdb/media/tasks"
)

// fillHere, when set, makes this test binary upload and integrate a file in the
// directories <value>/data and <value>/music, where no file may become larger than the
// limit behind the comma. It writes what it is told.
const fillHere = "MUSICDB_TEST_FULL"

// fillDisk uploads a file with one limit and integrates it with another.
func fillDisk(value string) error {
	var dir string
	var uploading, integrating uint64
	if _, err := fmt.Sscanf(value, "%d %d %s", &uploading, &integrating, &dir); err != nil {
		return err
	}
	m, music, err := openKitchen(dir)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended, settled := make(chan error, 1), make(chan tasks.State, 64)
	m.Subscribe(func(n tasks.Notification) {
		if n.Task != nil && n.Kind != tasks.ChunkRequest {
			text := n.Task.State.String()
			if f := n.Task.Failure; f != nil {
				text += " | " + f.Message + " | " + f.Remedy
			}
			fmt.Println(text)
			settled <- n.Task.State
		}
	})
	go func() { ended <- m.Run(ctx) }()
	data := noise(30, 500_000)
	if err := errors.Join(limitFiles(uploading), m.Upload(announce("a", data))); err != nil {
		return err
	}
	for from := 0; from < len(data); from += 100_000 {
		if err := m.Chunk(ctx, "a", bytes.Clone(data[from:from+100_000]), tasks.Anywhere); err != nil && !errors.Is(err, tasks.ErrNoTask) {
			return err
		}
	}
	for s := range settled {
		if s == tasks.ReadyForIntegration {
			if err := errors.Join(limitFiles(integrating), m.Integrate("a", "Artist/2000 - Album/notes.txt")); err != nil {
				return err
			}
		}
		if s == tasks.IntegrationFailed || s == tasks.Remove {
			break
		}
	}
	cancel()
	return errors.Join(<-ended, m.Close(), music.Close())
}

// limitFiles bounds the size of every file that this process writes from here on.
func limitFiles(size uint64) error {
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: 1 << 30})
}

// What does not fit fails its task with the cause and leaves nothing half done.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		uploading, integrating int
		want                   string
		kept                   bool
	}{
		"upload": {250_000, 250_000,
			`uploadfailed | Writing data failed with error: "writing the uploaded file: file too large" | make room on the disk of the data directory and upload again`, false},
		"integration": {1 << 20, 250_000, "integrationfailed | Copying failed | ", true},
		"neither":     {1 << 20, 1 << 20, "readyforimport", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "music"), 0o755); err != nil {
				t.Fatal(err)
			}
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), fmt.Sprintf("%s=%d %d %s", fillHere, c.uploading, c.integrating, dir))
			out, err := child.CombinedOutput()
			if err != nil || !strings.Contains(string(out), c.want) {
				t.Fatalf("%v, told was %s", err, out)
			}
			if music := listing(t, filepath.Join(dir, "music")); (len(music) > 1) != (c.want == "readyforimport") {
				t.Errorf("%d paths are in the music directory", len(music))
			}
			uploads := listing(t, filepath.Join(dir, "data", "uploads"))
			if (len(uploads) == 2) != c.kept {
				t.Errorf("%d uploads are kept", len(uploads)-1)
			}
		})
	}
}
