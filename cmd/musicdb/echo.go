package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"musicdb/conn"
	"musicdb/conn/probe"
)

// shoutMark begins a message that goes to everybody.
const shoutMark = '!'

// echoTime bounds the end of the echo server: the closing handshakes of all.
const echoTime = 10 * time.Second

type echoCommand struct {
	Listen    string    `default:"127.0.0.1:9001" placeholder:"ADDR" help:"Address to listen on; without a host it is this machine alone, port 0 takes a free one (${default})."`
	Broadcast bool      `help:"Send a message that begins with ! to all clients, its sender included, instead of echoing it."`
	Transport transport `default:"auto" help:"How bytes are moved: by event loops, by a goroutine per connection: loop, goroutine, or auto, which takes loops where there are any (${default})."`
	Ctl       string    `placeholder:"ADDR" help:"Address that answers the commands of a measuring tool: stat, gc, cpu SECONDS, heap."`
}

// transport is a conn.Transport that can be named on a command line.
type transport struct{ conn.Transport }

// UnmarshalText reads the name.
func (t *transport) UnmarshalText(name []byte) (err error) {
	t.Transport, err = conn.ParseTransport(string(name))
	return err
}

// Run serves an echo of every message on the connection engine until INT or TERM.
// Messages are compressed for clients that offer it. It is for measurements and conformance suites: there is no key, and whoever
// reaches the address can use it.
func (c echoCommand) Run(out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return c.serve(ctx, out)
}

// serve prints the address once clients can connect, and returns after ctx has ended.
func (c echoCommand) serve(ctx context.Context, out io.Writer) error {
	engine, err := conn.New(conn.Options{
		Handler:   echoes{shouts: c.Broadcast},
		Transport: c.Transport.Transport,
		Deflate:   conn.Deflate{Enabled: true},
		// Load generators and suites end connections as they like; only our own faults are news.
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	listener, err := listenLocally(c.Listen)
	if err != nil {
		return err
	}
	if c.Ctl != "" {
		control, err := listenLocally(c.Ctl)
		if err != nil {
			listener.Close()
			return err
		}
		defer control.Close() // ends the goroutine below
		go probe.Serve(control)
	}
	fmt.Fprintf(out, "echo: listening on %s\n", listener.Addr())

	served := make(chan error, 1)
	go func() { served <- engine.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.Background(), echoTime)
	defer cancel()
	if err := engine.Shutdown(limit, "the echo server ends"); err != nil {
		return err
	}
	if err := <-served; !errors.Is(err, conn.ErrShutdown) {
		return err
	}
	return nil // the end came before Serve had begun
}

// listenLocally listens on an address whose host, unless it names one, is this
// machine alone.
func listenLocally(address string) (net.Listener, error) {
	if strings.HasPrefix(address, ":") {
		address = "127.0.0.1" + address
	}
	listener, err := conn.Listen(context.Background(), address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %q: %w; is the port taken?", address, err)
	}
	return listener, nil
}

// The engine runs messages where the bytes are, without handing them to a worker.
var _ conn.PromptSession = echoes{}

// echoes makes the sessions of the echo server, which are all the same.
type echoes struct{ shouts bool }

// NewSession returns the session that all connections share: an echo remembers nothing.
func (e echoes) NewSession(conn.Conn) (conn.Session, error) { return e, nil }

// OnWSConnect has nothing to prepare.
func (echoes) OnWSConnect() error { return nil }

// OnWSDisconnect has nothing to tidy.
func (echoes) OnWSDisconnect(conn.Reason) {}

// Prompt tells the engine that no message makes OnCall or OnBinary block.
func (echoes) Prompt([]byte) bool { return true }

// OnCall answers with the message itself.
func (e echoes) OnCall(message []byte) (conn.Answer, error) {
	to := conn.Response
	if e.shouts && len(message) > 0 && message[0] == shoutMark {
		to = conn.ResponseToAll
	}
	return conn.Answer{To: to, Payload: message}, nil
}

// OnBinary is OnCall for binary messages, which stay binary.
func (e echoes) OnBinary(message []byte) (conn.Answer, error) {
	answer, err := e.OnCall(message)
	answer.Binary = true
	return answer, err
}
