package queue

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"musicdb/media/state"
)

func (h *house) path(file string) string { return filepath.Join(h.stateDir, "state", file) }

func (h *house) content(file string) string {
	h.t.Helper()
	data, err := os.ReadFile(h.path(file))
	must(h.t, err)
	return string(data)
}

const head = "\"EntryID\",\"SongID\",\"IsRandom\"\r\n"

// What is written is, byte for byte, what MusicDB 8 writes.
func TestFilesAsMusicDBWritesThem(t *testing.T) {
	h := newHouse(t, []int{3})
	h.settings(func(r *state.Randy) { r.BlackLists.ArtistListLength = 0 })
	id := h.fill(2)[0]
	if got, want := h.content("songqueue.csv"), head+"\""+string(id)+"\",2,\"False\"\r\n"; got != want {
		t.Errorf("songqueue.csv %q, want %q", got, want)
	}
	album := int64(1)
	_, err := h.songs.AddRandom(Last(), &album)
	must(t, err)
	for file, want := range map[string]string{
		"songblacklist.csv":   "\"SongID\",\"TimeStamp\"\r\n2,1700000000\r\n",
		"albumblacklist.csv":  "\"AlbumID\",\"TimeStamp\"\r\n1,1700000000\r\n1,1700000000\r\n",
		"artistblacklist.csv": "\"ArtistID\",\"TimeStamp\"\r\n",
	} {
		got := h.content(file)
		if file == "songblacklist.csv" {
			got = got[:min(len(got), len(want))]
		}
		if got != want {
			t.Errorf("%s %q, want %q", file, got, want)
		}
	}
	h.barren()
	h.songs.Next()
	h.songs.Next()
	if got := h.content("songqueue.csv"); got != head {
		t.Errorf("empty queue %q, want %q", got, head)
	}
}

// What a file of any origin gives: entries that can be read are kept, a file with
// others is kept beside.
func TestRestore(t *testing.T) {
	const a, b = "168493523207840521806064336792025247758", "340282366920938463463374607431768211455"
	first, second := Entry{a, 1, false}, Entry{b, 2, true}
	rowA, rowB := "\""+a+"\",1,\"False\"\r\n", "\""+b+"\",2,\"True\"\r\n"
	h := newHouse(t, []int{3})
	for _, c := range []struct {
		name, file string
		entries    []Entry
		damaged    bool
	}{
		{"both", head + rowA + rowB, []Entry{first, second}, false},
		{"floating point", head + "\"" + a + "\",1.0,\"False\"\r\n", []Entry{first}, false},
		{"random only when True", head + "\"" + a + "\",1,\"true\"\r\n", []Entry{first}, false},
		{"header only", head, nil, false},
		{"empty file", "", nil, false},
		{"cut off", head + rowA + rowB[:len(rowB)-6], []Entry{first}, true},
		{"a line of garbage", head + rowA + "garbage\r\n" + rowB, []Entry{first, second}, true},
		{"a song that is gone", head + "\"7\",99,\"False\"\r\n" + rowB, []Entry{second}, true},
		{"the same entry twice", head + rowA + rowB + rowA, []Entry{first, second}, true},
		{"no number as song", head + "\"7\",\"1\",\"False\"\r\n" + rowA, []Entry{first}, true},
		{"no integer as song", head + "\"7\",1.5,\"False\"\r\n" + rowA, []Entry{first}, true},
		{"no number as entry", head + "\"x\",1,\"False\"\r\n" + rowA, []Entry{first}, true},
		{"an entry without quotes", head + "7,1,\"False\"\r\n" + rowA, []Entry{first}, true},
		{"an entry of too many bits", head + "\"340282366920938463463374607431768211456\",1,\"False\"\r\n" + rowA, []Entry{first}, true},
		{"another file", "[meta]\nversion = 1\n", nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.fresh()
			must(t, os.WriteFile(h.path("songqueue.csv"), []byte(c.file), 0o644))
			h.restart()
			if got := h.songs.Entries(); !slices.Equal(got, c.entries) {
				t.Errorf("restored %v, want %v", got, c.entries)
			}
			kept, err := filepath.Glob(h.path("*.damaged*"))
			must(t, err)
			if c.damaged != (len(kept) == 1) || c.damaged && h.content(filepath.Base(kept[0])) != c.file {
				t.Errorf("kept beside: %v", kept)
			}
			if got := h.onDisk(); c.damaged && !slices.Equal(got, h.songs.Entries()) {
				t.Errorf("on disk %v, in memory %v", got, h.songs.Entries())
			}
			if !c.damaged && h.content("songqueue.csv") != c.file {
				t.Error("an undamaged file was written")
			}
		})
	}
}

