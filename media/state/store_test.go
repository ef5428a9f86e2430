package state

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func content(t testing.TB, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func mode(t testing.TB, path ...string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// A new data directory gets, byte for byte, the files that MusicDB 8 writes.
func TestNewDataDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	s := mustOpen(t, dir)
	_, err := s.Randy()
	must(t, err)
	_, err = s.WebUI()
	must(t, err)
	key, err := s.APIKey()
	must(t, err)
	for file, golden := range map[string]string{"state/state.ini": "state.ini", "config/randy.ini": "randy.ini", "config/webui.ini": "webui.ini"} {
		if got, want := content(t, dir, file), content(t, "testdata", golden); got != want {
			t.Errorf("%s is %q, want %q", file, got, want)
		}
	}
	if got := content(t, dir, "config/wsapikey.txt"); got != key+"\n" {
		t.Errorf("key file has %q, key is %q", got, key)
	}
	if raw, err := base64.StdEncoding.DecodeString(key); err != nil || len(raw) != 32 || len(key) != 44 {
		t.Errorf("key %q is not the base64 form of 32 bytes: %v", key, err)
	}
	for path, want := range map[string]fs.FileMode{
		".": 0o775, "state": 0o755, "config": 0o755, "config/wsapikey.txt": 0o660, "config/webui.ini": 0o664,
	} {
		if got := mode(t, dir, path); got != want {
			t.Errorf("%s has mode %v, want %v", path, got, want)
		}
	}
}

// Opening and reading an existing installation changes none of its files.
func TestExistingInstallationIsLeftAsItIs(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"state/state.ini": "state.ini", "config/randy.ini": "randy.ini", "config/webui.ini": "webui-shipped.ini"}
	for file, golden := range files {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o755))
		must(t, os.WriteFile(filepath.Join(dir, file), []byte(content(t, "testdata", golden)), 0o640))
	}
	must(t, os.WriteFile(filepath.Join(dir, "config/wsapikey.txt"), []byte("  secret \nsecond line\n"), 0o600))
	s := mustOpen(t, dir)
	randy, err := s.Randy()
	must(t, err)
	if randy != DefaultRandy() {
		t.Errorf("randy.ini is read as %+v", randy)
	}
	webui, err := s.WebUI()
	must(t, err)
	want := DefaultWebUI()
	want.MainMenu.ShowSystemStatus = false
	if webui != want {
		t.Errorf("webui.ini is read as %+v", webui)
	}
	if key, err := s.APIKey(); err != nil || key != "secret" {
		t.Errorf("key is %q, %v", key, err)
	}
	for file, golden := range files {
		if got := content(t, dir, file); got != content(t, "testdata", golden) {
			t.Errorf("%s was changed to %q", file, got)
		}
	}
	must(t, s.SetGenre("Rock", true))
	if got := mode(t, dir, "state/state.ini"); got != 0o640 {
		t.Errorf("a change gave the file mode %v", got)
	}
}

func TestUpgrades(t *testing.T) {
	for name, c := range map[string]struct{ file, before, after string }{
		"state 3": {"state/state.ini",
			"[meta]\nversion = 3\n\n[MusicDB]\nuimode = video\n\n[albumfilter]\nrock = True\n\n[GenreFilter]\nRock = True\n",
			"[meta]\nversion = 4\n\n[MusicDB]\nuimode = video\n\n[GenreFilter]\nRock = True\n\n"},
		"state newer": {"state/state.ini", "[meta]\nversion = 9\n", "[meta]\nversion = 9\n"},
		"webui 1": {"config/webui.ini",
			"[meta]\nversion = 1\n\n[WebUI]\nvideomode = enabled\n\n[Stream]\nurl = http://x\n",
			"[meta]\nversion = 3\n\n[WebUI]\nvideomode = enabled\n\n[Stream]\nurl = http://x\nusername = \npassword = \n\n" +
				"[MainMenu]\nshowstreamplayer = False\nshowsystemstatus = True\n\n[ArtistsView]\nshowrelease = True\n\n[GenreSelectionView]\nshowother = True\n\n"},
		"randy without version": {"config/randy.ini", "[Constraints]\nMinSongLength = 0\n",
			"[Constraints]\nMinSongLength = 0\nNoDisabled = True\nNoHated = True\nNoBadFile = True\nNoLiveMusic = False\nMaxSongLength = 600\n\n" +
				"[meta]\nversion = 1\n\n[BlackLists]\nSongListLength = 5\nAlbumListLength = 2\nArtistListLength = 1\nVideoListLength = 3\nMaxAge = 24\n\n[Limits]\nMaxTries = 10\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, c.file)), 0o755))
			must(t, os.WriteFile(filepath.Join(dir, c.file), []byte(c.before), 0o644))
			s := mustOpen(t, dir)
			_, err := s.Randy()
			must(t, err)
			_, err = s.WebUI()
			must(t, err)
			if got := content(t, dir, c.file); got != c.after {
				t.Errorf("upgraded to %q, want %q", got, c.after)
			}
		})
	}
}

