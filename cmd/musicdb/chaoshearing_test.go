package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// A child that hangs is as lost as one that was killed, but nobody is told: the server
// hears that its sound is missing. When it cannot hear for a while, nobody else misses
// anything.
var hearingFaults = []fault{
	{name: "the encoder hangs", silence: bearable, lost: underway, times: 20, strike: func(s *show) { s.signal(syscall.SIGSTOP, isEncoder) }},
	{name: "the decoders hang", silence: bearable, lost: underway, again: underway, times: 20, strike: func(s *show) { s.signal(syscall.SIGSTOP, isDecoder) }},
	{name: "the decoder that hears is killed", silence: unheard, times: 5, strike: func(s *show) { s.signal(syscall.SIGKILL, isEar) }},
	{name: "the decoder that hears hangs", silence: unheard, times: 5, strike: func(s *show) { s.signal(syscall.SIGSTOP, isEar) }},
}

// What a child is for, by its command line.
func isEncoder(command []byte) bool { return bytes.Contains(command, []byte("libmp3lame")) }

func isDecoder(command []byte) bool { return bytes.Contains(command, []byte("file:")) }

func isEar(command []byte) bool {
	return bytes.Contains(command, []byte("pipe:0")) && !isEncoder(command)
}

// signal sends a signal to all children of a kind. That there is none in this moment is
// possible: a song may be decoded to its end, and what was killed before may not be back.
func (s *show) signal(sig syscall.Signal, kind func(command []byte) bool) {
	s.t.Helper()
	for _, pid := range s.children() {
		command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil || !kind(command) {
			continue
		}
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			s.t.Fatal(err)
		}
	}
	s.pause(s.upTo(time.Second))
}
