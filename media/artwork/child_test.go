package artwork

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// This test binary sets covers instead of running tests when these are set: as
// another user, with a limit to the size of files, or until it is killed.
const (
	childDir   = "MUSICDB_TEST_ARTWORK"       // the artwork directory
	childLimit = "MUSICDB_TEST_ARTWORK_LIMIT" // bytes of a file; a larger one is cut off as on a full disk
	childLoop  = "MUSICDB_TEST_ARTWORK_LOOP"  // set two covers in turn until killed
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// child replaces the cover of "B" by "A" with the files that it is given.
func child(dir string) error {
	s, err := Open(dir, Options{Scales: childScales})
	if err != nil {
		return err
	}
	if text := os.Getenv(childLimit); text != "" {
		limit, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return err
		}
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			return err
		}
	}
	fmt.Println("begun")
	for {
		for _, name := range os.Args[1:] {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if _, err := s.SetCover(context.Background(), "A", "B", data); err != nil {
				return err
			}
			fmt.Println("set")
		}
		if os.Getenv(childLoop) == "" {
			return nil
		}
	}
}

var childScales = []int{50, 100, 200}

// spawn starts a child and returns when it has begun. hear waits for its next cover;
// say is what it says from then on, once it has ended.
func spawn(t *testing.T, dir string, as *syscall.Credential, env []string, pictures ...string) (cmd *exec.Cmd, hear func(), say func() string) {
	t.Helper()
	binary := os.Args[0]
	if as != nil { // it may lie where others see nothing
		program, err := os.ReadFile(binary)
		if err != nil {
			t.Fatal(err)
		}
		binary = filepath.Join(filepath.Dir(pictures[0]), "child")
		if err := os.WriteFile(binary, program, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd = exec.CommandContext(t.Context(), binary, pictures...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Env = append(cmd.Env, env...)
	if as != nil && os.Geteuid() == 0 { // else the modes hold for this user, too
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "begun" {
		t.Errorf("the child said %q", lines.Text())
	}
	hear = func() {
		if !lines.Scan() || lines.Text() != "set" {
			t.Errorf("the child said %q", lines.Text())
		}
	}
	return cmd, hear, func() string {
		var said []string
		for lines.Scan() {
			if lines.Text() != "set" {
				said = append(said, lines.Text())
			}
		}
		if err := cmd.Wait(); err != nil {
			said = append(said, err.Error())
		}
		return strings.Join(said, "\n")
	}
}
