package server

import (
	"runtime/debug"
	"sync"

	"musicdb/conn"
	"musicdb/server/wire"
)

// answerWith makes the packet of a result: an answer to the caller, or a broadcast. A
// panic in the writing of the result is contained like one of the function.
func answerWith(f *Function, method wire.Method, r wire.Request, result any) (answer conn.Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			answer, err = conn.Answer{}, &FailedError{f.Name, &PanicError{p, debug.Stack()}}
		}
	}()
	answer = conn.Answer{To: conn.Response}
	name := wire.MethodResponse
	if method == wire.Broadcast {
		answer.To, name = conn.ResponseToAll, wire.MethodBroadcast
	}
	packet := wire.Packet{Method: name, Function: f.Name, Signature: r.Signature, Pass: r.Pass}
	if s, ok := result.(sharedResult); ok {
		answer.Payload, answer.Body, answer.Tail = packet.AppendHead(nil), s.json(), packet.AppendTail(nil)
		if answer.To == conn.ResponseToAll {
			// Of two such lists a slow client needs the newer one only. The arguments
			// belong to it: the albums of another artist are another list.
			answer.Topic = string(answer.Payload) + string(r.Arguments) + string(answer.Tail)
		}
		return answer, nil
	}
	room := rooms.Get().(*[]byte)
	text, err := appendResult(packet.AppendHead((*room)[:0]), result)
	if err != nil {
		return conn.Answer{}, &FailedError{f.Name, err}
	}
	text = packet.AppendTail(text)
	answer.Payload = append(make([]byte, 0, len(text)), text...)
	if cap(text) <= maxRoom {
		*room = text
		rooms.Put(room)
	}
	return answer, nil
}

// rooms are where packets grow, so that each is allocated once and in its size.
var rooms = sync.Pool{New: func() any { return new([]byte) }}

// maxRoom is what a rare large packet leaves to the garbage collector, in bytes.
const maxRoom = 256 << 10
