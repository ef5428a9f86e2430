package conn

import (
	"testing"
)

func TestEchoAndClose(t *testing.T) {
	s := serve(t, Options{})
	c := open(t, s.addr)
	c.send(text("hello"))
	c.expect(`text "hello"`)
	c.send(closeOf(1000, "bye"))
	c.expect(`close 1000 ""`, "EOF")
	c.Close()
	s.log.await(t, 1, Ended)
}
