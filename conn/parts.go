package conn

import "github.com/gobwas/ws"

// Parts is one outgoing message in up to three parts, which leave as one frame:
// its payload is Head, Body and Tail in this order, and must be UTF-8 unless Binary.
type Parts struct {
	// Head is copied unless it is larger than 32 KiB and nothing else is there.
	Head []byte

	// Body belongs to many messages at once: it is never copied, whatever the number
	// of clients, and must not be changed any more. The bound of an outbox does not
	// count the first Body that waits in it.
	Body []byte

	Tail []byte // as Head

	Binary bool

	// Topic says which pushes replace each other: one that still waits is dropped
	// when a newer one of the same Topic enters, unless an answer to the client lies
	// between them. "" replaces nothing.
	Topic string
}

func (p Parts) opCode() ws.OpCode {
	if p.Binary {
		return ws.OpBinary
	}
	return ws.OpText
}

func (p Parts) frame() frame {
	op := p.opCode()
	if len(p.Body) == 0 && len(p.Tail) == 0 {
		f := encodeFrame(op, p.Head)
		return f.on(p.Topic)
	}
	size := len(p.Head) + len(p.Body) + len(p.Tail)
	if size <= shareAbove {
		head := appendHeader(make([]byte, 0, ws.MaxHeaderSize+size), op, size)
		head = append(append(append(head, p.Head...), p.Body...), p.Tail...)
		return frame{head: head}.on(p.Topic)
	}
	head := appendHeader(make([]byte, 0, ws.MaxHeaderSize+len(p.Head)), op, size)
	return frame{
		head: append(head, p.Head...),
		rest: &rest{body: p.Body, tail: append([]byte(nil), p.Tail...), shared: true, topic: p.Topic},
	}
}
