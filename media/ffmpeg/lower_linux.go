package ffmpeg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Lower gives the child the lowest priority there is: processor time and disk
// only when nobody else wants them. It is done behind the start and not before
// it: a thread that starts others must not itself be one that may be kept
// waiting, because all who start a child wait for each other.
func (c *Child) Lower() error { return lowerProcess(c.Pid()) }

// lowerProcess lowers all threads of a process. One that has ended needs nothing.
func lowerProcess(pid int) error {
	// Threads inherit from the thread that makes them. So the second look finds
	// those that were made during the first one by a thread not yet lowered.
	for range 2 {
		threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			return nil
		}
		if err != nil {
			return notLowered(pid, err)
		}
		for _, entry := range threads {
			id, err := strconv.Atoi(entry.Name())
			if err != nil {
				continue
			}
			if err := lower(id); err != nil && !errors.Is(err, syscall.ESRCH) {
				return notLowered(pid, err)
			}
		}
	}
	return nil
}

func notLowered(pid int, err error) error {
	return fmt.Errorf("ffmpeg: lowering the priority of process %d: %w", pid, err)
}

const (
	lowestNice = 19
	// ioPriorityIdle is class 3 (idle) of ioprio_set(2), ioPriorityOne its IOPRIO_WHO_PROCESS.
	ioPriorityIdle = 3 << 13
	ioPriorityOne  = 1
)

func lower(thread int) error {
	// Nice says the same to kernels and sandboxes that have no idle class, and
	// counts its time as that of somebody who waits for others.
	if err := unix.Setpriority(unix.PRIO_PROCESS, thread, lowestNice); err != nil {
		return err
	}
	// What has no classes, of processes or of disk accesses, has nothing to refuse.
	_ = unix.SchedSetAttr(thread, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_IDLE, Nice: lowestNice}, 0)
	_, _, _ = unix.Syscall(unix.SYS_IOPRIO_SET, ioPriorityOne, uintptr(thread), ioPriorityIdle)
	return nil
}
