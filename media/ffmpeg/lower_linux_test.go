package ffmpeg

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A child that was lowered is idle with all its threads, and stays in its group.
func TestLowerReachesAllThreads(t *testing.T) {
	tool := native(t)
	child, err := tool.Start(t.Context(), nil, nil, "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=r=30", "-threads", "3", "-c:v", "ffv1", "-f", "null", "-")
	must(t, err)
	defer func() { child.Kill(); <-child.Done() }()
	must(t, child.Lower())
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", child.Pid()))
	must(t, err)
	for _, thread := range threads {
		var id int
		if _, err := fmt.Sscan(thread.Name(), &id); err != nil {
			t.Fatal(err)
		}
		attr, err := unix.SchedGetAttr(id, 0)
		must(t, err)
		nice, err := unix.Getpriority(unix.PRIO_PROCESS, id)
		must(t, err)
		class, _, _ := unix.Syscall(unix.SYS_IOPRIO_GET, ioPriorityOne, uintptr(id), 0)
		if attr.Policy != unix.SCHED_IDLE || nice != 20-lowestNice || class != ioPriorityIdle {
			t.Errorf("thread %d: policy %d, nice %d, I/O class %d", id, attr.Policy, 20-nice, class>>13)
		}
	}
	child.Kill()
	<-child.Done()
	must(t, child.Lower()) // it has ended: no error
}
