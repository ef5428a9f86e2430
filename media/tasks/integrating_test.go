package tasks_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"musicdb/media/tasks"
)

// listing lists what is below a directory, with the content of files.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil || !entry.Type().IsRegular() {
			all[rel] = entry.Type().String()
			return err
		}
		data, err := os.ReadFile(name)
		all[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestIntegrationCopies(t *testing.T) {
	b, music := kitchen(t)
	data := noise(20, 5_000_000)
	told := b.bring(tasks.AlbumFile, "notes.txt", data)
	target := "Ünew/2020 - Up/notes.txt"
	if err := b.m.Integrate(told.ID, target); err != nil {
		t.Fatal(err)
	}
	told = b.reaches(told.ID, tasks.ReadyForImport, tasks.IntegrationFailed)
	if told.State != tasks.ReadyForImport || *told.AlbumFilePath != target {
		t.Fatalf("%+v, %+v", told, told.Failure)
	}
	b.reaches(told.ID, tasks.Remove)
	if got := listing(t, music); len(got) != 4 || got[target] != string(data) {
		t.Errorf("%d paths", len(got))
	}
	info, err := os.Stat(filepath.Join(music, target))
	if err != nil || info.Mode().Perm() != 0o664 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Nothing is overwritten, and whatever fails leaves the music directory as it was and
// keeps the upload.
func TestIntegrationThatFails(t *testing.T) {
	b, music := kitchen(t)
	for name, content := range map[string]string{"A/2000 - B/01 C.txt": "old", "A/2000 - B/same.txt": "new", "file": "x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(music, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(music, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(music, "out")); err != nil {
		t.Fatal(err)
	}
	before := listing(t, music)
	for target, want := range map[string]string{
		"A/2000 - B/01 C.txt":                  "File already exists in the music directory",
		"A/2000 - B/same.txt":                  "", // the same content is there: nothing is to be done
		"A/2000 - B":                           "File already exists in the music directory",
		"file/2000 - B/01 C.txt":               "",
		"out/2000 - B/01 C.txt":                "Copying failed",
		"N/" + strings.Repeat("n", 300):        "Copying failed",
		strings.Repeat("n", 300) + "/1.txt":    "Copying failed",
		"N/2000 - M/" + `<>:"|?*` + "\x01.txt": "", // this file system takes it
	} {
		told := b.bring(tasks.AlbumFile, target, []byte("new"))
		if err := b.m.Integrate(told.ID, target); err != nil {
			t.Fatal(err)
		}
		told = b.reaches(told.ID, tasks.ReadyForImport, tasks.IntegrationFailed)
		switch {
		case strings.HasPrefix(target, "N/2000"):
			b.reaches(told.ID, tasks.Remove)
			if told.State != tasks.ReadyForImport || os.RemoveAll(filepath.Join(music, "N")) != nil {
				t.Errorf("%q: %s, %+v", target, told.State, told.Failure)
			}
		case strings.HasSuffix(target, "same.txt"):
			if told.State != tasks.ReadyForImport {
				t.Errorf("%q: %s, %+v", target, told.State, told.Failure)
			}
		case told.State != tasks.IntegrationFailed || !strings.HasPrefix(told.Failure.Message, want) || told.Failure.Cause == "" || told.Failure.Remedy == "":
			t.Errorf("%.40q: %s, %+v", target, told.State, told.Failure)
		default:
			if b.kept()[*told.UploadPath] != "new" {
				t.Errorf("%.40q: the upload is gone", target)
			}
		}
		if got := listing(t, music); len(got) != len(before) || got["A/2000 - B/01 C.txt"] != "old" {
			t.Fatalf("%.40q has changed %d paths to %d", target, len(before), len(got))
		}
	}
	for _, target := range []string{"../x", "/etc/x", "A/../../x", "A/\x00", "", "A//x"} {
		told := b.bring(tasks.AlbumFile, "climb"+target, []byte("new"))
		if err := b.m.Integrate(told.ID, target); err == nil || b.task(told.ID).State != tasks.ReadyForIntegration {
			t.Errorf("%q: %v, %s", target, err, b.task(told.ID).State)
		}
	}
}

// What a killed integration has left goes with its task.
func TestLeftoversGoWithTheTask(t *testing.T) {
	b, music := kitchen(t)
	target := "A/2000 - B/notes.txt"
	if err := os.MkdirAll(filepath.Join(music, target), 0o755); err != nil {
		t.Fatal(err)
	}
	told := b.bring(tasks.AlbumFile, "notes.txt", []byte("new"))
	if err := b.m.Integrate(told.ID, target); err != nil {
		t.Fatal(err)
	}
	b.reaches(told.ID, tasks.IntegrationFailed)
	left := filepath.Join(music, "A/2000 - B/.musicdb-adding-"+told.ID)
	if err := os.WriteFile(left, []byte("ne"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := b.m.Cancel(told.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(left); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

// asStranger runs f as a user to whom nothing is allowed but what all are.
func asStranger(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	done := make(chan error)
	go func() {
		// Of this thread alone, which ends with its goroutine.
		runtime.LockOSThread()
		err := syscall.Setfsuid(65534)
		if err == nil {
			f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestUploadWithoutPermission(t *testing.T) {
	b := newBench(t, t.TempDir(), nil)
	data := noise(21, 1000)
	if err := b.m.Upload(announce("a", data)); err != nil {
		t.Fatal(err)
	}
	uploads := filepath.Join(b.dir, "uploads")
	if err := os.Chmod(uploads, 0o555); err != nil {
		t.Fatal(err)
	}
	asStranger(t, func() {
		if err := b.m.Chunk(t.Context(), "a", data[:500], tasks.Anywhere); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(uploads, 0o755); err != nil {
		t.Fatal(err)
	}
	f := b.failed["a"]
	if f == nil || f.Message != `Writing data failed with error: "writing the uploaded file: permission denied"` || !strings.Contains(f.Remedy, "permission") {
		t.Errorf("%+v", f)
	}
	if heard := b.lines(); heard[1] != "InternalError uploadfailed: "+f.Message {
		t.Errorf("heard %q", heard)
	}
}
