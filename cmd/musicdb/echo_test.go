package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"github.com/gobwas/ws/wsutil"

	"musicdb/conn"
)

// echoing is an echo server that runs until the test ends.
type echoing struct{ addr string }

func startEcho(t *testing.T, c echoCommand) echoing {
	t.Helper()
	c.Listen = ":0"
	ctx, stop := context.WithCancel(t.Context())
	in, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- c.serve(ctx, out) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	line := make([]byte, 200)
	n, err := in.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`^echo: listening on (127\.0\.0\.1:\d+)\n$`).FindSubmatch(line[:n])
	if found == nil {
		t.Fatalf("the server says %q", line[:n])
	}
	return echoing{addr: string(found[1])}
}

func (e echoing) dial(t *testing.T) net.Conn {
	t.Helper()
	nc, _, _, err := ws.Dial(t.Context(), "ws://"+e.addr+"/anything")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	return nc
}

func say(t *testing.T, nc net.Conn, op ws.OpCode, message []byte) {
	t.Helper()
	if err := wsutil.WriteClientMessage(nc, op, message); err != nil {
		t.Fatal(err)
	}
}

func hears(t *testing.T, nc net.Conn, op ws.OpCode, message []byte) {
	t.Helper()
	got, gotOp, err := wsutil.ReadServerData(nc)
	if err != nil || gotOp != op || !bytes.Equal(got, message) {
		t.Fatalf("heard %d bytes (%.20q) as %v, error %v; want %d bytes (%.20q) as %v", len(got), got, gotOp, err, len(message), message, op)
	}
}

func TestEcho(t *testing.T) {
	most := bytes.Repeat([]byte("16 MiB, the most"), 1<<20)
	for _, c := range []echoCommand{
		{},
		{Broadcast: true},
		{Broadcast: true, Transport: transport{conn.Goroutine}},
	} {
		broadcasts := c.Broadcast
		t.Run(fmt.Sprintf("broadcast=%v;transport=%v", broadcasts, c.Transport), func(t *testing.T) {
			e := startEcho(t, c)
			first, second := e.dial(t), e.dial(t)
			messages := [][]byte{{}, []byte("grüße"), []byte(" ! not at the beginning")}
			if !broadcasts {
				messages = append(messages, most)
			}
			for _, message := range messages {
				for _, op := range []ws.OpCode{ws.OpText, ws.OpBinary} {
					say(t, first, op, message)
					hears(t, first, op, message)
				}
			}
			for _, op := range []ws.OpCode{ws.OpText, ws.OpBinary} {
				say(t, first, op, []byte("!everybody"))
				hears(t, first, op, []byte("!everybody"))
				if broadcasts {
					hears(t, second, op, []byte("!everybody"))
				}
			}
			say(t, second, ws.OpText, []byte("the next that the second hears"))
			hears(t, second, ws.OpText, []byte("the next that the second hears"))
		})
	}
}

func TestEchoCompressesForWhoOffersIt(t *testing.T) {
	e := startEcho(t, echoCommand{})
	var d ws.Dialer
	d.Extensions = append(d.Extensions, wsflate.DefaultParameters.Option())
	nc, _, agreed, err := d.Dial(t.Context(), "ws://"+e.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patience))
	if len(agreed.Extensions) != 1 {
		t.Fatalf("agreed extensions: %v", agreed.Extensions)
	}
	message := bytes.Repeat([]byte("again and "), 200)
	say(t, nc, ws.OpText, message)
	head, err := ws.ReadHeader(nc)
	if err != nil || !head.Rsv1() || head.Length >= int64(len(message)) {
		t.Fatalf("header %+v, error %v: not compressed", head, err)
	}
	compressed := make([]byte, head.Length)
	if _, err := io.ReadFull(nc, compressed); err != nil {
		t.Fatal(err)
	}
	if got, err := wsflate.DefaultHelper.Decompress(compressed); err != nil || !bytes.Equal(got, message) {
		t.Errorf("%.40q comes back, error %v", got, err)
	}
}

func TestEchoSaysWhereItCannotListen(t *testing.T) {
	e := startEcho(t, echoCommand{})
	for _, c := range []echoCommand{{Listen: e.addr}, {Listen: ":0", Ctl: e.addr}} {
		err := c.serve(t.Context(), io.Discard)
		if err == nil || !strings.Contains(err.Error(), e.addr) {
			t.Errorf("%+v: error %v does not name the address", c, err)
		}
	}
}

func TestEchoRefusesAnUnknownTransport(t *testing.T) {
	var out, errs strings.Builder
	code := run([]string{"echo", "--transport", "pigeon"}, &out, &errs)
	if code != exitUsage || !strings.Contains(errs.String(), "pigeon") || !strings.Contains(errs.String(), "goroutine") {
		t.Errorf("exit code %d, %q", code, errs.String())
	}
}
