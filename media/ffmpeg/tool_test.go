package ffmpeg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"musicdb/fsm/fsmtest"
)

// The test executable plays two parts when it is started again: a daemon that
// dies at once (see TestChildrenDieWithTheDaemon) is the first.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "daemon" {
		daemon()
		return
	}
	goleak.VerifyTestMain(m)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func native(t testing.TB) *Tool {
	t.Helper()
	tool, err := Find(Options{})
	must(t, err)
	t.Cleanup(func() { must(t, tool.Close()) })
	return tool
}

func TestBothRunnersAgree(t *testing.T) { fsmtest.Agree(t, definition) }

func TestFindNative(t *testing.T) {
	tool := native(t)
	if !tool.Native() || tool.Status().State != Ready {
		t.Fatalf("status %+v", tool.Status())
	}
	if v := tool.Status().Version; !strings.HasPrefix(v, "ffmpeg version ") {
		t.Errorf("version %q", v)
	}
	<-tool.Ready()
	must(t, tool.Prepare(t.Context()))
	must(t, tool.Close())
	if _, err := tool.Start(t.Context(), nil, nil, "-version"); !errors.Is(err, ErrClosed) {
		t.Errorf("start behind close: %v, want ErrClosed", err)
	}
	if err := tool.Prepare(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("prepare behind close: %v, want ErrClosed", err)
	}
	if tool.Status().State != Closed {
		t.Errorf("state %v behind close", tool.Status().State)
	}
}

// program writes a shell script.
func program(t testing.TB, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	must(t, os.WriteFile(path, []byte("#!/bin/sh\n"+strings.Join(lines, "\n")+"\n"), 0o700))
	return path
}

func TestFindRefusesWhatIsNoUsableFfmpeg(t *testing.T) {
	for name, path := range map[string]string{
		"missing":        "/nowhere/ffmpeg",
		"failing":        program(t, "echo out of order >&2; exit 3"),
		"without LAME":   program(t, "echo ' A....D aac '"),
		"not executable": os.Args[0] + ".missing",
	} {
		_, err := Find(Options{Path: path})
		if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "install ffmpeg") {
			t.Errorf("%s: %v, want ErrNotFound with a remedy", name, err)
		}
	}
	_, err := Find(Options{Path: program(t, "echo out of order >&2; exit 3")})
	var failed *FailedError
	if !errors.As(err, &failed) || failed.Code != 3 || !strings.Contains(failed.Complaint, "out of order") {
		t.Errorf("the reason is lost: %v", err)
	}
	if _, err := Find(Options{Path: "/nowhere", Self: "/proc/self/exe"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("embedded without cache: %v, want ErrNotFound", err)
	}
}

// self is an executable whose command "ffmpeg" is the real one; it fails as
// long as the file broken exists, and notes each run.
func self(t testing.TB) (path, broken, runs string) {
	dir := t.TempDir()
	broken, runs = filepath.Join(dir, "broken"), filepath.Join(dir, "runs")
	return program(t,
		fmt.Sprintf(`echo "$WAZERO_COMPILATION_CACHE" >> %q`, runs),
		`[ "$1" = ffmpeg ] || exit 9`, "shift",
		fmt.Sprintf(`if [ -e %q ]; then echo compiler broke >&2; exit 7; fi`, broken),
		`exec ffmpeg "$@"`), broken, runs
}

func TestPrepareCompilesInAChild(t *testing.T) {
	path, _, runs := self(t)
	cache := filepath.Join(t.TempDir(), "cache")
	for start, expected := range []time.Duration{compileTime, loadTime} {
		tool, err := Find(Options{Path: "/nowhere", Self: path, CacheDir: cache})
		must(t, err)
		if tool.Native() || tool.Status().State != Cold {
			t.Errorf("start %d: status %+v before anybody asked", start, tool.Status())
		}
		must(t, tool.Prepare(t.Context()))
		if s := tool.Status(); s.State != Ready || s.Expected != expected {
			t.Errorf("start %d: status %+v, want an expected time of %v", start, s, expected)
		}
		out, err := tool.output(t.Context(), path, "-version")
		if err != nil || !bytes.HasPrefix(out.stdout, []byte("ffmpeg version")) {
			t.Errorf("start %d: %q, %v", start, out.stdout, err)
		}
		must(t, tool.Close())
	}
	info, err := os.Stat(cache)
	must(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the cache is open to others: %v", info.Mode())
	}
	seen, err := os.ReadFile(runs)
	must(t, err)
	for _, line := range strings.Fields(string(seen)) {
		if line != cache {
			t.Errorf("a child was told the cache %q, want %q", line, cache)
		}
	}
}

