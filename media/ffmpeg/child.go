package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// FailedError says how a child failed, and its last complaints.
type FailedError struct {
	Code      int            // exit code, -1 if killed
	Signal    syscall.Signal // the signal that killed it, 0 if none
	Complaint string         // end of what it wrote to standard error
}

func (e *FailedError) Error() string {
	how := fmt.Sprintf("ffmpeg failed with exit code %d", e.Code)
	if e.Signal != 0 {
		how = fmt.Sprintf("ffmpeg was killed (%v)", e.Signal)
	}
	if e.Complaint == "" {
		return how
	}
	return how + ": " + e.Complaint
}

// Command prepares a child in a process group of its own, killed when ctx ends
// and when the daemon dies. It must be started with Tool.Run or Tool.Start:
// the kernel ties a child's life to the thread that started it.
func (t *Tool) Command(ctx context.Context, args ...string) *exec.Cmd {
	t.mu.Lock()
	path := t.path
	t.mu.Unlock()
	return t.command(ctx, path, args...)
}

func (t *Tool) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	if path == t.self && path != "" {
		args = append([]string{"ffmpeg"}, args...)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "AV_LOG_FORCE_NOCOLOR=1", "WAZERO_COMPILATION_CACHE="+t.cache)
	cmd.SysProcAttr = ownGroup()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	return cmd
}

// Run starts the command and waits for its end.
func (t *Tool) Run(cmd *exec.Cmd) error { return t.run(cmd, func(int) error { return nil }) }

// RunLow is [Tool.Run] with the lowest priority, see [Child.Lower].
func (t *Tool) RunLow(cmd *exec.Cmd) error { return t.run(cmd, lowerProcess) }

func (t *Tool) run(cmd *exec.Cmd, started func(pid int) error) error {
	tail := &tail{}
	if cmd.Stderr == nil {
		cmd.Stderr = tail
	}
	if err := t.keeper.start(cmd); err != nil {
		return err
	}
	if err := started(cmd.Process.Pid); err != nil {
		// It works as well as before, only not as quietly.
		t.log.Warn("a child cannot give way to others", "error", err)
	}
	return failure(t.keeper.wait(cmd), tail.String())
}

// Child is a running ffmpeg. Any goroutine may call its methods.
type Child struct {
	cmd  *exec.Cmd
	tail *tail
	done chan struct{}
	err  error // valid once done is closed
}

// Start starts ffmpeg with the given ends of pipes (nil: /dev/null). The caller
// keeps them and closes its copies. The child lives until it ends by itself,
// is killed, or ctx ends; Done tells when it has ended.
func (t *Tool) Start(ctx context.Context, stdin, stdout *os.File, args ...string) (*Child, error) {
	c := &Child{cmd: t.Command(ctx, args...), tail: &tail{}, done: make(chan struct{})}
	c.cmd.Stderr = c.tail
	// A nil *os.File in these interfaces would not mean /dev/null.
	if stdin != nil {
		c.cmd.Stdin = stdin
	}
	if stdout != nil {
		c.cmd.Stdout = stdout
	}
	if err := t.keeper.start(c.cmd); err != nil {
		return nil, fmt.Errorf("cannot start ffmpeg: %w", err)
	}
	go func() {
		c.err = failure(t.keeper.wait(c.cmd), c.tail.String())
		close(c.done)
	}()
	return c, nil
}

// Done is closed once the child has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Wait waits for the end of the child. The error is nil or a *FailedError.
func (c *Child) Wait() error {
	<-c.done
	return c.err
}

// Kill ends the child and whatever it has started. The error of Wait then says so.
func (c *Child) Kill() {
	select {
	case <-c.done:
	default:
		// A child that has ended in the meantime is still to be waited for
		// or already gone; in both cases its number is not in use again.
		_ = c.cmd.Cancel()
	}
}

// Pid is the process id, for reports.
func (c *Child) Pid() int { return c.cmd.Process.Pid }

// Complaint is the end of what the child has written to standard error so far.
func (c *Child) Complaint() string { return c.tail.String() }

func failure(err error, complaint string) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	failed := &FailedError{Code: exit.ExitCode(), Complaint: strings.TrimSpace(complaint)}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		failed.Signal = status.Signal()
	}
	return failed
}
