package server

import (
	"context"
	"net"

	"musicdb/media/queue"
	"musicdb/media/stream"
)

// actorKey is the key of a context's value: who calls.
type actorKey struct{}

// callContext is the context of one call. It asks for the caller only if somebody
// wants to know.
type callContext struct {
	context.Context
	session *session
}

// Value adds the caller to the values of the context (context.Context).
func (c callContext) Value(key any) any {
	if key == (actorKey{}) {
		return c.session.actor()
	}
	return c.Context.Value(key)
}

// actor is the client of a connection as the history of the queues names it.
func (c *session) actor() queue.Actor {
	address := c.conn.RemoteAddr()
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	return queue.Actor{Connection: c.conn.ID(), Client: address}
}

// actorOf is on whose behalf a function runs: the zero Actor outside of a call.
func actorOf(ctx context.Context) queue.Actor {
	who, _ := ctx.Value(actorKey{}).(queue.Actor)
	return who
}

// The queues and streams as the caller of a function changes them.

func (s *Server) songQueue(ctx context.Context) *queue.Songs { return s.o.Queue.By(actorOf(ctx)) }

func (s *Server) videoQueue(ctx context.Context) *queue.Videos { return s.o.Videos.By(actorOf(ctx)) }

func (s *Server) audio(ctx context.Context) stream.Remote { return s.o.Stream.By(actorOf(ctx)) }

func (s *Server) video(ctx context.Context) stream.VideoRemote {
	return s.o.VideoStream.By(actorOf(ctx))
}