func TestValuesMissingFromAFile(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	must(t, os.WriteFile(filepath.Join(dir, "config/randy.ini"), []byte("[meta]\nversion = 1\n[Limits]\nMaxTries = many\n"), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "config/webui.ini"), []byte("[meta]\nversion = 3\n"), 0o644))
	randy, err := s.Randy()
	must(t, err)
	wantRandy := DefaultRandy()
	wantRandy.Constraints.NoLiveMusic = true
	if randy != wantRandy {
		t.Errorf("randy.ini without values is %+v", randy)
	}
	webui, err := s.WebUI()
	must(t, err)
	wantWebUI := DefaultWebUI()
	wantWebUI.MainMenu.ShowSystemStatus = false
	if webui != wantWebUI {
		t.Errorf("webui.ini without values is %+v", webui)
	}
}

func TestConfigurationsComeBack(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	randy := DefaultRandy()
	randy.Constraints.MinSongLength, randy.Constraints.NoLiveMusic, randy.BlackLists.MaxAge = 0, true, 48
	must(t, s.SaveRandy(randy))
	if got, err := s.Randy(); err != nil || got != randy {
		t.Errorf("saved %+v, read %+v, %v", randy, got, err)
	}
	webui := DefaultWebUI()
	webui.Stream.Password = "100% =:#; ä%%(url)s"
	webui.Debug.BlurArtwork = true
	must(t, s.SaveWebUI(webui))
	if got, err := s.WebUI(); err != nil || got != webui {
		t.Errorf("saved %+v, read %+v, %v", webui, got, err)
	}
	evil := webui
	evil.Stream.Username = "x\r[Stream]\rpassword = y"
	if err := s.SaveWebUI(evil); !errors.Is(err, ErrValue) {
		t.Errorf("a line break is answered with %v", err)
	}
	if got, err := s.WebUI(); err != nil || got != webui {
		t.Errorf("a refused value has changed the file to %+v, %v", got, err)
	}
}

// The JSON forms are those of the MusicDB protocol, "Shared types".
func TestConfigurationsAsJSON(t *testing.T) {
	for want, value := range map[string]any{
		`{"meta":{"version":1},"Constraints":{"NoDisabled":true,"NoHated":true,"NoBadFile":true,"NoLiveMusic":false,"MinSongLength":120,"MaxSongLength":600},` +
			`"BlackLists":{"SongListLength":5,"AlbumListLength":2,"ArtistListLength":1,"VideoListLength":3,"MaxAge":24},"Limits":{"MaxTries":10}}`: DefaultRandy(),
		`{"meta":{"version":3},"WebUI":{"videomode":"disabled","lyrics":"enabled"},"MainMenu":{"showstreamplayer":false,"showsystemstatus":true},` +
			`"ArtistsView":{"showrelease":true},"GenreSelectionView":{"showother":true},"Stream":{"url":"http://127.0.0.1:8000/stream","username":"","password":""},` +
			`"debug":{"blurartwork":false}}`: DefaultWebUI(),
	} {
		if got, err := json.Marshal(value); err != nil || string(got) != want {
			t.Errorf("JSON %s, %v, want %s", got, err, want)
		}
	}
}

// Clients set different keys at once, an administrator edits the file: nobody
// undoes what another one has set.
func TestConcurrentChanges(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for n := range 5 {
				if err := s.SetGenre(fmt.Sprintf("genre %d-%d", g, n), true); err != nil {
					t.Error(err)
				}
				s.Choice()
			}
		})
	}
	wg.Wait()
	must(t, os.WriteFile(filepath.Join(dir, "state/state.ini"), []byte(content(t, dir, "state/state.ini")+"[Mine]\nkey = 1\n"), 0o644))
	must(t, s.SetUIMode(ModeVideo))
	choice := s.Choice()
	for g := range 4 {
		for n := range 5 {
			if name := fmt.Sprintf("genre %d-%d", g, n); !choice.GenreActive(name) {
				t.Errorf("%s was lost", name)
			}
		}
	}
	if !strings.Contains(content(t, dir, "state/state.ini"), "[Mine]\nkey = 1\n") {
		t.Error("the edited section was lost")
	}
}

