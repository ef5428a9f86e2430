package ffmpeg

import "syscall"

// ownGroup keeps a Ctrl-C in the daemon's terminal from its children, lets one
// kill reach all that a child has started, and ties the child to the daemon.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
