package conn

import (
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// A hello may be large, with tickets and keys of the day after tomorrow, and even take
// several records.
func TestTLSLargeHello(t *testing.T) {
	s := serveTLS(t, Options{}, TLS{Config: selfSigned(t)})
	for _, size := range []int{4, 8, 12, 16, 20, 60} {
		t.Run(fmt.Sprint(size, " KiB"), func(t *testing.T) {
			config := &tls.Config{}
			for n := range size * 4 {
				config.NextProtos = append(config.NextProtos, fmt.Sprintf("%0255d", n))
			}
			c := shake(t, connect(t, s.addr), config).upgrade()
			c.send(text("hello"))
			c.expect(`text "hello"`)
			c.Close()
		})
	}
}

// What unfinished hellos take counts among what all connections may make the server keep.
func TestTLSUnfinishedHellosAreCounted(t *testing.T) {
	s := serveTLS(t, Options{Transport: Loop, Loops: 1, MaxBuffered: 80 << 10, OpenTimeout: time.Minute}, TLS{Config: selfSigned(t)})
	// The begin of a message of 64 KiB, in a whole record.
	record := append([]byte{recordHandshake, 3, 1, 0x40, 0, 1, 0, 0xff, 0}, make([]byte, maxPlain-4)...)
	first, second := newClient(t, connect(t, s.addr)), newClient(t, connect(t, s.addr))
	first.send(record)
	awaitBuffered(t, s, int64(keptPerByte*len(record)))
	second.send(record)
	if n, err := io.Copy(io.Discard, second.Conn); n > 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
	s.log.await(t, 2, Ended)
	if n := s.Reached(LimitBuffered); n != 1 {
		t.Errorf("the limit was reached %d times", n)
	}
	first.Close()
	s.log.await(t, 1, Ended)
	if n := s.left(); n != 0 {
		t.Errorf("%d bytes are left", n)
	}
	second.Close()
}

// A callback of the configuration that panics ends the connection it was called for.
func TestTLSCallbackThatPanics(t *testing.T) {
	config := selfSigned(t)
	config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		if h.ServerName == "panic" {
			panic("a fault of the certificates")
		}
		return nil, nil
	}
	var log syncBuffer
	s := serveTLS(t, Options{Transport: Loop, Log: slog.New(slog.NewTextHandler(&log, nil))}, TLS{Config: config})
	if err := tls.Client(connect(t, s.addr), &tls.Config{InsecureSkipVerify: true, ServerName: "panic"}).Handshake(); err == nil {
		t.Error("the handshake has succeeded")
	}
	s.log.await(t, 1, Ended)
	if !strings.Contains(log.String(), "a fault of the certificates") {
		t.Errorf("the log has %q", log.String())
	}
	c := shake(t, connect(t, s.addr), trusting).upgrade()
	c.Close()
}
