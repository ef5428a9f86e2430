package client

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"musicdb/server/wire"
)

// Options say where the server is and how to talk to it.
type Options struct {
	URL string // ws://host:port/ or wss://host:port/
	Key string // API key, sent with every packet
	TLS *tls.Config
	// Others receives what arrives while Request waits for its answer; nil drops it.
	Others func(wire.Packet)
	// Pong receives the payload of each pong; nil drops it.
	Pong func(payload []byte)
}

// Client is one connection to a server.
type Client struct {
	o       Options
	conn    net.Conn
	in      io.Reader
	name    string // differs from that of every other client
	serial  atomic.Uint64
	sending sync.Mutex // guards writes to conn
}

// Dial connects and performs the opening handshake.
func Dial(ctx context.Context, o Options) (*Client, error) {
	d := ws.Dialer{TLSConfig: o.TLS}
	conn, buffered, _, err := d.Dial(ctx, o.URL)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", o.URL, err)
	}
	c := &Client{o: o, conn: conn, in: conn, name: rand.Text()}
	if buffered != nil {
		c.in = buffered // the server may send its first packets right behind the handshake
	} else {
		c.in = bufio.NewReaderSize(conn, 4096)
	}
	return c, nil
}

// Write sends control frames that the receiving side answers with.
func (c *Client) Write(p []byte) (int, error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	return c.conn.Write(p)
}

// Read makes the client the stream that frames are read from.
func (c *Client) Read(p []byte) (int, error) { return c.in.Read(p) }

// SendText sends one text message as it is, without looking at it.
func (c *Client) SendText(message []byte) error { return c.send(ws.OpText, message) }

// SendBinary sends one binary message.
func (c *Client) SendBinary(message []byte) error { return c.send(ws.OpBinary, message) }

// SendFrame sends one frame as it is built; masking is up to the caller.
func (c *Client) SendFrame(f ws.Frame) error { return ws.WriteFrame(c, f) }

func (c *Client) send(op ws.OpCode, message []byte) error {
	frame := ws.MaskFrameInPlaceWith(ws.NewFrame(op, true, append([]byte(nil), message...)), ws.NewMask())
	out, err := ws.CompileFrame(frame)
	if err != nil {
		return err
	}
	_, err = c.Write(out)
	return err
}

// Send sends one packet with the client's key.
func (c *Client) Send(r wire.Request) error { return c.SendText(r.Encode(c.o.Key)) }

// Call executes a function without waiting for an answer; arguments are encoded as JSON.
func (c *Client) Call(function string, arguments any) error {
	raw, err := json.Marshal(arguments)
	if err != nil {
		return err
	}
	return c.Send(wire.Request{Method: wire.Call, Function: function, Arguments: raw})
}

// Receive waits for the next packet. A server's close frame is a
// wsutil.ClosedError with its code and reason. A context that ends while it waits may
// leave a message half read: after that, nothing can be received on the connection
// any more. A Session goes on.
func (c *Client) Receive(ctx context.Context) (wire.Packet, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	message, err := c.readMessage()
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return wire.Packet{}, err
	}
	return wire.ParsePacket(message)
}

// readMessage reads the next text or binary message and handles the control frames
// before it and within it.
func (c *Client) readMessage() ([]byte, error) {
	r := wsutil.Reader{Source: c, State: ws.StateClientSide, CheckUTF8: true, OnIntermediate: c.control}
	for {
		h, err := r.NextFrame()
		if err != nil {
			return nil, err
		}
		if !h.OpCode.IsControl() {
			return io.ReadAll(&r)
		}
		if err := c.control(h, &r); err != nil {
			return nil, err
		}
	}
}

// control answers a control frame; a close frame ends the connection with a
// wsutil.ClosedError.
func (c *Client) control(h ws.Header, payload io.Reader) error {
	if h.OpCode == ws.OpPong && c.o.Pong != nil {
		content, err := io.ReadAll(payload)
		c.o.Pong(content)
		return err
	}
	return wsutil.ControlHandler{Src: payload, Dst: c, State: ws.StateClientSide}.Handle(h)
}

// Request executes a function and waits for its response. The protocol answers
// a failing function with silence, so give the context a deadline.
func (c *Client) Request(ctx context.Context, function string, arguments any) (json.RawMessage, error) {
	raw, err := json.Marshal(arguments)
	if err != nil {
		return nil, err
	}
	mark := c.mark()
	err = c.Send(wire.Request{Method: wire.Ask, Function: function, Signature: json.RawMessage(mark), Arguments: raw})
	if err != nil {
		return nil, err
	}
	for {
		p, err := c.Receive(ctx)
		if err != nil {
			return nil, fmt.Errorf("waiting for the answer of %s: %w", function, err)
		}
		// Forced broadcasts answer under another name, but with this signature.
		if string(p.Signature) == mark && p.Method != wire.MethodNotification {
			return p.Arguments, nil
		}
		if c.o.Others != nil {
			c.o.Others(p)
		}
	}
}

// mark is a signature that no other request has, of whichever client: broadcasts
// carry the signature of their cause to everyone.
func (c *Client) mark() string {
	return `"` + c.name + "-" + strconv.FormatUint(c.serial.Add(1), 10) + `"`
}

// Close ends the connection with a close frame (RFC 6455, section 5.5.1) and
// without waiting for the server's.
func (c *Client) Close() error {
	_ = c.conn.SetWriteDeadline(time.Now().Add(time.Second))
	_ = c.send(ws.OpClose, ws.NewCloseFrameBody(ws.StatusNormalClosure, ""))
	return c.conn.Close()
}

// Abort ends the connection without any farewell, as a lost network does.
func (c *Client) Abort() error {
	if tcp, ok := c.conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	return c.conn.Close()
}
