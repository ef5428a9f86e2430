package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The tests in this file start the real binary as a user would.

const patience = 30 * time.Second

// built is the directory of the binary, "" as long as no test has needed it.
var built string

var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "musicdb-test-")
	if err != nil {
		return "", err
	}
	built = dir
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	name := filepath.Join(dir, "musicdb")
	// Never race-instrumented: the embedded transcoder is too slow in that.
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", name, ".").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return name, nil
})

func TestMain(m *testing.M) {
	if url := os.Getenv(earVariable); url != "" {
		if err := runEar(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if where := os.Getenv(pulseVariable); where != "" {
		if err := runPulse(where); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) > 1 && os.Args[1] == sealedCommand {
		fmt.Fprintln(os.Stderr, runSealed(os.Args[2:]))
		os.Exit(exitFailed)
	}
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// child is a started binary.
type child struct {
	t      testing.TB
	cmd    *exec.Cmd
	mu     sync.Mutex // guards log, wanted and found
	log    bytes.Buffer
	wanted string // what waitLog waits for; "" nothing
	found  chan struct{}
	ready  chan struct{}
	closed chan struct{} // stderr has ended
}

// environment is nothing but what a test says: no setting of the one who runs it.
func environment(data string, settings ...string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + data,
		"MUSICDB_DIRECTORIES_DATA=" + data, "MUSICDB_WEBSOCKET_PORT=0", "MUSICDB_HTTP_PORT=0"}
	return append(env, settings...)
}

func start(t testing.TB, env []string, args ...string) *child {
	t.Helper()
	return launch(t, t.TempDir(), nil, env, args...)
}

// startAs starts as a user whom permissions mean something: nobody, if the tests
// run as root, else the one who runs them.
func startAs(t testing.TB, dir string, env []string, args ...string) *child {
	t.Helper()
	if os.Geteuid() != 0 {
		return launch(t, dir, nil, env, args...)
	}
	const nobody = 65534
	return launch(t, dir, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}, env, args...)
}

func launch(t testing.TB, dir string, as *syscall.SysProcAttr, env []string, args ...string) *child {
	t.Helper()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return launchProgram(t, exec.Command(name, args...), dir, as, env)
}

func launchProgram(t testing.TB, cmd *exec.Cmd, dir string, as *syscall.SysProcAttr, env []string) *child {
	t.Helper()
	c := &child{t: t, cmd: cmd, ready: make(chan struct{}), closed: make(chan struct{})}
	c.cmd.Env = env
	c.cmd.Dir, c.cmd.SysProcAttr = dir, as
	stderr, err := c.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go c.read(stderr)
	t.Cleanup(func() {
		if c.cmd.ProcessState == nil {
			_ = c.cmd.Process.Kill()
			<-c.closed
			_ = c.cmd.Wait()
		}
	})
	return c
}

func (c *child) read(from io.Reader) {
	defer close(c.closed)
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	isReady := false
	for lines.Scan() {
		c.mu.Lock()
		c.log.WriteString(lines.Text() + "\n")
		if c.wanted != "" && strings.Contains(lines.Text(), c.wanted) {
			c.wanted = ""
			close(c.found)
		}
		c.mu.Unlock()
		if !isReady && strings.Contains(lines.Text(), "musicdb is ready") {
			isReady = true
			close(c.ready)
		}
	}
}

func (c *child) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.String()
}

func (c *child) waitReady() *child {
	c.t.Helper()
	select {
	case <-c.ready:
	case <-c.closed:
		c.t.Fatalf("the server ended before it was ready:\n%s", c.text())
	case <-time.After(patience):
		c.t.Fatalf("the server is not ready:\n%s", c.text())
	}
	return c
}

// waitLog waits for a text in the log.
func (c *child) waitLog(text string) {
	c.t.Helper()
	c.mu.Lock()
	c.wanted, c.found = text, make(chan struct{})
	found := c.found
	if strings.Contains(c.log.String(), text) {
		close(found)
		c.wanted = ""
	}
	c.mu.Unlock()
	select {
	case <-found:
	case <-time.After(patience):
		c.t.Fatalf("the log has no %q:\n%s", text, c.text())
	}
}

// end waits for the end and returns the exit code.
func (c *child) end() int {
	c.t.Helper()
	select {
	case <-c.closed:
	case <-time.After(patience):
		c.t.Fatalf("the process did not end:\n%s", c.text())
	}
	_ = c.cmd.Wait() // the exit code is what counts
	return c.cmd.ProcessState.ExitCode()
}

// page is the address of the HTTP listener.
func (c *child) page() string {
	c.t.Helper()
	found := regexp.MustCompile(`page=(http\S+)`).FindStringSubmatch(c.text())
	if found == nil {
		c.t.Fatalf("the log has no address:\n%s", c.text())
	}
	return found[1]
}

func TestSignalsEndTheServerRegularly(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			c := start(t, environment(t.TempDir()), "serve").waitReady()
			_ = c.cmd.Process.Signal(syscall.SIGUSR1)
			_ = c.cmd.Process.Signal(signal)
			if code := c.end(); code != 0 {
				t.Errorf("exit code %d\n%s", code, c.text())
			}
		})
	}
}

// Who asks twice does not wait, neither for a client that keeps the closing
// handshake open nor for anything else.
func TestASecondSignalEndsTheServerAtOnce(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	c := start(t, environment(data, "MUSICDB_WEBSOCKET_CLOSETIMEOUT=3600"), "serve").waitReady()
	silent := c.dial(data)
	silent.ask("GetTags", nil)
	_ = c.cmd.Process.Signal(syscall.SIGINT)
	c.waitLog("shutting down") // and this client answers no farewell
	_ = c.cmd.Process.Signal(syscall.SIGINT)
	if code := c.end(); code != 1 || !strings.Contains(c.text(), "musicdb: another signal to end came during the shutdown") {
		t.Errorf("exit code %d\n%s", code, c.text())
	}
}