// A compilation that fails is shown with its reason and tried again with an
// empty cache, until it works; all who wait are told.
func TestPrepareTriesAgain(t *testing.T) {
	path, broken, _ := self(t)
	must(t, os.WriteFile(broken, nil, 0o600))
	cache := t.TempDir()
	stale := filepath.Join(cache, "stale")
	must(t, os.WriteFile(stale, []byte("damaged"), 0o600))
	tool, err := Find(Options{Path: "/nowhere", Self: path, CacheDir: cache})
	must(t, err)
	defer func() { must(t, tool.Close()) }()
	tool.retry = []time.Duration{time.Millisecond}

	results := make(chan error, 3)
	for range 3 {
		go func() { results <- tool.Prepare(t.Context()) }()
	}
	shown := tool.Status()
	for ; shown.State != Failed; shown = tool.Status() {
		runtime.Gosched()
	}
	if shown.Err == nil || !strings.Contains(shown.Err.Error(), "compiler broke") {
		t.Errorf("the reason shown is %v", shown.Err)
	}
	must(t, os.Remove(broken))
	for range 3 {
		must(t, <-results)
	}
	if _, err := os.Stat(stale); err == nil {
		t.Error("the damaged cache was kept")
	}
	if s := tool.Status(); s.State != Ready || s.Err != nil {
		t.Errorf("status %+v", s)
	}
}

func TestPrepareEnds(t *testing.T) {
	tool, err := Find(Options{Path: "/nowhere", Self: program(t, "exec tail -f /dev/null"), CacheDir: t.TempDir()})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { result <- tool.Prepare(ctx) }()
	for tool.Status().State != Compiling {
		runtime.Gosched()
	}
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	go func() { result <- tool.Prepare(t.Context()) }()
	for tool.Status().State != Compiling {
		runtime.Gosched()
	}
	must(t, tool.Close())
	if err := <-result; !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// Files are opened whatever they are called; what they contain opens nothing.
func TestInput(t *testing.T) {
	tool := native(t)
	dir := t.TempDir()
	wav := filepath.Join(dir, "tone.wav")
	must(t, exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=441:d=1", wav).Run())
	sound, err := os.ReadFile(wav)
	must(t, err)

	decode := func(path string, at time.Duration) (int, error) {
		args, err := Input(path, at)
		must(t, err)
		out, err := tool.output(t.Context(), tool.path, append(args, "-f", "s16le", "-ar", "44100", "-ac", "2", "pipe:1")...)
		return len(out.stdout) / 4, err
	}
	for _, name := range []string{
		"-y", "concat:a|b", "http:x", "100%", "%d.wav", "a b'\"\\$(id);", "..wav", "pipe:0", "file:x", "line\nbreak", "\xff\xfe", "ü – 音.wav",
	} {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, sound, 0o600))
		if n, err := decode(path, 0); err != nil || n != 44100 {
			t.Errorf("file %q: %d samples, %v", name, n, err)
		}
	}
	if n, err := decode(wav, 250*time.Millisecond); err != nil || n != 33075 {
		t.Errorf("from 0.25 s: %d samples, %v", n, err)
	}
	for name, content := range map[string]string{
		"playlist.mp3": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:" + wav + "\n#EXT-X-ENDLIST\n",
		"concat.flac":  "ffconcat version 1.0\nfile '" + wav + "'\n",
		"page.ogg":     "<html>" + wav + "</html>",
		"empty.m4a":    "",
	} {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(content), 0o600))
		if n, err := decode(path, 0); err == nil || n > 0 {
			t.Errorf("%s made ffmpeg decode %d samples", name, n)
		}
	}
	for _, path := range []string{"relative.wav", "", "/nul\x00.wav"} {
		if _, err := Input(path, 0); !errors.Is(err, ErrPath) {
			t.Errorf("path %q: %v, want ErrPath", path, err)
		}
	}
}

