package peers

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"

	"github.com/gobwas/ws"
	"github.com/panjf2000/gnet/v2"
	"github.com/panjf2000/gnet/v2/pkg/logging"
	"golang.org/x/sys/unix"
)

// gnet moves bytes; frames are read and written with gobwas/ws, one Write per message
// as in gnet's own websocket example, but header and payload in one piece. With one
// event loop, which is what one processor gets, any connection may be written to from
// its handler, so that a broadcast needs no AsyncWrite.
var gnetPeer = Peer{
	Name: "gnet", Module: "github.com/panjf2000/gnet/v2", About: "epoll, one loop; frames by gobwas/ws",
	Serve: serveGnet,
}

func serveGnet(o Options) error {
	return gnet.Run(&gnetServer{ready: o.Ready, all: map[gnet.Conn]struct{}{}}, "tcp://127.0.0.1:0",
		gnet.WithNumEventLoop(1), gnet.WithLogLevel(logging.FatalLevel))
}

type gnetServer struct {
	gnet.BuiltinEventEngine
	ready func(net.Addr)
	all   map[gnet.Conn]struct{} // of the one event loop
	frame bytes.Buffer
	input bytes.Reader
}

func (s *gnetServer) OnBoot(e gnet.Engine) gnet.Action {
	fd, err := e.Dup()
	if err != nil {
		return gnet.Shutdown
	}
	f := os.NewFile(uintptr(fd), "listener")
	defer f.Close()
	name, err := unix.Getsockname(fd)
	if err != nil {
		return gnet.Shutdown
	}
	s.ready(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*unix.SockaddrInet4).Port})
	return gnet.None
}

func (s *gnetServer) OnClose(c gnet.Conn, _ error) gnet.Action {
	delete(s.all, c)
	return gnet.None
}

func (s *gnetServer) OnTraffic(c gnet.Conn) gnet.Action {
	if c.Context() == nil {
		if err := s.upgrade(c); err != nil {
			return gnet.Close
		}
	}
	for {
		err := s.next(c)
		if errors.Is(err, errIncomplete) {
			return gnet.None
		}
		if err != nil {
			return gnet.Close
		}
	}
}

// upgraded marks a connection whose handshake is over.
var upgraded = new(struct{ _ byte })

func (s *gnetServer) upgrade(c gnet.Conn) error {
	head, err := c.Peek(-1)
	if err != nil {
		return err
	}
	end := bytes.Index(head, []byte("\r\n\r\n"))
	if end < 0 {
		return nil
	}
	s.input.Reset(head[:end+4])
	s.frame.Reset()
	if _, err := ws.Upgrade(struct {
		io.Reader
		io.Writer
	}{&s.input, &s.frame}); err != nil {
		return err
	}
	if _, err := c.Discard(end + 4); err != nil {
		return err
	}
	c.SetContext(upgraded)
	s.all[c] = struct{}{}
	_, err = c.Write(s.frame.Bytes())
	return err
}

var errIncomplete = errors.New("the message is not complete")

// next answers the next message that is there.
func (s *gnetServer) next(c gnet.Conn) error {
	there, err := c.Peek(-1)
	if err != nil || len(there) == 0 || c.Context() == nil {
		return errIncomplete
	}
	s.input.Reset(there)
	head, err := ws.ReadHeader(&s.input)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || err == nil && int64(s.input.Len()) < head.Length {
		return errIncomplete
	}
	if err != nil || head.OpCode != ws.OpText {
		return errors.Join(errors.New("no text message"), err)
	}
	start := len(there) - s.input.Len()
	message := there[start : start+int(head.Length)]
	ws.Cipher(message, head.Mask, 0)

	s.frame.Reset()
	if err := ws.WriteHeader(&s.frame, ws.Header{Fin: true, OpCode: ws.OpText, Length: head.Length}); err != nil {
		return err
	}
	s.frame.Write(message)
	toAll := message[0] == shout
	if _, err := c.Discard(start + int(head.Length)); err != nil {
		return err
	}
	if toAll {
		for c := range s.all {
			_, _ = c.Write(s.frame.Bytes())
		}
		return nil
	}
	_, err = c.Write(s.frame.Bytes())
	return err
}
