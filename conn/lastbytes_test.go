package conn

import (
	"errors"
	"io"
	"os"
	"testing"
	"time"
)

// stalled is a prompt echo that keeps whoever reads waiting in a text "stall" until the
// gate opens.
type stalled struct {
	begun chan struct{}
	gate  chan struct{}
}

func (s stalled) NewSession(Conn) (Session, error) { return s, nil }
func (stalled) Prompt([]byte) bool                 { return true }
func (stalled) OnWSConnect() error                 { return nil }
func (stalled) OnWSDisconnect(Reason)              {}
func (s stalled) OnCall(m []byte) (Answer, error) {
	if string(m) == "stall" {
		close(s.begun)
		<-s.gate
	}
	return Answer{To: Response, Payload: m}, nil
}

// An event loop that was busy meanwhile hears of a client's last bytes and of its end at
// once, and only once.
func TestAnEndTogetherWithTheLastBytesIsSeen(t *testing.T) {
	for name, last := range map[string][]byte{
		"nothing":           nil,
		"part of a header":  text("late")[:1],
		"part of a message": text("late")[:8],
		"a message":         text("late"),
		"a ping":            pingOf("p"),
		"a close frame":     closeOf(1000, ""),
		"a violation":       raw(0x83, ""),
		"behind a close":    cat(closeOf(1000, ""), text("late")),
		"many messages":     cat(text("1"), text("2"), text("3"), raw(0x01, "4")),
		"more than a read":  cat(text(string(make([]byte, 1<<16-14))), text("late")),
	} {
		t.Run(name, func(t *testing.T) {
			h := stalled{make(chan struct{}), make(chan struct{})}
			s := serve(t, Options{Handler: h, Loops: 1, OpenTimeout: time.Hour, CloseTimeout: time.Hour})
			first, silent := open(t, s.addr), dial(t, s.addr)
			var clients []*client
			for range 5 {
				clients = append(clients, open(t, s.addr))
			}
			first.send(text("stall"))
			<-h.begun
			for _, c := range append(clients, silent) {
				c.send(last)
				if err := c.tcp().CloseWrite(); err != nil {
					t.Fatal(err)
				}
			}
			close(h.gate)
			first.expect(`text "stall"`)
			first.Close()
			for _, c := range append(clients, silent) {
				if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
					t.Fatal("the end of the client was not seen")
				}
				c.Close()
			}
		})
	}
}
