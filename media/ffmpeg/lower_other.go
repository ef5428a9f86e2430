//go:build unix && !linux

package ffmpeg

import (
	"errors"
	"fmt"
	"syscall"
)

// Lower gives the child the lowest priority that all systems have.
func (c *Child) Lower() error { return lowerProcess(c.Pid()) }

func lowerProcess(pid int) error {
	const lowestNice = 19
	err := syscall.Setpriority(syscall.PRIO_PGRP, pid, lowestNice)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("ffmpeg: lowering the priority of process %d: %w", pid, err)
	}
	return nil
}
