// Package server is the daemon: it joins the music in media with the connections
// of conn and gives both a protocol, a web page and a life.
//
// It owns the machine of the process (lifecycle.go, drive.go), the sessions, the
// dispatch table with one row per function of the MusicDB protocol, what clients
// are told without asking (events.go), and everything that is served over HTTP.
// It refuses to hold music: no function keeps a row, a queue entry or a file; each
// makes one call into media and turns the result into a packet. It reads no
// environment and opens no database, both come in through Options.
//
// Functions run on the goroutine of their connection's session: messages of one
// connection in order, those of different connections at the same time. They must
// not keep what they get; what they return is encoded before the next message of
// the connection. Events of media arrive on the goroutine that caused them.
//
// Start reading at lifecycle.go for the process, at table.go for the functions,
// and at http.go for the paths.
package server
