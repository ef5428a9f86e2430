package conn

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// The cases of testdata/handshake.json are those that were recorded from the
// reference server, with what a client may depend on: status and headers. Cases
// that the recording does not have say why they are as they are.
//
// Different on purpose: every refusal has a body that says why and closes the
// connection in words, "websocket" is written as the RFC does, and a page of another
// origin is refused where Options.CheckOrigin says so.
func TestHandshakeGolden(t *testing.T) {
	var cases []struct {
		Case, Sent string
		Status     int
		Headers    map[string]string
	}
	b, err := os.ReadFile("testdata/handshake.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	s := serve(t, Options{})
	for _, tc := range cases {
		t.Run(tc.Case, func(t *testing.T) {
			c := dial(t, s.addr)
			defer c.Close()
			c.send([]byte(tc.Sent))
			resp, err := http.ReadResponse(c.r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tc.Status {
				t.Errorf("status %d, want %d", resp.StatusCode, tc.Status)
			}
			for name, want := range tc.Headers {
				got := resp.Header.Get(name)
				if name == "Connection" && resp.Close {
					got = "close" // where net/http puts it
				}
				if got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if tc.Status == 101 {
				c.send(text("works"))
				c.expect(`text "works"`)
				return
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil || len(body) == 0 {
				t.Errorf("body %q, %v", body, err)
			}
			if _, err := c.r.ReadByte(); err != io.EOF {
				t.Errorf("after the answer: %v, want the end of the stream", err)
			}
		})
	}
}

func TestHandshakeHeadTooLarge(t *testing.T) {
	s := serve(t, Options{MaxHandshake: 1000})
	c := dial(t, s.addr)
	c.send([]byte("GET / HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("c", 1000) + "\r\n\r\n"))
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 431 {
		t.Errorf("status %d, want 431", resp.StatusCode)
	}
	c.Close()

	// A head that fits, to the byte, may be followed by frames.
	c = dial(t, s.addr)
	head := strings.Replace(openingRequest, "\r\n\r\n", "\r\nCookie: ", 1)
	head += strings.Repeat("c", 1000-len(head)-4) + "\r\n\r\n"
	c.send(cat([]byte(head), text(strings.Repeat("x", 2000))))
	c.head()
	c.expect(`text "` + strings.Repeat("x", 2000) + `"`)
	c.Close()
}

// FuzzRequest feeds request heads: whatever comes, the answer is one complete HTTP
// response, and what the library's own upgrader accepts is accepted.
func FuzzRequest(f *testing.F) {
	b, err := os.ReadFile("testdata/handshake.json")
	if err != nil {
		f.Fatal(err)
	}
	var cases []struct{ Sent string }
	if err := json.Unmarshal(b, &cases); err != nil {
		f.Fatal(err)
	}
	for _, tc := range cases {
		f.Add([]byte(tc.Sent), uint16(7))
	}
	h := &handshake{server: "Test", page: []byte("page"), deflate: true}
	f.Fuzz(func(t *testing.T, sent []byte, piece uint16) {
		reader := requestReader{limit: 4096}
		var response []byte
		upgraded := false
		for rest := sent; len(rest) > 0 && response == nil; {
			n := min(len(rest), int(piece)+1)
			head, _, bad := reader.feed(rest[:n])
			rest = rest[n:]
			switch {
			case bad != nil:
				response = h.appendRefusal(nil, bad)
			case head != nil:
				response, upgraded, _ = h.reply(nil, head)
			}
		}
		if response == nil {
			return // not a complete head yet
		}
		resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(response)), nil)
		if err != nil {
			t.Fatalf("%q: %v", response, err)
		}
		if body, err := io.ReadAll(resp.Body); err != nil || upgraded != (resp.StatusCode == 101) || !upgraded && resp.Header.Get("Content-Length") != strconv.Itoa(len(body)) {
			t.Errorf("upgraded is %v, answer is %q", upgraded, response)
		}
		// The library accepts bare line feeds, one Connection line only, and keys of
		// 24 characters; where all that is as the RFC wants it, both must agree.
		if bytes.Count(sent, []byte("\n")) != bytes.Count(sent, crlf) || upgraded {
			return
		}
		var out bytes.Buffer
		_, err = ws.Upgrader{}.Upgrade(struct {
			io.Reader
			io.Writer
		}{bytes.NewReader(sent), &out})
		if err == nil && strictly(sent) {
			t.Errorf("the library accepts %q, we answer %q", sent, response)
		}
	})
}

// strictly reports whether net/http, which knows nothing of this package, reads the
// request as one that RFC 6455 4.2.1 accepts.
func strictly(sent []byte) bool {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(sent)))
	if err != nil {
		return false
	}
	keys, versions := r.Header["Sec-Websocket-Key"], r.Header["Sec-Websocket-Version"]
	// The library finds "upgrade" in what is no list of tokens as well.
	for item := range strings.SplitSeq(strings.Join(r.Header["Connection"], ","), ",") {
		if item = strings.TrimSpace(item); item != "" && !isToken([]byte(item)) {
			return false
		}
	}
	// Neither looks at the names of fields that it does not know (RFC 9112 5).
	for name := range r.Header {
		if !isToken([]byte(name)) {
			return false
		}
	}
	return len(sent) < 4096 && len(keys) == 1 && isNonce([]byte(keys[0])) && len(versions) == 1 &&
		bytes.Count(bytes.ToLower(sent), []byte("host:")) == 1 &&
		// The library takes the Kelvin sign for a k; RFC 6455 4.2.1 means ASCII letters.
		bytes.IndexFunc(sent, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// The library's own client understands the engine.
func TestLibraryClient(t *testing.T) {
	s := serve(t, Options{Handler: binaryEcho{}})
	nc, _, hs, err := ws.Dial(t.Context(), "ws://"+s.addr+"/some/path?query")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if hs.Protocol != "" || len(hs.Extensions) != 0 {
		t.Errorf("something was negotiated: %+v", hs)
	}
	for _, op := range []ws.OpCode{ws.OpText, ws.OpBinary} {
		if err := wsutil.WriteClientMessage(nc, op, []byte("hello")); err != nil {
			t.Fatal(err)
		}
		answer, kind, err := wsutil.ReadServerData(nc)
		if err != nil || kind != op || string(answer) != "hello" {
			t.Errorf("%q of kind %d, %v", answer, kind, err)
		}
	}
}
