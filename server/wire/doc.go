// Package wire holds the packets of the MusicDB protocol: how a client's text
// message becomes a checked Request, and how a result becomes the text that is
// sent back.
//
// It owns the order of the checks (MusicDB protocol, section 4, numbers 3 to 6
// and 8): JSON, object with six keys, API key, method, and the types of the
// arguments. It refuses everything that is not exactly that with an error that
// names the first check that failed; the protocol has no error packet, so the
// caller logs it and stays silent. It knows no function, no session, no socket.
//
// Values that are opaque to the server (fncsig, pass, the arguments of Bounce)
// pass through as the bytes that came in, never through a Go number: what a
// client wrote is what it gets back, to the last digit.
//
// Everything here is a function over byte slices and may be called from any
// goroutine. Only decoding an argument of type Hex changes its slice: the bytes
// lie where their digits were. A Request refers to the message it was decoded
// from and is valid as long as that is.
//
// Start with Decode and Packet.Append, then the argument types in args.go.
package wire
