package ffmpeg

import (
	"os/exec"
	"runtime"
	"sync"
)

// keeper is the thread that starts all children. The kernel's parent-death
// signal is sent when the *thread* that forked ends, not the process; Go ends
// a thread when a goroutine locked to it returns. So children are started on
// one thread that lives as long as the Tool.
//
// The end of the thread alone must not be relied on when the Tool is closed: the
// goroutine may be on the main thread, which Go never ends, and other kernels
// have no such signal. So close kills every child itself.
type keeper struct {
	work chan func()
	once sync.Once
	gone chan struct{} // closed by close
	idle sync.WaitGroup

	mu    sync.Mutex // guards below
	alive map[*exec.Cmd]struct{}
}

func newKeeper() *keeper {
	k := &keeper{work: make(chan func()), gone: make(chan struct{}), alive: map[*exec.Cmd]struct{}{}}
	k.idle.Go(func() {
		// Never unlocked: the thread ends with this goroutine.
		runtime.LockOSThread()
		for {
			select {
			case f := <-k.work:
				f()
			case <-k.gone:
				return
			}
		}
	})
	return k
}

// start starts a command of Tool.Command; wait must follow.
func (k *keeper) start(cmd *exec.Cmd) error {
	result := make(chan error, 1)
	select {
	case k.work <- func() { result <- k.begin(cmd) }:
		return <-result
	case <-k.gone:
		return ErrClosed
	}
}

func (k *keeper) begin(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.alive[cmd] = struct{}{}
	return nil
}

// wait waits for the end of a child that start has started.
func (k *keeper) wait(cmd *exec.Cmd) error {
	err := cmd.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.alive, cmd)
	return err
}

// close kills all children and refuses further ones. It does not wait for them.
func (k *keeper) close() {
	k.once.Do(func() { close(k.gone) })
	k.idle.Wait() // no child is being started any more
	k.mu.Lock()
	defer k.mu.Unlock()
	for cmd := range k.alive {
		// One that has ended in the meantime cannot be killed, and need not be.
		_ = cmd.Cancel()
	}
}
