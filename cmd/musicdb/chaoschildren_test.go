package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A child that is killed is replaced. While there is no encoder listeners hear silence,
// and the song stands still.
var childFaults = []fault{
	{name: "the encoder is killed", silence: bearable, lost: underway, times: 30, strike: func(s *show) { s.killChild(isEncoder) }},
	{name: "the decoder is killed", silence: bearable, lost: underway, again: underway, times: 30, strike: func(s *show) { s.killChild(isDecoder) }},
}

// killChild kills one of the server's ffmpegs. That there is no decoder in this moment
// is possible: the song may be decoded to its end already.
func (s *show) killChild(kind func(command []byte) bool) {
	s.t.Helper()
	for _, pid := range s.children() {
		command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil || !kind(command) {
			continue
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			s.t.Fatal(err)
		}
		s.pause(100 * time.Millisecond)
		return
	}
}

// children are the processes that the server has started.
func (s *show) children() (pids []int) {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.server().cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for word := range strings.FieldsSeq(string(text)) {
			if pid, err := strconv.Atoi(word); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
