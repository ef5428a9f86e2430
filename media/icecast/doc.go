// Package icecast sends sound to an Icecast server, as a source client of our own.
//
// It owns the way from a listener's frames to the mounts of one server: the
// connection, with or without TLS, the two ways to become a source (PUT, and
// SOURCE for older servers), the titles, and what to do when the server is gone,
// slow, refuses, or answers nonsense. It refuses to know how sound is made: a
// mount is given a format of the stream, whose listener it is like any other. So
// whatever happens here, nobody else's sound is touched.
//
// Everything that a server says is held for hostile: reads are bounded in size and
// time, redirects are not followed, and what a message quotes is short and escaped.
//
// What is sent keeps the pace of the clock, because listeners get frames when they
// are made. A connection begins at the live end, without a burst: an Icecast keeps
// the last seconds itself and gives each of its listeners a burst from them, and a
// burst at every reconnection would be heard twice by those who were moved to
// another mount meanwhile. A socket that stays full keeps the sound that is
// waiting: once it flows again, all of it follows as fast as the network allows.
// If a moment's sound is not taken within ten seconds, the connection is given up
// and made anew at the live end. Jumping ahead on the old one would save nothing:
// its listeners have heard silence by then, seconds of stale sound wait in its
// buffers, and the formats with page numbers cannot jump.
//
// A Client has one goroutine for each mount and one for its titles; what is public
// may be called from any goroutine. Each mount is an instance of one machine
// (states.go). Start reading there, then source.go.
package icecast
