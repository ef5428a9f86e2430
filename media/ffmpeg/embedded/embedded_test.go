package embedded

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// child builds the executable that runs the embedded ffmpeg and returns its
// path and its environment. What it compiles is kept in the user's cache
// folder, so that only the first test run on a machine takes longer.
func child(t testing.TB) (path string, env []string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "child")
	if out, err := exec.Command("go", "build", "-o", path, "./testdata/child").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cache, err := os.UserCacheDir()
	must(t, err)
	cache = filepath.Join(cache, "musicdb-test-ffmpeg")
	must(t, os.MkdirAll(cache, 0o700))
	return path, append(os.Environ(), "WAZERO_COMPILATION_CACHE="+cache)
}

// The real thing: sound goes through files and pipes, and nothing
// but the named folders can be reached.
func TestEmbeddedFfmpeg(t *testing.T) {
	path, env := child(t)
	run := func(stdin []byte, args ...string) ([]byte, string, error) {
		cmd := exec.Command(path, append([]string{"-hide_banner", "-nostdin", "-v", "error"}, args...)...)
		cmd.Env, cmd.Stdin = env, bytes.NewReader(stdin)
		var out, complaint bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &complaint
		err := cmd.Run()
		return out.Bytes(), complaint.String(), err
	}

	dir := t.TempDir()
	flac := filepath.Join(dir, "tone – 音.flac")
	if _, complaint, err := run(nil, "-f", "lavfi", "-i", "sine=441:d=2", "file:"+flac); err != nil {
		t.Fatalf("encode to a file: %v %s", err, complaint)
	}
	pcm, complaint, err := run(nil, "-protocol_whitelist", "file,pipe", "-i", "file:"+flac, "-map", "0:a:0",
		"-af", "aresample=44100:filter_size=64:cutoff=0.98:dither_method=triangular", "-ac", "2", "-f", "s16le", "pipe:1")
	if err != nil || len(pcm) != 2*44100*4 {
		t.Fatalf("decode to a pipe: %d bytes, %v %s", len(pcm), err, complaint)
	}
	crossings := 0
	for i := 4; i < len(pcm); i += 4 {
		if int8(pcm[i-3])^int8(pcm[i+1]) < 0 {
			crossings++
		}
	}
	if hz := float64(crossings) / 4; math.Abs(hz-441) > 1 {
		t.Errorf("decoded a tone of %v Hz, want 441", hz)
	}
	mp3, complaint, err := run(pcm, "-f", "s16le", "-ar", "44100", "-ac", "2", "-i", "pipe:0",
		"-c:a", "libmp3lame", "-b:a", "320k", "-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "pipe:1")
	if err != nil || !bytes.HasPrefix(mp3, []byte{0xFF, 0xFB}) || len(mp3) < 2*40_000 {
		t.Fatalf("encode from a pipe: %d bytes, %v %s", len(mp3), err, complaint)
	}

	here, err := os.Getwd()
	must(t, err)
	relative, err := filepath.Rel(here, flac)
	must(t, err)
	if _, complaint, err := run(nil, "-i", "file:"+relative, "-f", "null", "-"); err != nil {
		t.Errorf("a relative path: %v %s", err, complaint)
	}
	if _, complaint, err := run(nil, "-i", "file:"+filepath.Join(dir, "missing")); err == nil || !strings.Contains(complaint, "No such file") {
		t.Errorf("a missing file: %v %s", err, complaint)
	}
	list := filepath.Join(dir, "list.txt")
	must(t, os.WriteFile(list, []byte("ffconcat version 1.0\nfile '/etc/hostname'\n"), 0o600))
	_, complaint, err = run(nil, "-f", "concat", "-safe", "0", "-i", "file:"+list, "-f", "null", "-")
	if err == nil || !strings.Contains(complaint, "/etc/hostname") || strings.Contains(complaint, "Invalid data") {
		t.Errorf("a list reached a file outside the named folders: %v %s", err, complaint)
	}
	if _, _, err := run(nil, "-i", "file:"+flac, "-f", "wav", "file:"+filepath.Join(t.TempDir(), "x"), "-f", "null", "-"); err == nil {
		t.Error("an output that is not the last argument could be written")
	}
}

func TestReleasedProgramDoesNotRun(t *testing.T) {
	Release()
	if code := Main([]string{"-version"}, t.TempDir()); code != exitBroken {
		t.Errorf("exit code %d, want %d", code, exitBroken)
	}
}
