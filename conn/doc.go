// Package conn is the websocket connection engine: it accepts TCP connections,
// answers the opening handshake, reads and writes frames, and runs the documented
// life of each connection on a machine that can be drawn, counted and traced.
//
// It owns the sockets, the frames, the outgoing queue of each connection, the
// list of connections and every limit on them. It refuses to know what a message
// means: a message goes to a Session, which somebody else implements, and what
// the Session answers goes back. It knows no music, no JSON and no key.
//
// # Where to start reading
//
// lifecycle.go has the machine of a connection: states, events and the table.
// documented.go has the published drawing and shows that the machine refines it.
// run.go is the life itself, from the accepted socket to the closed one; call.go
// runs the session; close.go ends a connection. outbox.go is how outgoing frames
// wait. decode.go turns bytes into messages and knows RFC 6455, nothing else.
//
// # Goroutines
//
// Each connection has one reading goroutine, which owns its life from start to
// end, at most one goroutine that runs the session, and at most one that writes;
// the latter two exist only while there is something to run or to write. What
// they share is guarded by the connection's mutex, and so is every step of its
// machines. Lock order: hub, then connection. The session is never called with a
// lock held, and never by two goroutines at once; nor is the log written with a lock
// held, unless this package itself is at fault.
//
// Engine, Hub and Conn may be used from any goroutine, also from within a Session.
//
// The transport is a goroutine per connection. Nothing outside this package can
// tell: a Session sees messages, an Engine sees listeners and sockets.
package conn
