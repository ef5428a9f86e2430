package main

import (
	"syscall"
	"time"
)

// A server that is killed and started again goes on where it was. Where that is the end of
// a song, the next one cannot have been opened ahead.
var killFaults = []fault{
	{name: "the server is killed", silence: bearable, lost: underway, again: saved + underway, times: 70, strike: func(s *show) { s.killServer() }},
	{name: "the server is killed when songs change", silence: bearable, lost: underway, again: saved + underway, times: 30, strike: func(s *show) {
		s.untilChange()
		s.pause(s.upTo(100 * time.Millisecond))
		s.killServer()
	}},
	{name: "the server is killed when a song is counted", silence: bearable, lost: underway, again: saved + underway, times: 30, strike: func(s *show) {
		s.untilCount()
		s.killServer()
	}},
}

// killServer ends the server as a power cut does and starts it again.
func (s *show) killServer() {
	s.t.Helper()
	s.note() // what its machines did is lost otherwise
	old := s.server()
	if err := old.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		s.t.Fatal(err)
	}
	<-old.closed
	_ = old.cmd.Wait() // it was killed
	s.startServer("resume")
}
