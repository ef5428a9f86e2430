package main

import (
	"errors"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// hangUps delivers HUP: to reload, which takes one, or to end, if it came because
// the terminal is gone from which the server was started. The function that it
// returns ends that.
func hangUps(end, reload chan<- os.Signal) (stop func()) {
	hups, done, over := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(hups, syscall.SIGHUP)
	go func() {
		defer close(over)
		for {
			select {
			case <-done:
				return
			case s := <-hups:
				to := reload
				if terminalGone(os.Stdin) {
					to = end
				}
				select {
				case to <- s:
				default: // one is waiting already
				}
			}
		}
	}()
	return func() {
		signal.Stop(hups)
		close(done)
		<-over
	}
}

// terminalGone tells whether a file was a terminal that has hung up: it has no
// settings any more, but is no other kind of file (termios(3)).
func terminalGone(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return errors.Is(err, syscall.EIO)
}
