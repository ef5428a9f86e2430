package library_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"musicdb/media/library"
)

// refused opens dir, which must fail with reason and say each of words.
func refused(t *testing.T, dir string, reason error, words ...string) {
	t.Helper()
	l, err := library.Open(context.Background(), library.Options{Dir: dir})
	if err == nil {
		l.Close()
		t.Fatal("opened")
	}
	if !errors.Is(err, reason) {
		t.Errorf("%v\nis not: %v", err, reason)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v\ndoes not say %q", err, word)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than a sentence: %v", err)
	}
}

func TestOpenRefusesWhatIsNotItsDatabase(t *testing.T) {
	setVersion := func(file, version string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			run(t, filepath.Join(dir, file), "UPDATE meta SET value = "+version)
		}
	}
	for name, c := range map[string]struct {
		spoil  func(t *testing.T, dir string)
		reason error
		words  []string
	}{
		"newer music":      {setVersion("music.db", "6"), library.ErrVersion, []string{"music.db", "version 6", "expected is version 5", "newer"}},
		"older music":      {setVersion("music.db", "3"), library.ErrVersion, []string{"music.db", "version 3", "expected is version 5", "upgrade"}},
		"newer tracker":    {setVersion("tracker.db", "5"), library.ErrVersion, []string{"tracker.db", "version 5", "expected is version 4", "newer"}},
		"older tracker":    {setVersion("tracker.db", "1"), library.ErrVersion, []string{"tracker.db", "version 1", "upgrade"}},
		"newer own":        {setVersion("musicdb.db", "9"), library.ErrVersion, []string{"musicdb.db", "version 9", "expected is version 8"}},
		"version a word":   {setVersion("music.db", "'five'"), library.ErrVersion, []string{"music.db", "version five", "not made by MusicDB"}},
		"version is NULL":  {setVersion("music.db", "NULL"), library.ErrVersion, []string{"no version number"}},
		"no version":       {sqls("music.db", "DELETE FROM meta"), library.ErrVersion, []string{"no version number", "move it elsewhere"}},
		"another database": {sqls("music.db", "DROP TABLE meta"), library.ErrVersion, []string{"no version number", "not made by MusicDB"}},
		"no table":         {sqls("music.db", "DROP TABLE songtags"), library.ErrSchema, []string{"music.db", "songtags", "backup"}},
		"no column":        {sqls("music.db", "ALTER TABLE songs DROP COLUMN playtime"), library.ErrSchema, []string{"songs.playtime"}},
		"text":             {write("music.db", bytes.Repeat([]byte("MP3 "), 2000)), library.ErrDamaged, []string{"music.db", "backup"}},
		"text in tracker":  {write("tracker.db", bytes.Repeat([]byte("MP3 "), 2000)), library.ErrDamaged, []string{"tracker.db"}},
		"text in own":      {write("musicdb.db", bytes.Repeat([]byte("MP3 "), 2000)), library.ErrDamaged, []string{"musicdb.db"}},
		"a directory":      {directory("music.db"), library.ErrNotAFile, []string{"music.db", "directory", "move it"}},
		"a socket":         {socket("tracker.db"), library.ErrNotAFile, []string{"tracker.db", "special file"}},
		"cut off":          {cut("music.db", 5000), library.ErrDamaged, []string{"music.db", "backup"}},
		"page overwritten": {overwrite("music.db"), library.ErrDamaged, []string{"music.db", "backup"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			unpack(t, dir)
			l := open(t, dir)
			l.Close()
			c.spoil(t, dir)
			refused(t, dir, c.reason, append(c.words, dir)...)
		})
	}
}

func sqls(file string, statements ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { run(t, filepath.Join(dir, file), statements...) }
}

func write(file string, content []byte) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o664); err != nil {
			t.Fatal(err)
		}
	}
}

func directory(file string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := errors.Join(os.Remove(filepath.Join(dir, file)), os.Mkdir(filepath.Join(dir, file), 0o755)); err != nil {
			t.Fatal(err)
		}
	}
}

func socket(file string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		path := filepath.Join(dir, file)
		if err := errors.Join(os.Remove(path), unix.Mknod(path, unix.S_IFSOCK|0o600, 0)); err != nil {
			t.Fatal(err)
		}
	}
}

func cut(file string, size int64) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Truncate(filepath.Join(dir, file), size); err != nil {
			t.Fatal(err)
		}
	}
}

// overwrite spoils everything behind the first page, on which the list of
// tables is: only reading the rows can tell.
func overwrite(file string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		f, err := os.OpenFile(filepath.Join(dir, file), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(bytes.Repeat([]byte{0x5a}, int(info.Size())-2*4096), 2*4096); err != nil {
			t.Fatal(err)
		}
	}
}

// A daemon does not run as root, whom no permission stops; so these tests open
// as somebody else when they are run by root.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		do()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		// The identity belongs to the thread. It is never unlocked, so the
		// thread ends with this goroutine.
		runtime.LockOSThread()
		if err := unix.Setfsuid(65534); err != nil {
			t.Error(err)
			return
		}
		do()
	}()
	<-done
}

