//go:build unix && !linux

package ffmpeg

import "syscall"

// ownGroup keeps a Ctrl-C in the daemon's terminal from its children and lets
// one kill reach all that a child has started. Only Linux can tie a child to
// the daemon; elsewhere it ends when its pipes break.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
