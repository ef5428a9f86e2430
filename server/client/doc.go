// Package client is a small client of the MusicDB protocol, for tests, for the
// command line and for whoever wants to write a player in Go.
//
// It owns one websocket connection and nothing else: no goroutine, no
// reconnecting, no cache. It refuses to guess: the protocol has no request ids,
// so Request marks its packet with a signature of its own and hands every other
// packet that arrives meanwhile to the Others function.
//
// Any goroutine may send. One goroutine at a time may receive (Receive and
// Request both do). Start with Dial.
package client
