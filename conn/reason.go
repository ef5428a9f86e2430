package conn

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/gobwas/ws"
)

// Code is a close code of RFC 6455 7.4.1 or of the IANA registry. 0 is the close
// frame without a code.
type Code uint16

// The close codes that the engine sends or reports.
const (
	CodeNone         Code = 0    // a close frame without a code; the peer may come back
	CodeNormal       Code = 1000 // regular end, also at server shutdown; the peer may come back
	CodeGoingAway    Code = 1001 // the peer leaves its page
	CodeProtocol     Code = 1002 // the peer violates RFC 6455; coming back will not help
	CodeAbnormal     Code = 1006 // never sent: the TCP connection ended without a close frame
	CodeInvalidData  Code = 1007 // text that is not UTF-8
	CodePolicy       Code = 1008 // the peer reads too slowly or sends too much; it may come back
	CodeTooBig       Code = 1009 // a message larger than the limit
	CodeServerFailed Code = 1011 // the session failed; the peer may come back
	CodeTryLater     Code = 1013 // the server has no room for the message now; the peer may come back later
)

// sendable reports whether a close frame may carry the code (RFC 6455 7.4). The library
// knows the codes of the RFC itself; the IANA registry, which RFC 6455 11.7 founded, has
// accepted 1012 to 1014 since (service restart, try again later, bad gateway), and no
// range goes beyond 4999.
func (c Code) sendable() bool {
	if c >= 1012 && c <= 1014 {
		return true
	}
	return ws.StatusCode(c) <= ws.StatusRangePrivate.Max && ws.CheckCloseFrameData(ws.StatusCode(c), "") == nil
}

// Side says who ended a connection.
type Side uint8

// The sides that may end a connection.
const (
	ByPeer      Side = iota // a close frame of the peer came first
	ByServer                // the server sent its close frame first
	ByTransport             // the TCP connection ended or failed before any close frame
)

func (s Side) String() string {
	return [...]string{"peer", "server", "transport"}[s]
}

// Reason is why a connection ends. The first reason is kept; later ones are
// consequences of it.
type Reason struct {
	By   Side
	Code Code
	Text string // of the close frame, at most 123 bytes
	Err  error  // the cause, where there is one
}

func (r Reason) String() string {
	s := fmt.Sprintf("closed by %s with %d", r.By, r.Code)
	if r.Text != "" {
		s += fmt.Sprintf(" %q", r.Text)
	}
	if r.Err != nil {
		s += ": " + r.Err.Error()
	}
	return s
}

// Abnormal reports whether the end deserves an operator's line in the log.
func (r Reason) Abnormal() bool {
	// A peer's own choice of code is its business.
	return r.By != ByPeer && r.Code != CodeNone && r.Code != CodeNormal && r.Code != CodeGoingAway
}

// line is what the log says of the end, and how loudly: nothing of one that peer and
// server have agreed upon. There are few such lines, so that they can be counted.
func (r Reason) line() (level slog.Level, line string) {
	if _, lost := errors.AsType[*LostError](r.Err); lost { // it happens all the time and is nobody's fault
		return slog.LevelInfo, "connection lost"
	}
	if errors.Is(r.Err, ErrIdle) {
		return slog.LevelInfo, "connection was idle for too long"
	}
	if !r.Abnormal() {
		return 0, ""
	}
	kind := "protocol violated"
	switch {
	case errors.Is(r.Err, ErrSlow):
		kind = "read too slowly"
	case r.Code == CodeTryLater:
		kind = "no memory"
	case r.Code == CodeTooBig:
		kind = "message too big"
	case r.Code == CodePolicy:
		kind = "policy"
	case r.Code == CodeServerFailed:
		kind = "session failed"
	case r.Code == CodeAbnormal:
		kind = "given up"
	}
	return slog.LevelWarn, "connection ended abnormally: " + kind
}

// Errors of the engine.
var (
	// ErrDiscarded is matched by every *DiscardedError.
	ErrDiscarded = errors.New("packet discarded")
	// ErrShutdown is returned by Serve and Adopt after Shutdown was called.
	ErrShutdown = errors.New("conn: the engine is shut down")
	// ErrFull is the cause of a connection refused at Options.MaxConnections.
	ErrFull = errors.New("conn: the limit of connections is reached")
	// ErrAddressFull is the cause of a connection refused at Options.MaxPerAddress.
	ErrAddressFull = errors.New("conn: the limit of connections from one address is reached")
	// ErrIdle is the cause of an end after Options.IdleTimeout.
	ErrIdle = errors.New("conn: the client was silent for longer than it may be")
	// ErrSlow is the cause of an eviction: more waits in the outbox than Options.OutboxBytes.
	ErrSlow = errors.New("conn: the client reads too slowly, its outbox is full")
)

// DiscardedError reports a packet that was not sent because the connection is not
// open for packets: onWSConnect was not called yet, the closing handshake has
// begun, or the connection is gone.
type DiscardedError struct {
	ID     uint64 // of the connection
	State  string // of the connection
	Outbox string // state of its outbox
}

func (e *DiscardedError) Error() string {
	return fmt.Sprintf("conn: packet for connection %d discarded: connection is %s, outbox is %s", e.ID, e.State, e.Outbox)
}

// Is makes errors.Is(err, ErrDiscarded) true.
func (e *DiscardedError) Is(target error) bool { return target == ErrDiscarded }

// ViolationError is a message or frame that the peer must not send. It carries
// the close code that answers it.
type ViolationError struct {
	Code Code
	Rule string // what was violated, with its section of RFC 6455
}

func (e *ViolationError) Error() string {
	return fmt.Sprintf("conn: %s (close code %d)", e.Rule, e.Code)
}

// PanicError is a panic of a session, contained by the engine.
type PanicError struct {
	In    string // onWSConnect, onCall, onWSDisconnect or the creation of the session
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("conn: %s panicked: %v", e.In, e.Value) }
