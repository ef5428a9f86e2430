package maintenance

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// changingVariable, when set, makes this test binary open the home that it names and
// make changes of all kinds until it is killed: "dir|seed". It prints each change that
// was acknowledged.
const changingVariable = "MUSICDB_TEST_CHANGING"

func changeUntilKilled(order string) int {
	dir, number, _ := strings.Cut(order, "|")
	seed, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	h, err := open(dir)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("open")
	random := rand.New(rand.NewPCG(seed, 0))
	for made := 0; ; {
		before := h.lib.Catalogue().Generation()
		title, err := changeAnything(h, random)
		// Who creates what is there, or brings up to date what is so, changes nothing.
		idle := h.lib.Catalogue().Generation() == before && (strings.HasPrefix(title, "create") || strings.HasPrefix(title, "update"))
		if err == nil && !idle {
			made++
			fmt.Println(made, title)
		}
	}
}

// changeAnything asks for something, which may be refused.
func changeAnything(h *home, random *rand.Rand) (title string, err error) {
	ctx := context.Background()
	any := func(list ...string) string { return list[random.IntN(len(list))] }
	artist := func() string { return any("Ann", "Bob", "Cid", "ann", "Änn", "A\u0308nn") }
	album := func() string {
		return artist() + "/" + any("2000 - One", "2001 - Two. v1.5", "2000 - Three", "2010 - Ten")
	}
	song := func() string {
		return any("01 First.mp3", "02 Second.flac", "1-01 A.mp3", "01 Alone.mp3", "05 Any.mp3", "05 any.mp3")
	}
	id := int64(1 + random.IntN(6))
	one, other := album(), album()
	switch random.IntN(12) {
	case 0, 1:
		one, other = artist(), artist()
		return "artist " + one + " " + other, h.RenameArtistDirectory(ctx, one, other)
	case 2, 3:
		other = filepath.Dir(one) + "/" + filepath.Base(other)
		return "album " + one + " " + other, h.RenameAlbumDirectory(ctx, one, other)
	case 4, 5:
		one, other = one+"/"+song(), one+"/"+song()
		return "song " + one + " " + other, h.RenameMusicFile(ctx, one, other)
	case 6, 7:
		other = artist()
		return "change " + one + " " + other, h.ChangeArtistDirectory(ctx, one, other)
	case 8:
		return fmt.Sprint("remove song ", id), h.RemoveSong(ctx, id)
	case 9:
		one += "/" + song()
		_, err := h.CreateSong(ctx, one)
		return "create song " + one, err
	case 10:
		if random.IntN(4) > 0 {
			return fmt.Sprint("update song ", id), h.UpdateSong(ctx, id, one+"/"+song())
		}
		return fmt.Sprint("remove album ", id), h.RemoveAlbum(ctx, id)
	}
	_, err = h.CreateArtist(ctx, artist())
	return "create artist", err
}

// Wherever a change is killed: what was acknowledged is in the journal, with at most
// one change more; files are where rows say; no file has gone, and none is half
// renamed. And all of it can be taken back, the newest first, to the very beginning.
func TestAfterAKillEverythingCanBeTakenBack(t *testing.T) {
	settled := t.TempDir()
	settle(t, settled)
	before := moveIn(t, settled)
	rows, tree := before.everyRow(), before.tree()
	before.leave()
	for round := range 10 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(settled)); err != nil {
				t.Fatal(err)
			}
			acknowledged := killedChanges(t, fmt.Sprintf("%s|%d", dir, rand.Uint64()), time.Duration(20+rand.IntN(200))*time.Millisecond)
			h := moveIn(t, dir)
			defer h.leave()
			if h.broken != nil {
				t.Error("the change is not at its end")
			}
			if got, want := contents(h.tree()), contents(tree); !slices.Equal(got, want) {
				t.Error("the files are not the same")
			}
			entries := h.journal()
			if made := len(entries); made < len(acknowledged) || made > len(acknowledged)+1 {
				t.Fatalf("%d changes are in the journal, acknowledged were %q", made, acknowledged)
			}
			for i, entry := range entries {
				if err := h.takeBack(entry); err != nil {
					t.Fatalf("%d of %d, %s: %v; after %q there is %q", i, len(entries), entry.Title, err, acknowledged, slices.Sorted(maps.Keys(h.tree())))
				}
			}
			h.consistent()
			if got := h.everyRow(); got != rows {
				t.Errorf("after %q: got\n%s\nwant\n%s", acknowledged, got, rows)
			}
			if got := h.tree(); !maps.Equal(got, tree) {
				t.Errorf("after %q: files %q, want %q", acknowledged, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(tree)))
			}
		})
	}
}

// killedChanges lets a child make changes for a while, kills it, and returns those
// that it has acknowledged.
func killedChanges(t *testing.T, order string, after time.Duration) (acknowledged []string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = []string{changingVariable + "=" + order, "TMPDIR=" + os.TempDir()}
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var kill *time.Timer
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if line := lines.Text(); line != "open" {
			acknowledged = append(acknowledged, line)
			continue
		}
		kill = time.AfterFunc(after, func() { _ = child.Process.Kill() })
	}
	if err := child.Wait(); kill == nil || err == nil {
		t.Fatalf("the child has ended by itself (%v): %q", err, acknowledged)
	}
	return acknowledged
}