func TestDamagedFileIsKeptBeside(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	path := filepath.Join(dir, "state/state.ini")
	const damaged = "[meta]\nversion = 4\n[GenreFilter]\nRock = True\nnonsense\n"
	must(t, os.WriteFile(path, []byte(damaged), 0o644))
	if !s.Choice().GenreActive("Rock") {
		t.Error("what could be read is not used")
	}
	must(t, s.SetGenre("Jazz", true))
	if got := content(t, path+".damaged"); got != damaged {
		t.Errorf("kept %q", got)
	}
	if c := s.Choice(); !c.GenreActive("Rock") || !c.GenreActive("Jazz") {
		t.Error("the selection was lost")
	}
	must(t, os.WriteFile(path, []byte(damaged), 0o644))
	must(t, s.SetGenre("Pop", true))
	must(t, os.WriteFile(path, []byte("other damage"), 0o644))
	must(t, s.SetGenre("Pop", true))
	if got, err := filepath.Glob(path + ".damaged*"); err != nil || len(got) != 2 {
		t.Errorf("kept %v, %v; want one copy of each content", got, err)
	}

	const table = "\"SongID\",\"TimeStamp\"\r\n1,2\r\nx\r\n"
	must(t, os.WriteFile(filepath.Join(dir, "state/songblacklist.csv"), []byte(table), 0o644))
	read, err := s.ReadCSV("songblacklist.csv", []string{"SongID", "TimeStamp"})
	if err != nil || len(read.Rows) != 1 || len(read.Damage) != 1 {
		t.Errorf("read %+v, %v", read, err)
	}
	for range 2 {
		kept, err := s.Preserve("songblacklist.csv")
		if err != nil || kept != filepath.Join(dir, "state/songblacklist.csv.damaged") || content(t, kept) != table {
			t.Errorf("kept as %q, %v", kept, err)
		}
	}
}

func TestTables(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	if read, err := s.ReadCSV("songqueue.csv", queueColumns); err != nil || len(read.Rows)+len(read.Damage) > 0 {
		t.Errorf("a missing file is read as %+v, %v", read, err)
	}
	must(t, s.WriteCSV("songqueue.csv", queueColumns, [][]Cell{{Text("1"), Number(2), Text("True")}}))
	if got := content(t, dir, "state/songqueue.csv"); got != "\"EntryID\",\"SongID\",\"IsRandom\"\r\n\"1\",2,\"True\"\r\n" {
		t.Errorf("written %q", got)
	}
	must(t, s.WriteCSV("songqueue.csv", queueColumns, nil))
	if got := content(t, dir, "state/songqueue.csv"); got != "\"EntryID\",\"SongID\",\"IsRandom\"\r\n" {
		t.Errorf("empty table written %q", got)
	}
	must(t, s.WriteHints("songblacklist.csv", []string{"SongID", "TimeStamp"}, [][]Cell{{Number(1), Number(2)}}))
	if got := content(t, dir, "state/songblacklist.csv"); got != "\"SongID\",\"TimeStamp\"\r\n1,2\r\n" {
		t.Errorf("hints written %q", got)
	}
	must(t, os.WriteFile(filepath.Join(dir, "state/.writing-X"), []byte("half"), 0o644))
	mustOpen(t, dir)
	if left, err := filepath.Glob(filepath.Join(dir, "state/.*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A full disk is not a matter of permissions.
func TestAFullDiskIsCalledThat(t *testing.T) {
	full, denied := &FileError{"write", "f", syscall.ENOSPC}, &FileError{"write", "f", syscall.EACCES}
	if !strings.Contains(full.Error(), "room") || strings.Contains(full.Error(), "user") || !strings.Contains(denied.Error(), "user") {
		t.Errorf("%v\n%v", full, denied)
	}
}

// A file that cannot be replaced is an error that names it, and the old content
// stays.
func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	var file *FileError
	must(t, os.WriteFile(filepath.Join(dir, "occupied"), nil, 0o644))
	if _, err := Open(Options{DataDir: filepath.Join(dir, "occupied", "data")}); !errors.As(err, &file) {
		t.Errorf("a file in place of the data directory: %v", err)
	}
	s := mustOpen(t, dir)
	path := filepath.Join(dir, "state/songqueue.csv")
	must(t, os.MkdirAll(filepath.Join(path, "x"), 0o755))
	if err := s.WriteCSV("songqueue.csv", queueColumns, nil); !errors.As(err, &file) || file.Path != path {
		t.Errorf("a directory in place of the file: %v", err)
	}
	if _, err := s.ReadCSV("songqueue.csv", queueColumns); !errors.As(err, &file) || file.Path != path {
		t.Errorf("reading a directory: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "state/.*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	must(t, s.SetGenre("Rock", true))
	s.Choice()
	must(t, os.Remove(filepath.Join(dir, "state/state.ini")))
	must(t, os.Mkdir(filepath.Join(dir, "state/state.ini"), 0o755))
	if !s.Choice().GenreActive("Rock") {
		t.Error("while the file cannot be read the last selection does not hold")
	}
	if err := s.SetGenre("Rock", false); !errors.As(err, &file) {
		t.Errorf("changing an unreadable file: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(dir, "config/wsapikey.txt"), []byte("\n"), 0o644))
	if key, err := s.APIKey(); err != nil || len(key) != 44 {
		t.Errorf("an empty key file gives %q, %v", key, err)
	}
	if got := mode(t, dir, "config/wsapikey.txt"); got != 0o660 {
		t.Errorf("a new key in an old file has mode %v", got)
	}
}
