package conn

import (
	"crypto/tls"
	"io"
	"sync"
	"testing"
)

// What is written while something is read goes through TLS all the same.
func TestSniffedConnectionNeverFallsBackToPlain(t *testing.T) {
	l := TLS{Config: selfSigned(t), Sniff: true}.Listener(listen(t))
	defer l.Close()
	const bytes = 4000
	var both sync.WaitGroup
	defer both.Wait()
	both.Go(func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		var one [1]byte
		if _, err := io.ReadFull(c, one[:]); err != nil { // TLS or plain is decided
			t.Error(err)
			return
		}
		var reading sync.WaitGroup
		reading.Go(func() { _, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{c}, one[:]) })
		for range bytes {
			if _, err := c.Write([]byte{'x'}); err != nil {
				t.Error(err)
				break
			}
		}
		reading.Wait()
	})
	c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the server is the test's
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	both.Go(func() {
		if _, err := c.Write(make([]byte, 1+200*bytes)); err != nil {
			t.Error(err)
		}
		_ = c.CloseWrite()
	})
	if n, err := io.Copy(io.Discard, io.LimitReader(c, bytes)); n != bytes || err != nil {
		t.Errorf("%d bytes arrived: %v", n, err)
	}
}
