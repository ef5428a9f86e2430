package server

import (
	"sync"

	"musicdb/conn"
	"musicdb/server/wire"
)

// answerWith makes the packet of a result: an answer to the caller, or a broadcast.
func answerWith(f *Function, method wire.Method, r wire.Request, result any) (conn.Answer, error) {
	answer, name := conn.Answer{To: conn.Response}, wire.MethodResponse
	if method == wire.Broadcast {
		answer.To, name = conn.ResponseToAll, wire.MethodBroadcast
	}
	packet := wire.Packet{Method: name, Function: f.Name, Signature: r.Signature, Pass: r.Pass}
	if s, ok := result.(sharedResult); ok {
		answer.Payload, answer.Body, answer.Tail = packet.AppendHead(nil), s.json(), packet.AppendTail(nil)
		if answer.To == conn.ResponseToAll {
			// Of two such lists a slow client needs the newer one only.
			answer.Topic = string(answer.Payload) + string(answer.Tail)
		}
		return answer, nil
	}
	room := rooms.Get().(*[]byte)
	text, err := appendResult(packet.AppendHead((*room)[:0]), result)
	if err == nil {
		text = packet.AppendTail(text)
		answer.Payload = append(make([]byte, 0, len(text)), text...)
	}
	if cap(text) <= maxRoom {
		*room = text
		rooms.Put(room)
	}
	return answer, err
}

// rooms are where packets grow, so that each is allocated once and in its size.
var rooms = sync.Pool{New: func() any { return new([]byte) }}

// maxRoom is what a rare large packet leaves to the garbage collector, in bytes.
const maxRoom = 256 << 10
