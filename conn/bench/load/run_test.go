package load

import (
	"bytes"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"github.com/gobwas/ws/wsutil"
	"go.uber.org/goleak"

	"musicdb/conn/probe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a server of one's own making in this process: answer gets a message and
// writes what it likes. It returns the options that reach it.
func serve(t *testing.T, deflate bool, answer func(c net.Conn, message []byte)) Options {
	t.Helper()
	listen := func(run func(net.Listener)) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { defer close(ended); run(l) }()
		t.Cleanup(func() { l.Close(); <-ended })
		return l.Addr().String()
	}
	addr := listen(func(l net.Listener) {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var u ws.Upgrader
				if e := (wsflate.Extension{Parameters: wsflate.DefaultParameters}); deflate {
					u.Negotiate = func(o httphead.Option) (httphead.Option, error) { return e.Negotiate(o) }
				}
				if _, err := u.Upgrade(c); err != nil {
					return
				}
				for {
					message, _, err := wsutil.ReadClientData(c)
					if err != nil {
						return
					}
					answer(c, message)
				}
			}()
		}
	})
	return Options{Addr: addr, PID: os.Getpid(), Ctl: listen(probe.Serve), Conns: 1, Size: 200,
		Warm: time.Millisecond, Time: 10 * time.Millisecond, Deflate: deflate}
}

func frameOf(message []byte) []byte { return ws.MustCompileFrame(ws.NewTextFrame(message)) }

// What a server does wrong ends the run with an error that says what it was.
func TestWrongAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		kind    Kind
		deflate bool
		answer  func(c net.Conn, message []byte)
		want    string
	}{
		"another byte": {Echo, false, func(c net.Conn, m []byte) {
			m[100] ^= 1
			c.Write(frameOf(m))
		}, "wrong at byte 104 of 204"},
		"an older answer": {Echo, false, func() func(net.Conn, []byte) {
			var old []byte
			return func(c net.Conn, m []byte) {
				if old == nil {
					old = bytes.Clone(m)
				}
				c.Write(frameOf(old))
			}
		}(), "instead of"},
		"more than an answer": {Echo, false, func(c net.Conn, m []byte) {
			c.Write(append(frameOf(m), frameOf(m)...))
		}, "wrong at byte"},
		"no answer": {Echo, false, func(c net.Conn, _ []byte) { c.Close() }, "closed the connection"},
		"a broadcast with another byte": {Broadcast, false, func(c net.Conn, m []byte) {
			if m[0] == shout {
				m[50]++
			}
			c.Write(frameOf(m))
		}, "round 0"},
		"not compressed": {Broadcast, true, func(c net.Conn, m []byte) { c.Write(frameOf(m)) }, "not compressed"},
		"compressed to something else": {Broadcast, true, func(c net.Conn, m []byte) {
			m[10] = 'x'
			f, err := wsflate.CompressFrame(ws.NewTextFrame(m))
			if err != nil {
				panic(err)
			}
			ws.WriteFrame(c, f)
		}, "wrong at byte 10 of 200"},
		"compression broken": {Broadcast, true, func(c net.Conn, m []byte) {
			f := ws.NewTextFrame(bytes.Repeat([]byte{0xff}, 20))
			f.Header.Rsv = ws.Rsv(true, false, false)
			ws.WriteFrame(c, f)
		}, "cannot be inflated"},
	} {
		t.Run(name, func(t *testing.T) {
			o := serve(t, c.deflate, c.answer)
			o.Kind = c.kind
			_, err := Run(o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestCompressionThatIsNotOfferedOrNotAccepted(t *testing.T) {
	o := serve(t, false, func(c net.Conn, m []byte) { c.Write(frameOf(m)) })
	o.Kind, o.Deflate = Broadcast, true
	if _, err := Run(o); err == nil || !strings.Contains(err.Error(), "permessage-deflate offered: true") {
		t.Errorf("error %v", err)
	}
}

// A good server is measured, answers in pieces included.
func TestRightAnswers(t *testing.T) {
	pieces := func(c net.Conn, m []byte) {
		f := frameOf(m)
		c.Write(f[:50])
		c.Write(f[50:])
	}
	for _, kind := range []Kind{Echo, Broadcast, Handshake, Idle} {
		for _, rate := range []int{0, 2000} {
			o := serve(t, false, pieces)
			o.Kind, o.Rate = kind, rate
			var began bool
			o.Measuring = func() { began = true }
			r, err := Run(o)
			for err != nil && strings.Contains(err.Error(), "nothing was finished") && o.Time < 10*time.Second {
				o.Time *= 10 // the machine was busy with something else
				r, err = Run(o)
			}
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			if r.Units == 0 || !began || kind != Idle && (r.CPU <= 0 || r.P50 <= 0 || r.P99 < r.P50) {
				t.Errorf("%s: %+v, measuring announced: %v", kind, r, began)
			}
		}
	}
	if _, err := Run(Options{Kind: "sing"}); err == nil {
		t.Error("singing is accepted as work")
	}
}
