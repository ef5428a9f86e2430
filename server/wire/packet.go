package wire

import (
	"encoding/json"
	"strconv"
)

// Method is what a client wants done with the result (MusicDB protocol, section 3).
type Method uint8

const (
	Call      Method = iota + 1 // execute, answer nothing
	Ask                         // "request": execute, answer the caller
	Broadcast                   // execute, answer everyone
)

// String is the method's name on the wire.
func (m Method) String() string {
	switch m {
	case Call:
		return "call"
	case Ask:
		return "request"
	case Broadcast:
		return "broadcast"
	default:
		return "Method(" + strconv.Itoa(int(m)) + ")"
	}
}

// The method names that only a server sends.
const (
	MethodResponse     = "response"
	MethodBroadcast    = "broadcast"
	MethodNotification = "notification"
)

// Null is the JSON value null, as it stands in a packet.
var Null = json.RawMessage("null")

// Packet is what the server sends: exactly five keys (MusicDB protocol, section
// 2.2). A nil Signature, Arguments or Pass is sent as null.
type Packet struct {
	Method    string
	Function  string
	Signature json.RawMessage
	Arguments json.RawMessage
	Pass      json.RawMessage
}

// Append adds the packet's JSON text to dst. Signature, Arguments and Pass must
// hold valid JSON or be empty; they are copied byte for byte.
func (p Packet) Append(dst []byte) []byte {
	return p.AppendTail(appendRaw(p.AppendHead(dst), p.Arguments))
}

// AppendHead adds what stands before the arguments, for a sender that has those
// elsewhere.
func (p Packet) AppendHead(dst []byte) []byte {
	dst = append(dst, `{"method":`...)
	dst = AppendString(dst, p.Method)
	dst = append(dst, `,"fncname":`...)
	dst = AppendString(dst, p.Function)
	dst = append(dst, `,"fncsig":`...)
	dst = appendRaw(dst, p.Signature)
	return append(dst, `,"arguments":`...)
}

// AppendTail adds what stands behind the arguments.
func (p Packet) AppendTail(dst []byte) []byte {
	dst = append(dst, `,"pass":`...)
	dst = appendRaw(dst, p.Pass)
	return append(dst, '}')
}

// envelope is an upper bound of what a packet needs beside its variable parts.
const envelope = len(`{"method":"notification","fncname":"","fncsig":,"arguments":,"pass":}`) + 16

// Encode is Append into a buffer of fitting size.
func (p Packet) Encode() []byte {
	n := envelope + len(p.Function) + len(p.Signature) + len(p.Arguments) + len(p.Pass)
	return p.Append(make([]byte, 0, n))
}

// Notification is the packet of an event (MusicDB protocol, section 6). The
// arguments must be valid JSON; nil is null.
func Notification(source, event string, arguments json.RawMessage) Packet {
	return Packet{
		Method:    MethodNotification,
		Function:  source,
		Signature: AppendString(nil, event),
		Arguments: arguments,
	}
}

func appendRaw(dst []byte, raw json.RawMessage) []byte {
	if len(raw) == 0 {
		return append(dst, "null"...)
	}
	return append(dst, raw...)
}
