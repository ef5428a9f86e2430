// Package conformance examines a WebSocket echo server from outside: a table of
// conversations, each with the one outcome that RFC 6455 and RFC 7692 allow, and a
// client that holds them to the letter.
//
// It owns the cases, a raw client that can say anything, right or wrong, and a
// decompressor that refuses what another implementation might overlook. It refuses to
// share a line with the engine that it examines: frames, masks, UTF-8 and DEFLATE are
// written a second time here, from the documents, so that one misunderstanding cannot
// hide on both sides.
//
// # What is strict
//
// Where the documents leave a choice, the stricter one is asked for. Text that cannot
// become valid UTF-8 any more fails the connection at the byte that proves it, however
// much of the frame is still to come. What came before a violation is answered first,
// what comes behind it never. A violation is answered with a close frame whose code
// names it, and then the server is the one that ends the TCP connection, at once, and
// without a reset that could destroy the close frame on its way. Every frame of the
// server is final, unmasked, in the shortest form, and exactly the one that is due.
//
// # Where to start reading
//
// case.go has the words in which a case is told, framing.go the first of them, run.go
// the telling. TABLE.md lists all of them with the result of the last run.
//
// # Goroutines
//
// Cases are immutable. Any number of goroutines may run them at the same time; each
// run has a connection of its own.
package conformance
