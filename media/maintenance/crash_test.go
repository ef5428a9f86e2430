package maintenance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// crashVariable, when set, makes this test binary open the home that it names,
// begin an operation and kill itself at a moment: "dir|operation|moment".
const crashVariable = "MUSICDB_TEST_CRASH"

func crash(order string) int {
	parts := strings.Split(order, "|")
	h, err := open(parts[0])
	if err != nil {
		fmt.Println(err)
		return 1
	}
	k, ctx := h.Keeper, context.Background()
	k.reached = func(m moment) {
		if string(m) == parts[2] {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal is on its way
		}
	}
	fmt.Println("was not killed:", operations[parts[1]](k, ctx))
	return 1
}

// Wherever a change is killed: after the next start file and rows are both as
// they were before it, or both as after it.
func TestAKilledChangeIsWholeOrNot(t *testing.T) {
	for name, operation := range operations {
		before, after := newHome(t), newHome(t)
		if err := operation(after.Keeper, t.Context()); err != nil {
			t.Fatal(err)
		}
		after.consistent()
		for at, want := range map[moment]*home{momentNoted: before, momentMade: before, momentRenamed: after, momentCommitted: after} {
			if name == "create" && at == momentRenamed {
				continue // nothing is
			}
			t.Run(fmt.Sprintf("%s/%s", name, at), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				settle(t, dir)
				child := exec.CommandContext(t.Context(), os.Args[0])
				child.Env = []string{crashVariable + "=" + strings.Join([]string{dir, name, string(at)}, "|"), "TMPDIR=" + os.TempDir()}
				out, err := child.CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
					t.Fatalf("the child was not killed: %v\n%s", err, out)
				}
				if _, err := os.Stat(filepath.Join(dir, "data", noteFile)); err != nil {
					t.Fatalf("nothing was noted: %v", err)
				}
				h := moveIn(t, dir)
				defer h.leave()
				h.consistent()
				if got, want := pathsOf(h), pathsOf(want); !slices.Equal(got, want) {
					t.Errorf("got  %q\nwant %q", got, want)
				}
				if got, want := contents(h.tree()), contents(want.tree()); !slices.Equal(got, want) {
					t.Error("the files are not the same")
				}
				if h.broken != nil {
					t.Error("the change is not at its end")
				}
				// A change that was made can be taken back.
				made := h.journal()
				if want == before && len(made) != 0 || want == after && len(made) != 1 {
					t.Fatalf("the journal has %+v", made)
				}
				for _, entry := range made {
					if err := h.takeBack(entry); err != nil {
						t.Error(err)
					}
				}
				if got := pathsOf(h); !slices.Equal(got, pathsOf(before)) {
					t.Errorf("taken back: got  %q\nwant %q", got, pathsOf(before))
				}
				// And the next change works.
				if err := h.RenameMusicFile(t.Context(), "Bob/2000 - Three/01 Alone.mp3", "Bob/2000 - Three/09 Alone.mp3"); err != nil {
					t.Error(err)
				}
				h.consistent()
			})
		}
	}
}

// pathsOf are the paths of all rows and of all files.
func pathsOf(h *home) (all []string) {
	c := h.lib.Catalogue()
	for _, a := range c.Artists() {
		all = append(all, "artist "+a.Path)
	}
	for _, a := range c.Albums() {
		all = append(all, "album "+a.Path)
	}
	for s := range c.Songs() {
		all = append(all, "song "+s.Path)
	}
	for _, v := range c.Videos() {
		all = append(all, "video "+v.Path)
	}
	for rel := range h.tree() {
		all = append(all, "file "+rel)
	}
	slices.Sort(all)
	return all
}

// On a file system that cannot rename without overwriting, a file has two names
// for a moment.
func TestAFileWithTwoNamesKeepsItsOldOne(t *testing.T) {
	dir := t.TempDir()
	settle(t, dir)
	h := moveIn(t, dir)
	before := pathsOf(h)
	if err := h.note(move{Old: "Ann/2000 - One/01 First.mp3", New: "Ann/2000 - One/05 Fifth.mp3"}); err != nil {
		t.Fatal(err)
	}
	h.leave()
	one := filepath.Join(dir, "music", "Ann/2000 - One")
	if err := os.Link(filepath.Join(one, "01 First.mp3"), filepath.Join(one, "05 Fifth.mp3")); err != nil {
		t.Fatal(err)
	}
	h = moveIn(t, dir)
	defer h.leave()
	h.consistent()
	if after := pathsOf(h); !slices.Equal(before, after) {
		t.Errorf("got  %q\nwant %q", after, before)
	}
}

// A file that somebody has put under the old name since is left alone.
func TestBothNamesOfAnInterruptedRenamingAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	settle(t, dir)
	h := moveIn(t, dir)
	before := pathsOf(h)
	if err := h.note(move{Old: "Ann/2000 - One/01 First.mp3", New: "Ann/2000 - One/02 Second.flac"}); err != nil {
		t.Fatal(err)
	}
	h.leave()
	h = moveIn(t, dir)
	defer h.leave()
	h.consistent()
	if after := pathsOf(h); !slices.Equal(before, after) {
		t.Errorf("got  %q\nwant %q", after, before)
	}
}

// Rows that cannot follow give the file its old name back.
func TestAnInterruptedRenamingThatCannotBeFinishedIsTakenBack(t *testing.T) {
	dir := t.TempDir()
	settle(t, dir)
	h := moveIn(t, dir)
	before := pathsOf(h)
	m := move{Old: "Ann/2000 - One", New: "Ann/No year"}
	if err := errors.Join(h.note(m), h.music.Rename(m.Old, m.New)); err != nil {
		t.Fatal(err)
	}
	h.leave()
	h = moveIn(t, dir)
	defer h.leave()
	h.consistent()
	if after := pathsOf(h); !slices.Equal(before, after) {
		t.Errorf("got  %q\nwant %q", after, before)
	}
}

// A change that cannot be brought to an end blocks the next one and not the start.
func TestABrokenChangeIsTriedAgain(t *testing.T) {
	dir := t.TempDir()
	settle(t, dir)
	h := moveIn(t, dir)
	m := move{Old: "Ann/2000 - One", New: "Ann/No year"}
	if err := errors.Join(h.note(m), h.music.Rename(m.Old, m.New)); err != nil {
		t.Fatal(err)
	}
	h.leave()
	// The artist leads into a circle: nobody can tell what is there.
	artist, away := filepath.Join(dir, "music/Ann"), filepath.Join(dir, "music/away")
	if err := errors.Join(os.Rename(artist, away), os.Symlink("Ann", artist)); err != nil {
		t.Fatal(err)
	}
	h = moveIn(t, dir)
	defer h.leave()
	if h.broken == nil {
		t.Fatal("the change is said to be at its end")
	}
	if err := h.RenameMusicFile(t.Context(), "Bob/2000 - Three/01 Alone.mp3", "Bob/2000 - Three/09 Alone.mp3"); err == nil {
		t.Error("another change was made before")
	}
	if err := errors.Join(os.Remove(artist), os.Rename(away, artist)); err != nil {
		t.Fatal(err)
	}
	if err := h.RenameMusicFile(t.Context(), "Bob/2000 - Three/01 Alone.mp3", "Bob/2000 - Three/09 Alone.mp3"); err != nil {
		t.Error(err)
	}
	h.consistent()
}
