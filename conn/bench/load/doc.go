// Package load is the client side of the benchmarks: it opens many websocket
// connections to one server, gives them work, checks every answer byte by byte, and
// reports what the work has cost the server.
//
// It owns its sockets, which are plain descriptors in one epoll set, and the samples
// that it takes of the server's process. It refuses to be a websocket client for
// anything else: it knows the frames that it sends and those that must come back, and
// any other byte ends the run with an error.
//
// Everything runs on one locked thread without an allocation per message, so that it
// can share a small machine with what it measures; only the connections over TLS,
// where nothing but memory is measured, have a goroutine each.
//
// Start reading at Run in run.go; each kind of work has a file: echo.go, broadcast.go,
// handshake.go, idle.go.
package load