func TestChildReportsItsEnd(t *testing.T) {
	tool := native(t)
	child, err := tool.Start(t.Context(), nil, nil, "-v", "error", "-i", "file:/nowhere")
	must(t, err)
	var failed *FailedError
	if err := child.Wait(); !errors.As(err, &failed) || failed.Code != 1 || !strings.Contains(failed.Complaint, "No such file") {
		t.Errorf("a missing file: %v", err)
	}

	endless := []string{"-v", "error", "-re", "-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"}
	child, err = tool.Start(t.Context(), nil, nil, endless...)
	must(t, err)
	child.Kill()
	if err := child.Wait(); !errors.As(err, &failed) || failed.Signal != syscall.SIGKILL {
		t.Errorf("killed: %v", err)
	}
	child.Kill() // allowed, without effect

	ctx, cancel := context.WithCancel(t.Context())
	child, err = tool.Start(ctx, nil, nil, endless...)
	must(t, err)
	if group, err := syscall.Getpgid(child.Pid()); err != nil || group != child.Pid() {
		t.Errorf("the child is in process group %d, want one of its own", group)
	}
	cancel()
	<-child.Done()
	if err := child.Wait(); err == nil {
		t.Error("cancelled, and no error")
	}

	child, err = tool.Start(t.Context(), nil, nil, endless...)
	must(t, err)
	must(t, tool.Close())
	if err := child.Wait(); !errors.As(err, &failed) || failed.Signal != syscall.SIGKILL {
		t.Errorf("the tool was closed over a child: %v", err)
	}
}

// Closing does not depend on the kernel's tie between a child and a thread,
// which the main thread does not have and other kernels do not know.
func TestCloseKillsUntiedChildren(t *testing.T) {
	tool := native(t)
	cmd := tool.Command(t.Context(), "-v", "error", "-re", "-f", "lavfi", "-i", "anullsrc", "-f", "null", "-")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(t, tool.keeper.start(cmd))
	must(t, tool.Close())
	ended := make(chan error, 1)
	go func() { ended <- tool.keeper.wait(cmd) }()
	select {
	case err := <-ended:
		var failed *FailedError
		if err := failure(err, ""); !errors.As(err, &failed) || failed.Signal != syscall.SIGKILL {
			t.Errorf("it ended with %v, want to be killed", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("the child lives on: %v", errors.Join(cmd.Cancel(), <-ended))
	}
}

// daemon starts an endless child, tells its number, and dies without a word.
func daemon() {
	tool, err := Find(Options{})
	if err != nil {
		panic(err)
	}
	child, err := tool.Start(context.Background(), nil, os.Stdout, "-v", "error", "-re", "-f", "lavfi", "-i", "anullsrc", "-f", "null", "-")
	if err != nil {
		panic(err)
	}
	fmt.Println(child.Pid())
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		panic(err)
	}
}

func TestChildrenDieWithTheDaemon(t *testing.T) {
	cmd := exec.Command(os.Args[0], "daemon")
	cmd.WaitDelay = 20 * time.Second
	// The child holds the other end of the pipe too: reading ends when both are dead.
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrWaitDelay) {
		pid, _ := strconv.Atoi(strings.TrimSpace(string(out)))
		t.Fatalf("child %d lives on: %v", pid, syscall.Kill(pid, syscall.SIGKILL))
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL || len(out) == 0 {
		t.Fatalf("the daemon ended with %v, and wrote %q", err, out)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var b tail
	for i := range 1000 {
		fmt.Fprintf(&b, "complaint %d\n", i)
	}
	got := b.String()
	if len(got) > tailSize*2 || !strings.HasSuffix(got, "complaint 999") || !strings.HasPrefix(got, "complaint ") {
		t.Errorf("kept %d bytes: %.40q … %q", len(got), got, got[len(got)-20:])
	}
	b = tail{}
	if _, err := b.Write(bytes.Repeat([]byte("x"), 1<<20)); err != nil || len(b.bytes) > tailSize {
		t.Errorf("kept %d bytes, %v", len(b.bytes), err)
	}
}