// Every failure before the server is ready ends it with exit code 1 and one
// sentence with cause and remedy as the last line.
func TestFailuresBeforeReady(t *testing.T) {
	t.Parallel()
	occupied, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { occupied.Close() }) // after the parallel subtests
	_, port, _ := net.SplitHostPort(occupied.Addr().String())

	running := t.TempDir()
	start(t, environment(running), "serve").waitReady()

	newer := t.TempDir()
	old, err := os.ReadFile(filepath.Join("testdata", "version6.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(newer, "music.db"), old, 0o644); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("no directory"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		env  []string
		says []string
	}{
		"a second server on the data directory": {environment(running), []string{running, "in use by process"}},
		"a websocket port in use":               {environment(t.TempDir(), "MUSICDB_WEBSOCKET_PORT="+port), []string{"port " + port, "in use", "MUSICDB_WEBSOCKET_PORT"}},
		"an HTTP port in use":                   {environment(t.TempDir(), "MUSICDB_HTTP_PORT="+port), []string{"port " + port, "in use", "MUSICDB_HTTP_PORT"}},
		"an address of another machine":         {environment(t.TempDir(), "MUSICDB_HTTP_BIND=192.0.2.1", "MUSICDB_HTTP_TLS=off"), []string{"192.0.2.1", "MUSICDB_HTTP_BIND"}},
		"a data directory that is a file":       {environment(file), []string{file, "MUSICDB_DIRECTORIES_DATA"}},
		"a data directory without permission":   {environment("/proc/musicdb"), []string{"/proc/musicdb", "MUSICDB_DIRECTORIES_DATA"}},
		"no music directory":                    {environment(t.TempDir(), "MUSICDB_DIRECTORIES_MUSIC=/no/such/music"), []string{"/no/such/music"}},
		"a music directory that is a file":      {environment(t.TempDir(), "MUSICDB_DIRECTORIES_MUSIC="+file), []string{file}},
		"a database of another version":         {environment(newer), []string{"music.db", "version 6", "5"}},
		"a wrong port":                          {environment(t.TempDir(), "MUSICDB_HTTP_PORT=eighty"), []string{"MUSICDB_HTTP_PORT", "eighty", "0 to 65535"}},
		"an unknown setting":                    {environment(t.TempDir(), "MUSICDB_HTTP_PROT=80"), []string{"MUSICDB_HTTP_PROT", "musicdb config"}},
		"a wrong choice":                        {environment(t.TempDir(), "MUSICDB_STREAM_START=loud"), []string{"MUSICDB_STREAM_START", "resume, play or paused"}},
		"a certificate without key":             {environment(t.TempDir(), "MUSICDB_WEBSOCKET_CERT="+file), []string{file, "remove both"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, c.env, "serve")
			if code := p.end(); code != 1 {
				t.Errorf("exit code %d", code)
			}
			lines := strings.Split(strings.TrimSpace(p.text()), "\n")
			last := lines[len(lines)-1]
			if !strings.HasPrefix(last, "musicdb: ") {
				t.Errorf("the last line is no sentence of ours: %s", last)
			}
			for _, line := range lines[:len(lines)-1] {
				if !strings.HasPrefix(line, "time=") {
					t.Errorf("a line that is neither the log's nor the last: %s", line)
				}
			}
			for _, part := range c.says {
				if !strings.Contains(last, part) {
					t.Errorf("%q is not in: %s", part, last)
				}
			}
		})
	}
}

// A directory without permission needs a user who is not almighty.
func TestUnreadableDirectoriesAreRefused(t *testing.T) {
	t.Parallel()
	open, err := os.MkdirTemp("", "musicdb-open-") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(open)
	locked, data := filepath.Join(open, "locked"), filepath.Join(open, "data")
	if err := errors.Join(os.Chmod(open, 0o755), os.Mkdir(locked, 0), os.Mkdir(data, 0o777), os.Chmod(data, 0o777)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		env  []string
		says string
	}{
		"music": {environment(data, "MUSICDB_DIRECTORIES_MUSIC="+locked), locked},
		"data":  {environment(filepath.Join(locked, "data")), "MUSICDB_DIRECTORIES_DATA"},
	} {
		p := startAs(t, open, c.env, "serve")
		if code := p.end(); code != 1 || !strings.Contains(p.text(), c.says) {
			t.Errorf("unreadable %s: exit code %d\n%s", name, code, p.text())
		}
	}
}

// What was acknowledged survives kill -9: the same queue, the same current song.
func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	c := start(t, environment(data, "MUSICDB_STREAM_START=paused"), "serve").waitReady()
	to := c.dial(data)
	// The demo library is entered while the server runs already.
	for artists := ""; !strings.Contains(artists, `"id":3`); {
		artists = to.ask("GetArtists", nil)
	}
	for _, song := range []int{3, 1, 2} {
		to.ask("AddSongToQueue", map[string]any{"songid": song, "position": "next"})
	}
	before := to.ask("GetSongQueue", nil)
	if strings.Count(before, "entryid") < 3 {
		t.Fatalf("the queue is %s", before)
	}
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.end()

	again := start(t, environment(data, "MUSICDB_STREAM_START=paused"), "serve").waitReady()
	if after := again.dial(data).ask("GetSongQueue", nil); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}