func TestRestoreMemoryOfTheSelection(t *testing.T) {
	const header = "\"SongID\",\"TimeStamp\"\r\n"
	h := newHouse(t, []int{6})
	for damage, kept := range map[string]bool{"": false, "\"3\",1699999002\r\n": true, ",5\r\n": true, "3,\"now\"\r\n": true} {
		h.fresh()
		file := header + "1,1699999000\r\n2.0,1699999001.75\r\n" + damage + "4,1699999003\r\n5,1600000000\r\n"
		must(t, os.WriteFile(h.path("songblacklist.csv"), []byte(file), 0o644))
		h.restart()
		h.songs.randy.refresh()
		if got, want := ids(h.songs.randy.songs), []int64{1, 2, 4}; !slices.Equal(got, want) {
			t.Errorf("damage %q: restored %v, want %v", damage, got, want)
		}
		if copies, err := filepath.Glob(h.path("*.damaged")); err != nil || kept != (len(copies) == 1) || kept && h.content("songblacklist.csv.damaged") != file {
			t.Errorf("damage %q: kept %v, %v", damage, copies, err)
		}
		h.fill(6)
		const want = header + "1,1699999000\r\n2,1699999001\r\n4,1699999003\r\n6,1700000000\r\n"
		if got := h.content("songblacklist.csv"); got != want {
			t.Errorf("damage %q: written %q, want %q", damage, got, want)
		}
	}
}

