package files

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

// scanned is a scan written down: one line per album, song and finding, in order.
func scanned(ctx context.Context, m *Music, o ScanOptions) (lines []string, fatal error) {
	for album, err := range m.Scan(ctx, o) {
		var f *Finding
		switch {
		case errors.As(err, &f):
			lines = append(lines, fmt.Sprintf("! %s: %s", f.Path, f.Problem))
		case err != nil:
			return lines, err
		default:
			lines = append(lines, fmt.Sprintf("%s (%s, %d CDs)", album.Path, album.Origin, album.CDs))
			for _, s := range album.Songs {
				lines = append(lines, fmt.Sprintf("  %d-%d %s", s.CD, s.Number, s.Name))
			}
		}
	}
	return lines, nil
}

func wantLines(t *testing.T, got []string, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, strings.ReplaceAll(line, "·", " "))
		}
	}
	if !slices.Equal(got, lines) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

// junkyard is a directory with everything that can be wrong, and some music.
func junkyard(t *testing.T) (string, *Music) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "music")
	mp3, flac := sample(t, sampleMP3), sample(t, sampleFLAC)
	for rel, content := range map[string][]byte{
		"a/2000 - Good/2-1 Last.mp3":        mp3,
		"a/2000 - Good/10 Tenth.MP3":        mp3,
		"a/2000 - Good/2 Second.flac":       flac,
		"a/2000 - Good/README":              []byte("ignored"),
		"a/2000 - Good/cover.jpg":           []byte("picture"),
		"a/2000 - Good/03 Text.mp3":         []byte("this is text, not audio\n"),
		"a/2000 - Good/04 Empty.mp3":        nil,
		"a/2000 - Good/05 Zeros.flac":       make([]byte, 5000),
		"a/2000 - Good/06 Cut.mp3":          mp3[:len(mp3)/2],
		"a/2000 - Good/07 Head.m4a":         sample(t, sampleM4A)[:40],
		"a/2000 - Good/Loose.mp3":           mp3,
		"a/2000 - Good/08 .mp3":             mp3,
		"a/2000 - Good/09 Word.doc":         []byte("junk"),
		"a/2000 - Good/inner/01 Deep.mp3":   mp3,
		"a/2001 - Empty/notes.txt":          nil,
		"a/2002 - /01 X.mp3":                mp3,
		"a/2003 - Only broken/01 X.mp3":     []byte("x"),
		"a/2004 - Video.mp4":                []byte("not looked into"),
		"a/stray song.mp3":                  mp3,
		"a/Untitled/01 X.mp3":               mp3,
		"B/1999 - Upper case first/1 X.m4a": sample(t, sampleM4A),
		"stray.mp3":                         mp3,
		"lost+found/2000 - X/01 X.mp3":      mp3,
	} {
		write(t, dir, rel, content)
	}
	bad := "a/2000 - Good/11 \xff\xfe.mp3"
	write(t, dir, bad, mp3)
	if err := os.Mkdir(filepath.Join(dir, "nobody"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "../elsewhere/2000 - X/01 X.mp3", mp3)
	for link, target := range map[string]string{
		"a/2000 - Good/12 Out.mp3":   "../../../elsewhere/2000 - X/01 X.mp3",
		"a/2000 - Good/13 Alias.mp3": "2-1 Last.mp3",
		"a/2005 - Out":               "../../elsewhere/2000 - X",
		"a/2006 - Alias":             "../B/1999 - Upper case first",
		"loop":                       "loop",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "a/2000 - Good/14 Pipe.mp3"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, musicIn(t, dir)
}

func TestScanPassesByWhatIsWrong(t *testing.T) {
	_, m := junkyard(t)
	want := `
	B/1999 - Upper case first (internet, 1 CDs)
	··1-1 X
	! a/2000 - Good/08 .mp3: does not follow the naming conventions
	! a/2000 - Good/09 Word.doc: is not a music file of a supported format
	! a/2000 - Good/11 ` + "\xff\xfe" + `.mp3: has a name that is not valid UTF-8
	! a/2000 - Good/12 Out.mp3: is a link that leads out of the music directory or nowhere
	! a/2000 - Good/13 Alias.mp3: is a link to music that is already found under its own name
	! a/2000 - Good/14 Pipe.mp3: is not a music file of a supported format
	! a/2000 - Good/Loose.mp3: does not follow the naming conventions
	! a/2000 - Good/cover.jpg: is no music but often lies beside it
	! a/2000 - Good/inner: is at a place where nothing is searched
	! a/2000 - Good/03 Text.mp3: has no readable audio stream
	! a/2000 - Good/04 Empty.mp3: has no readable audio stream
	! a/2000 - Good/05 Zeros.flac: has no readable audio stream
	! a/2000 - Good/06 Cut.mp3: ends before its audio does; it is in the library with the duration that is left
	! a/2000 - Good/07 Head.m4a: has no readable audio stream
	a/2000 - Good (CD, 2 CDs)
	··1-2 Second
	··1-6 Cut
	··1-10 Tenth
	··2-1 Last
	! a/2001 - Empty/notes.txt: is no music but often lies beside it
	! a/2001 - Empty: contains no songs
	! a/2002 - : does not follow the naming conventions
	! a/2003 - Only broken/01 X.mp3: has no readable audio stream
	! a/2003 - Only broken: contains no songs
	! a/2005 - Out: is a link that leads out of the music directory or nowhere
	! a/2006 - Alias: is a link to music that is already found under its own name
	! a/Untitled: does not follow the naming conventions
	! a/stray song.mp3: is at a place where nothing is searched
	! loop: is a link that leads out of the music directory or nowhere
	! nobody: contains no songs
	! stray.mp3: is at a place where nothing is searched
	`
	for _, workers := range []int{1, 2, 8} {
		got, err := scanned(t.Context(), m, ScanOptions{Workers: workers, Ahead: workers})
		if err != nil {
			t.Fatal(err)
		}
		wantLines(t, got, want)
	}
}

func TestScanFindingsNameARemedy(t *testing.T) {
	_, m := junkyard(t)
	for _, err := range m.Scan(t.Context(), ScanOptions{}) {
		var f *Finding
		if errors.As(err, &f) && (f.Remedy() == "" || !strings.Contains(f.Error(), f.Remedy())) {
			t.Errorf("%v has no remedy", f)
		}
	}
	for p := ProblemUnreadable; int(p) < len(problems); p++ {
		if problems[p].what == "" || problems[p].remedy == "" {
			t.Errorf("problem %d has no text", p)
		}
	}
}

func TestScanOptions(t *testing.T) {
	_, m := junkyard(t)
	o := ScanOptions{
		Ignore: Ignore{
			Artists: []string{"a", "loop", "nobody", "stray.mp3"},
			Albums:  []string{"1999 - Upper case first"},
		},
	}
	got, err := scanned(t.Context(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, got, `
	lost+found/2000 - X (internet, 1 CDs)
	··1-1 X
	`)
	var asked []string
	o = ScanOptions{Known: func(path string) bool { asked = append(asked, path); return true }}
	got, err = scanned(t.Context(), m, o)
	if err != nil || slices.ContainsFunc(got, func(line string) bool { return !strings.HasPrefix(line, "!") }) {
		t.Errorf("known albums were read: %q, %v", got, err)
	}
	if want := []string{"B/1999 - Upper case first", "a/2000 - Good", "a/2001 - Empty", "a/2003 - Only broken"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
}

func TestScanCountsWhatItFound(t *testing.T) {
	_, m := junkyard(t)
	var last Found
	for album, err := range m.Scan(t.Context(), ScanOptions{}) {
		if err == nil {
			if album.Found.Songs < last.Songs || album.Found.Albums < last.Albums {
				t.Errorf("found went back from %+v to %+v", last, album.Found)
			}
			last = album.Found
		}
	}
	if want := (Found{Albums: 2, Songs: 9}); last != want {
		t.Errorf("found %+v, want %+v", last, want)
	}
}

func TestScanMayBeLeft(t *testing.T) {
	_, m := junkyard(t)
	n := 0
	for range m.Scan(t.Context(), ScanOptions{Ahead: 1}) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d steps", n)
	}
}

func TestScanEndsWithItsContext(t *testing.T) {
	_, m := junkyard(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	reason := errors.New("enough")
	steps := 0
	var last error
	for _, err := range m.Scan(ctx, ScanOptions{Ahead: 1}) {
		if steps++; steps == 1 {
			cancel(reason)
		}
		last = err
	}
	if !errors.Is(last, reason) || steps > 2 {
		t.Errorf("ended after %d steps with %v", steps, last)
	}
}

func TestScanOfAnUnreadableRootIsFatal(t *testing.T) {
	_, m := junkyard(t)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	lines, err := scanned(t.Context(), m, ScanOptions{})
	var fatal *RootError
	if !errors.As(err, &fatal) || len(lines) != 0 {
		t.Errorf("got %q, %v", lines, err)
	}
}

// TestScanWithoutPermission runs this test binary as nobody, because root may
// read everything.
func TestScanWithoutPermission(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "music")
	text := []byte("no audio, so that TagLib need not be compiled for another user")
	for _, rel := range []string{"A/2000 - Locked/01 X.mp3", "A/2001 - Open/01 Locked.mp3", "A/2001 - Open/02 Open.mp3", "B/2000 - X/01 X.mp3"} {
		write(t, dir, rel, text)
	}
	for _, rel := range []string{"A/2000 - Locked", "A/2001 - Open/01 Locked.mp3", "B"} {
		if err := os.Chmod(filepath.Join(dir, rel), 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, rel := range []string{"A/2000 - Locked", "B"} {
			os.Chmod(filepath.Join(dir, rel), 0o755)
		}
	})
	for parent := dir; parent != os.TempDir() && parent != "/"; parent = filepath.Dir(parent) {
		if err := os.Chmod(parent, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(filepath.Dir(dir), "scan.test")
	self, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(binary, self, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), binary)
	child.Dir = "/"
	child.Env = []string{asNobody + "=" + dir}
	if os.Geteuid() == 0 {
		child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wantLines(t, strings.Split(strings.TrimSpace(string(out)), "\n"), `
	! A/2000 - Locked: cannot be read
	! A/2001 - Open/01 Locked.mp3: cannot be read
	! A/2001 - Open/02 Open.mp3: has no readable audio stream
	! A/2001 - Open: contains no songs
	! B: cannot be read
	`)
}

func scanAsNobody(dir string) int {
	m, err := OpenMusic(dir)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	lines, err := scanned(context.Background(), m, ScanOptions{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(strings.Join(lines, "\n"))
	return 0
}
