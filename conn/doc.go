// Package conn is the websocket connection engine: it accepts TCP connections,
// answers the opening handshake, reads and writes frames, and runs the documented
// life of each connection on a machine that can be drawn, counted and traced.
//
// It owns the sockets, TLS, the frames and their compression, the outgoing queue of
// each connection, the list of connections and every limit on them. It refuses to know
// what a message means: a message goes to a Session, which somebody else implements,
// and what the Session answers goes back. It knows no music, no JSON and no key.
//
// # Where to start reading
//
// lifecycle.go has the machine of a connection: states, events and the table;
// outboxstates.go that of its outgoing frames. documented.go has the published drawing
// and shows that the machine refines it.
//
// A connection is a record without pointers in the table of a shard (record.go). What
// has pointers stands beside it in a seat: the session, and a work (work.go), borrowed
// from a pool while something is under way. shard.go is where the machines are moved.
// The life of a connection is then, in this order: birth.go, from the accepted socket
// to the open websocket; input.go, what the peer sends; call.go and job.go, the session;
// flush.go and scratch.go, what is written, and outbox.go, how it waits; news.go,
// broadcasts; close.go, the end; sweep.go, the time limits. decode.go and inplace.go turn
// bytes into messages and know RFC 6455, nothing else.
//
// All that does no input or output and starts no goroutine. It is told what happens by
// a transport, and tells it what is due (transport.go): loop_linux.go is an event loop
// per core, stream.go a goroutine per connection on any net.Conn. secure.go and what
// begins with tls is TLS on a loop.
//
// # Byte streams
//
// flow.go has what is handed over, followstates.go the machine of a follower. Like a
// connection, a follower is a record without pointers; what has pointers is its berth
// (follower.go). lane.go decides what is written, turns.go when: every follower has its
// turn a few times a second, all at different moments, and takes with one write what was
// published since the last. While it keeps up it has no goroutine, timer or buffer, and
// nothing is copied for it. What its connection does not take waits for it alone.
//
// lane_linux.go writes to sockets without waiting; outflow.go to everything else, TLS
// above all, with goroutines. relay.go is all lanes of an engine.
//
// # Goroutines
//
// Engine, Hub and Conn may be used from any goroutine, also from within a Session.
//
// Each shard has one mutex. It guards the records, seats, works, machines, counters and
// the log of broadcasts of its connections, and every step is taken with it held, by
// whatever goroutine has something to tell: the loop, a worker, a reader or a writer of
// the goroutine transport, the sweep, a caller of Conn, Hub or Engine. It is released
// around every write and every method of a session, so who comes back looks again at
// whether the connection is still the same (shard.at). What must not be done by two at
// once in these gaps is marked: work.pen says who writes, markHeard that somebody takes
// what the peer has sent, and the state of the connection itself that its session is at
// work. Reading, and closing descriptors, is up to the owner of the shard alone: its
// loop, or the reading goroutine of the connection.
//
// Sessions run on workers (worker.go), each method on one, never two of one session at
// once; those of a PromptSession may run on whatever goroutine has found them due. The
// session is never called with a mutex held, nor is the log written with one, unless
// this package itself is at fault.
//
// A lane has one mutex as well, which guards everything in it. It is held during writes to
// sockets, which do not wait, and while a Flow is asked for more.
//
// Lock order: Hub, then shards in their order, then Engine or workers; relay, then lane,
// then whatever a Flow takes.
//
// # How it is tested
//
// Besides the tests on real sockets, simulated_test.go runs the core, the loop and what
// stands for the goroutine transport on coroutines, where a list of actions fixes every
// interleaving: explore_test.go goes through all composed states of a connection, and
// simulate_test.go through random ones of several, from a seed. What they have found is
// in simulated_failures_test.go. The report of their long runs is
// testdata/reports/simulation.txt.
package conn