// A full or broken disk: what a client wants is refused and leaves no trace, what
// playing needs goes on, and the next write that works brings the file up to date.
func TestUnwritableState(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	ids := h.fill(1, 2, 3, 4)
	var heard []Event
	h.songs.Subscribe(func(e Event) { heard = append(heard, e) })
	file, aside := h.path("songqueue.csv"), h.path("aside.csv")
	must(t, os.Rename(file, aside))
	must(t, os.MkdirAll(filepath.Join(file, "occupied"), 0o755))
	before := h.songs.Entries()
	_, add := h.songs.Add(5, Last())
	_, addAlbum := h.songs.AddAlbum([]int64{5, 6}, Last())
	_, move := h.songs.Move(ids[3], ids[0])
	h.settings(func(r *state.Randy) { r.Constraints.MinSongLength = 0 })
	album := int64(1)
	_, random := h.songs.AddRandom(Last(), &album)
	h.barren()
	for name, err := range map[string]error{"add": add, "add album": addAlbum, "move": move, "add random": random, "remove": h.songs.Remove(ids[2])} {
		var file *state.FileError
		if !errors.Is(err, ErrNotSaved) || !errors.As(err, &file) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := h.songs.Entries(); !slices.Equal(got, before) || len(heard) > 0 {
		t.Errorf("refused changes have changed the queue to %v, events %v", got, heard)
	}
	h.events = nil
	unchecked := h.songs.line.subscribers.list[1:] // the first one compares with the file
	h.songs.line.subscribers.list = unchecked
	if e, ok := h.songs.Next(); !ok || e.ID != ids[1] || !slices.Equal(heard, []Event{SongChanged, SongQueueChanged}) {
		t.Errorf("next gave %v, %v, events %v", e, ok, heard)
	}
	must(t, os.RemoveAll(file))
	must(t, os.Rename(aside, file))
	if moved, err := h.songs.Move(ids[3], ids[1]); !moved || err != nil {
		t.Errorf("after the repair: %v, %v", moved, err)
	}
	if got := h.onDisk(); !slices.Equal(got, h.songs.Entries()) || len(got) != 3 {
		t.Errorf("on disk %v, in memory %v", got, h.songs.Entries())
	}
}

// What has the name of a file of ours and cannot be read is set aside, each time under
// another name; the server starts, and what can be written is written again.
func TestUnreadableState(t *testing.T) {
	for _, file := range []string{"songqueue.csv", "songblacklist.csv", "albumblacklist.csv", "artistblacklist.csv", picksFile} {
		h := newHouse(t, []int{3})
		for damage, make := range map[string]func(path string) error{
			"a directory":                func(path string) error { return os.MkdirAll(filepath.Join(path, "inner"), 0o755) },
			"a pipe":                     func(path string) error { return syscall.Mkfifo(path, 0o644) },
			"a link to itself":           func(path string) error { return os.Symlink(path, path) },
			"a device that has no bytes": func(path string) error { return os.Symlink("/dev/full", path) },
		} {
			must(t, os.RemoveAll(h.path(file)))
			before, err := filepath.Glob(h.path(file + ".damaged*"))
			must(t, err)
			must(t, make(h.path(file)))
			was, err := os.Lstat(h.path(file))
			must(t, err)
			h.restart()
			after, err := filepath.Glob(h.path(file + ".damaged*"))
			must(t, err)
			kept := slices.DeleteFunc(after, func(name string) bool { return slices.Contains(before, name) })
			if len(kept) != 1 {
				t.Fatalf("%s for %s: kept are %v", damage, file, kept)
			}
			if is, err := os.Lstat(kept[0]); err != nil || !os.SameFile(was, is) {
				t.Errorf("%s for %s: what is kept is another thing, %v", damage, file, err)
			}
			h.fill(1, 2)
			album := int64(1)
			_, err = h.songs.AddRandom(Last(), &album)
			must(t, err)
			if info, err := os.Lstat(h.path(file)); err != nil || !info.Mode().IsRegular() {
				t.Errorf("%s for %s: not written again, %v", damage, file, err)
			}
		}
	}
}

// Of a file that is too long its beginning is read, and the whole of it is kept.
func TestEndlessFile(t *testing.T) {
	h := newHouse(t, []int{3})
	h.barren()
	h.fill(1, 2, 3)
	before := h.songs.Entries()
	must(t, os.Truncate(h.path("songqueue.csv"), 65<<20)) // with zeros behind the queue
	h.restart()
	if got := h.songs.Entries(); !slices.Equal(got, before) {
		t.Errorf("restored %v", got)
	}
	kept, err := os.Stat(h.path("songqueue.csv.damaged"))
	must(t, err)
	if now, err := os.Stat(h.path("songqueue.csv")); err != nil || kept.Size() != 65<<20 || now.Size() > 1000 {
		t.Errorf("%d bytes are kept, %d written, %v", kept.Size(), now.Size(), err)
	}
}

// FuzzRestore reads any file as a queue: what is restored are entries that the file
// has, each once, of songs that exist; a second start finds nothing wrong; and what
// could not be read is kept beside it.
func FuzzRestore(f *testing.F) {
	const row = "\"168493523207840521806064336792025247758\",1,\"False\"\r\n"
	for _, seed := range []string{"", head, head + row, head + row + row, head + row[:20], head + "garbage\n" + row, head + "\"1\",99,\"True\"\r\n",
		head + "\"\xff\",1,\"True\"\r\n" + row, "\x00\x00", strings.Repeat("\"", 1000), head + "\"1\\", "\"SongID\"\r\n1\r\n"} {
		f.Add([]byte(seed))
	}
	h := newHouse(f, []int{3})
	f.Fuzz(func(t *testing.T, file []byte) {
		h.t = t
		defer func() { h.t = f }()
		h.fresh()
		must(t, os.WriteFile(h.path("songqueue.csv"), file, 0o644))
		h.restart()
		restored, seen := h.songs.Entries(), map[EntryID]bool{}
		for _, e := range restored {
			if seen[e.ID] || e.SongID < 1 || e.SongID > 3 {
				t.Fatalf("restored %v", restored)
			}
			seen[e.ID] = true
		}
		kept, _ := os.ReadFile(h.path("songqueue.csv.damaged"))
		if now := h.content("songqueue.csv"); now != string(file) && string(kept) != string(file) {
			t.Fatalf("the file became %q, kept is %q", now, kept)
		}
		h.restart()
		if again := h.songs.Entries(); !slices.Equal(again, restored) {
			t.Fatalf("restored first %v, then %v", restored, again)
		}
		if more, _ := filepath.Glob(h.path("*.damaged-*")); len(more) > 0 {
			t.Fatalf("the second start has kept %v", more)
		}
	})
}

// Settings that cannot be read any more do not stop the music.
func TestUnreadableSettings(t *testing.T) {
	h := newHouse(t, []int{3})
	h.settings(func(r *state.Randy) { r.Constraints.MaxSongLength = 180 })
	h.songs.Current()
	file := filepath.Join(h.stateDir, "config", "randy.ini")
	must(t, os.Remove(file))
	must(t, os.Mkdir(file, 0o755))
	if _, ok := h.songs.Next(); !ok || h.songs.randy.settings.Constraints.MaxSongLength != 180 {
		t.Errorf("no next song, or other settings: %+v", h.songs.randy.settings)
	}
}

func TestOldestIsBounded(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for hours, want := range map[int]int64{24: 1_700_000_000 - 86400, 0: 1_700_000_000, -5: 1_700_000_000, 1 << 62: 1_700_000_000 - 10_000*365*86400} {
		if got := oldest(now, hours); got != want {
			t.Errorf("%d hours: %d, want %d", hours, got, want)
		}
	}
}
