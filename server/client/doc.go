// Package client is a small client of the MusicDB protocol, for tests, for the
// command line and for whoever wants to write a player in Go.
//
// A Client is one websocket connection and nothing else: no goroutine, no
// reconnecting, no cache. Any goroutine may send; one at a time may receive
// (Receive and Request both do). It sends and shows everything, also what is wrong,
// so tests use it.
//
// A Session reads on a goroutine of its own: any number of goroutines may ask at
// the same time, and notifications arrive as they come. Programs use it.
//
// The protocol has no request ids: both mark their requests with signatures that
// no other client has, and find the answers by them. A failing function is not
// answered, so give every context a deadline.
//
// Start with Open, or with Dial for a Client.
package client
