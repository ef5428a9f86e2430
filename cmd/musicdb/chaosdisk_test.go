package main

import (
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// What cannot be written while the disk is full is written later; nobody hears of it.
var diskFaults = []fault{
	{name: "nothing can be written to the disk", silence: unheard, times: 20, strike: func(s *show) {
		// As on a full disk every write to a file fails, for this server alone: what it
		// sends through pipes and sockets is none. The fault lasts over a change of
		// songs, when there is most to be written.
		var before unix.Rlimit
		pid := s.server().cmd.Process.Pid
		if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 0, Max: unix.RLIM_INFINITY}, &before); err != nil {
			s.t.Fatal(err)
		}
		unsaved := func() int { return strings.Count(s.server().text(), "the queue goes on without being saved") }
		told := unsaved()
		s.untilChange()
		eventually(s.t, "the server has found that nothing can be written", func() bool { return unsaved() > told })
		s.pause(s.upTo(time.Second))
		if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, &before, nil); err != nil {
			s.t.Fatal(err)
		}
	}},
}
