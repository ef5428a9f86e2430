package icecast

import (
	"context"
	"errors"
	"net"
	"testing"
)

// lastWrite is a connection during whose first write the daemon is told to end.
type lastWrite struct {
	net.Conn
	end context.CancelFunc
}

func (c lastWrite) Write([]byte) (int, error) {
	c.end()
	return 0, errors.New("broken pipe")
}

// The end of the daemon may meet the end of an attempt.
func TestStopWhileAnAttemptFails(t *testing.T) {
	for range 500 {
		c, err := New(*example())
		must(t, err)
		ctx, end := context.WithCancel(t.Context())
		ours, theirs := net.Pipe()
		c.sources[0].link.dial = func(context.Context, string, string) (net.Conn, error) {
			return lastWrite{ours, end}, nil
		}
		must(t, c.Run(ctx))
		if now := c.Status()[0].State; now != Stopped {
			t.Fatalf("at the end it is %v", now)
		}
		theirs.Close()
	}
}
