package wire

import (
	"encoding/json"
	"errors"
)

// The client's side of the packets: what a client sends, what it reads.

// ErrPacket is what ParsePacket returns for a text that is no packet of a server.
var ErrPacket = errors.New("the message is not a packet of a MusicDB server")

// Encode is the request as a client sends it. Raw parts that are nil are null.
func (r Request) Encode(key string) []byte {
	dst := append(make([]byte, 0, envelope+len(r.Arguments)+len(key)), `{"method":`...)
	dst = AppendString(dst, r.Method.String())
	dst = append(dst, `,"fncname":`...)
	dst = AppendString(dst, r.Function)
	dst = append(dst, `,"fncsig":`...)
	dst = appendRaw(dst, r.Signature)
	dst = append(dst, `,"arguments":`...)
	dst = appendRaw(dst, r.Arguments)
	dst = append(dst, `,"pass":`...)
	dst = appendRaw(dst, r.Pass)
	dst = append(dst, `,"key":`...)
	dst = AppendString(dst, key)
	return append(dst, '}')
}

// ParsePacket reads what a server sent. The packet's raw parts refer to message.
func ParsePacket(message []byte) (Packet, error) {
	if !valid(message) {
		return Packet{}, ErrPacket
	}
	var p Packet
	var method, function json.RawMessage
	eachMember(message, func(name, value []byte) {
		switch string(name) {
		case "method":
			method = value
		case "fncname":
			function = value
		case "fncsig":
			p.Signature = value
		case "arguments":
			p.Arguments = value
		case "pass":
			p.Pass = value
		}
	})
	var okMethod, okFunction bool
	p.Method, okMethod = text(method)
	p.Function, okFunction = text(function)
	if !okMethod || !okFunction || p.Signature == nil || p.Arguments == nil || p.Pass == nil {
		return Packet{}, ErrPacket
	}
	return p, nil
}