func TestOpenRefusesWhereItMayNotWrite(t *testing.T) {
	for name, c := range map[string]struct {
		modes map[string]os.FileMode // "" is the directory
		words []string
	}{
		"directory":     {map[string]os.FileMode{"": 0o555}, []string{"no permission to write", "another data directory"}},
		"hidden":        {map[string]os.FileMode{"": 0}, []string{"no permission to write"}},
		"music":         {map[string]os.FileMode{"": 0o777, "music.db": 0o444}, []string{"music.db", "no permission to write"}},
		"unreadable":    {map[string]os.FileMode{"": 0o777, "tracker.db": 0}, []string{"tracker.db", "no permission to write"}},
		"the lock file": {map[string]os.FileMode{"": 0o777, "musicdb.lock": 0o444}, []string{"musicdb.lock", "no permission to write"}},
	} {
		t.Run(name, func(t *testing.T) {
			top, err := os.MkdirTemp("", "library") // everybody may enter it, unlike t.TempDir
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(top) })
			dir := filepath.Join(top, "data")
			open(t, dir).Close()
			if err := os.Chmod(top, 0o755); err != nil {
				t.Fatal(err)
			}
			files, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if err := os.Chmod(filepath.Join(dir, f.Name()), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			for file, mode := range c.modes {
				if err := os.Chmod(filepath.Join(dir, file), mode); err != nil {
					t.Fatal(err)
				}
			}
			asNobody(t, func() { refused(t, dir, library.ErrNotWritable, append(c.words, dir)...) })
			if err := os.Chmod(dir, 0o777); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestOpenRefusesAFileInPlaceOfTheDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(dir, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, library.ErrNotWritable, dir)
}

func TestAFailedOpenGivesTheDirectoryFree(t *testing.T) {
	dir := t.TempDir()
	open(t, dir).Close()
	run(t, filepath.Join(dir, "music.db"), "UPDATE meta SET value = 9")
	refused(t, dir, library.ErrVersion)
	run(t, filepath.Join(dir, "music.db"), "UPDATE meta SET value = 5")
	open(t, dir)
}

// A name that means something in a URI must not lead elsewhere.
func TestAnyNameOfADirectoryIsGood(t *testing.T) {
	top := t.TempDir()
	for _, name := range []string{"a?mode=memory", "b#c", "d%20e", "ü 月", "f&g=h", "quo'te\"", "nl\n"} {
		dir := filepath.Join(top, name, "data")
		open(t, dir).Close()
		if _, err := os.Stat(filepath.Join(dir, "music.db")); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A file that was created but never filled, as a crash can leave it behind.
func TestAnEmptyFileIsFilled(t *testing.T) {
	dir := t.TempDir()
	for _, file := range []string{"music.db", "tracker.db", "musicdb.db"} {
		if err := os.WriteFile(filepath.Join(dir, file), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if tags := open(t, dir).Catalogue().Tags(); len(tags) != 1 || tags[0].Name != "Other" {
		t.Errorf("tags %+v", tags)
	}
}

// A kill while the files are being made leaves them without tables, but not
// always without bytes.
func TestAnInterruptedCreationIsFinished(t *testing.T) {
	for name, c := range map[string]struct {
		file  string
		leave func(t *testing.T, path string)
	}{
		"half a transaction of the music":   {"music.db", leaveHalfATransaction},
		"half a transaction of the tracker": {"tracker.db", leaveHalfATransaction},
		"half a transaction of ours":        {"musicdb.db", leaveHalfATransaction},
		"only the journal mode of ours":     {"musicdb.db", func(t *testing.T, path string) { run(t, path, "PRAGMA journal_mode = WAL") }},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, c.file)
			c.leave(t, path)
			if info, err := os.Stat(path); err != nil || info.Size() == 0 {
				t.Fatalf("nothing is left behind: %v", err)
			}
			if tags := open(t, dir).Catalogue().Tags(); len(tags) != 1 || tags[0].Name != "Other" {
				t.Errorf("tags %+v", tags)
			}
		})
	}
}

// leaveHalfATransaction makes a file as a process leaves it that is killed while
// it makes the first tables: pages are written, and a journal takes them back.
func leaveHalfATransaction(t *testing.T, path string) {
	t.Helper()
	living := filepath.Join(t.TempDir(), "living.db")
	db := raw(t, living)
	db.SetMaxOpenConns(1)
	statements := []string{"PRAGMA cache_size = 1", "BEGIN IMMEDIATE"}
	for i := range 20 {
		statements = append(statements, fmt.Sprintf("CREATE TABLE t%d (id INTEGER PRIMARY KEY)", i))
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, suffix := range []string{"", "-journal"} {
		content, err := os.ReadFile(living + suffix)
		if err == nil {
			err = os.WriteFile(path+suffix, content, 0o664)
		}
		if err != nil || len(content) == 0 {
			t.Fatalf("%d bytes, %v", len(content), err)
		}
	}
}
