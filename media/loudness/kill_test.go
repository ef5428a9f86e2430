package loudness

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
)

// measuringDir makes the test binary, as its last argument and followed by a
// directory with "data" and "music", the daemon that is to be killed.
const measuringDir = "-loudness-child="

// measureUntilKilled measures, and says so behind every song.
func measureUntilKilled(dir string) int {
	ctx := context.Background()
	lib, err := library.Open(ctx, library.Options{Dir: filepath.Join(dir, "data")})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	music, err := files.OpenMusic(filepath.Join(dir, "music"))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	tool, err := ffmpeg.Find(ffmpeg.Options{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	m, err := New(Options{Library: lib, Music: music, Tool: tool, Measure: true})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	m.pauses.least, m.pauses.most = 0, 0
	m.busy = func() bool { // asked before each song
		if m.machine.State() == Choosing {
			fmt.Println("known", m.Figures().Measured)
		}
		return false
	}
	m.log = slog.New(&messages{at: "nothing is left to be measured", then: func() { fmt.Println("complete") }})
	if err := m.Run(ctx); err != nil {
		fmt.Println(err)
	}
	return 1
}

// What was noted before a kill is not measured again, and the rest is.
func TestGoesOnAfterAKill(t *testing.T) {
	h := newHouse(t)
	songs := h.album("One", -10, -12, -14, -16, -18, -20)
	must(t, h.lib.Close())
	dir := t.TempDir()
	must(t, os.Symlink(h.data, filepath.Join(dir, "data")))
	must(t, os.Symlink(h.dir, filepath.Join(dir, "music")))

	measured := 0
	for round := 0; ; round++ {
		if round > len(songs)+1 {
			t.Fatal("the end does not come nearer")
		}
		child := exec.Command(os.Args[0], measuringDir+dir)
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		lines, first, complete := bufio.NewScanner(out), -1, false
		for lines.Scan() && !complete {
			var n int
			if lines.Text() == "complete" {
				complete = true
			} else if _, err := fmt.Sscanf(lines.Text(), "known %d", &n); err != nil {
				t.Errorf("the child says %q", lines.Text())
			} else if first < 0 {
				first = n
			}
			if complete || first >= 0 && n >= first+2 {
				must(t, child.Process.Signal(syscall.SIGKILL))
			}
			measured = max(measured, n)
		}
		_ = child.Wait() // it was killed
		if first >= 0 && first < measured && round > 0 && first < 2*round {
			t.Errorf("round %d begins with %d songs known", round, first)
		}
		if complete {
			break
		}
	}
	lib, err := library.Open(t.Context(), library.Options{Dir: h.data})
	must(t, err)
	defer lib.Close()
	for i, s := range songs {
		n, known, err := lib.Loudness(t.Context(), s.ID)
		if err != nil || !known || n.Integrated == nil || !near(*n.Integrated, -10-2*float64(i), 0.1) {
			t.Errorf("song %d: %+v, %v", i, n, err)
		}
	}
}
