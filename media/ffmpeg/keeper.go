package ffmpeg

import (
	"os/exec"
	"runtime"
	"sync"
)

// keeper is the thread that starts all children. The kernel's parent-death
// signal is sent when the *thread* that forked ends, not the process; Go ends
// a thread when a goroutine locked to it returns. So children are started on
// one thread that lives as long as the Tool, and its end takes them along.
type keeper struct {
	work chan func()
	once sync.Once
	gone chan struct{} // closed by close
	idle sync.WaitGroup
}

func newKeeper() *keeper {
	k := &keeper{work: make(chan func()), gone: make(chan struct{})}
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

func (k *keeper) start(cmd *exec.Cmd) error {
	result := make(chan error, 1)
	select {
	case k.work <- func() { result <- cmd.Start() }:
		return <-result
	case <-k.gone:
		return ErrClosed
	}
}

func (k *keeper) close() {
	k.once.Do(func() { close(k.gone) })
	k.idle.Wait()
}
