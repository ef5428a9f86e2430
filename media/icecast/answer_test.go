package icecast

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf8"
)

func TestReadAnswer(t *testing.T) {
	for _, c := range []struct {
		name, said string
		status     int
		reason     string
		left       string // behind the head
		err        error
	}{
		{name: "continue", said: "HTTP/1.1 100 Continue\r\n\r\n", status: 100, reason: "Continue"},
		{name: "what follows is not touched", said: "HTTP/1.0 200 OK\r\nServer: Icecast 2.4.4\r\n\r\nbody", status: 200, reason: "OK", left: "body"},
		{name: "bare line feeds", said: "HTTP/1.0 200 OK\nServer: x\n\nbody", status: 200, reason: "OK", left: "body"},
		{name: "no reason", said: "HTTP/1.1 401 \r\n\r\n", status: 401},
		{name: "no blank behind the status", said: "HTTP/1.1 401\r\n\r\n", status: 401},
		{name: "fields that are none", said: "HTTP/1.1 200 OK\r\n: : :\r\n\x00\xFF\r\n\r\n", status: 200, reason: "OK"},
		{name: "control characters in the reason", said: "HTTP/1.1 403 a\x1b[2Jb\x07\r\n\r\n", status: 403, reason: "a [2Jb"},

		{name: "nothing", said: "", err: io.EOF},
		{name: "half a line", said: "HTTP/1.1 2", err: io.ErrUnexpectedEOF},
		{name: "no end of the head", said: "HTTP/1.1 200 OK\r\nServer: x\r\n", err: io.ErrUnexpectedEOF},
		{name: "SHOUTcast", said: "ICY 200 OK\r\n\r\n", err: errNoAnswer},
		{name: "HTTP/2", said: "HTTP/2 200 OK\r\n\r\n", err: errNoAnswer},
		{name: "a web page", said: "<html>\r\n\r\n", err: errNoAnswer},
		{name: "an empty line", said: "\r\n\r\n", err: errNoAnswer},
		{name: "four digits", said: "HTTP/1.1 2000 OK\r\n\r\n", err: errNoAnswer},
		{name: "no digits", said: "HTTP/1.1 +20 OK\r\n\r\n", err: errNoAnswer},
		{name: "no status of HTTP", said: "HTTP/1.1 099 Hm\r\n\r\n", err: errNoAnswer},
		{name: "an endless line", said: "HTTP/1.1 200 " + strings.Repeat("x", 2*headLimit), err: errLongAnswer},
		{name: "endless fields", said: "HTTP/1.1 200 OK\r\n" + strings.Repeat("a: b\r\n", headLimit), err: errLongAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, from := range []io.Reader{strings.NewReader(c.said), iotest.OneByteReader(strings.NewReader(c.said))} {
				in := bufio.NewReader(from)
				a, err := readAnswer(in)
				if !errors.Is(err, c.err) || err == nil && (a.status != c.status || a.reason != c.reason) {
					t.Fatalf("%+v, %v; want %d %q, %v", a, err, c.status, c.reason, c.err)
				}
				if left, _ := io.ReadAll(in); c.err == nil && string(left) != c.left {
					t.Errorf("behind the head there is %q, want %q", left, c.left)
				}
			}
		})
	}
}

// What Icecast says in a page becomes a short line.
func TestReasons(t *testing.T) {
	for said, want := range map[string]string{
		"<html><head><title>Error</title></head><body><b>Mountpoint in use</b></body></html>\r\n": "Error Mountpoint in use",
		"":                              "",
		"\x1b]0;evil\x07\n\n now":       "]0;evil now",
		strings.Repeat("ä", bodyLimit):  strings.Repeat("ä", 120) + "…",
		"<" + strings.Repeat("a", 9999): "",
	} {
		var a answer
		a.readReason(strings.NewReader(said))
		if a.body != want {
			t.Errorf("%.40q became %q, want %q", said, a.body, want)
		}
	}
}

func TestVerdicts(t *testing.T) {
	const yes, method, refused, failed = "yes", "method", "refused", "failed"
	for status, want := range map[int]string{
		100: yes, 200: yes, 201: yes, 204: yes,
		400: method, 405: method, 417: method, 501: method, 505: method,
		301: refused, 302: refused, 307: refused, 308: refused, 401: refused, 403: refused, 404: refused, 409: refused,
		202: failed, 206: failed, 408: failed, 429: failed, 500: failed, 502: failed, 503: failed, 599: failed,
	} {
		err := answer{status: status, reason: "because"}.verdict("/live", put)
		var refusal *RefusedError
		got := failed
		switch {
		case err == nil:
			got = yes
		case errors.Is(err, errMethod):
			got = method
		case errors.As(err, &refusal):
			got = refused
			if refusal.Mount != "/live" || refusal.Status != status {
				t.Errorf("%d: %+v", status, refusal)
			}
		}
		if got != want {
			t.Errorf("%d means %s (%v), want %s", status, got, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "because") {
			t.Errorf("%d: the server's words are missing in %q", status, err)
		}
	}
}

// Whatever a server says, little is read of it, and what is quoted can be printed.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nabc", "HTTP/1.0 401 Authentication Required\r\nWWW-Authenticate: Basic realm=\"Icecast2 Server\"\r\n\r\nYou need to authenticate\r\n",
		"HTTP/1.0 403 Forbidden\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><b>Mountpoint in use</b></html>", "ICY 200 OK\n\n", "HTTP/1.1 302 Found\nLocation: http://elsewhere/\n\n", "\x16\x03\x01\x02\x00", "HTTP/1.1 200",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		source := bytes.NewReader(said)
		in := bufio.NewReaderSize(source, 16)
		a, err := readAnswer(in)
		if read := len(said) - source.Len() - in.Buffered(); read > headLimit+1 {
			t.Fatalf("%d bytes were read of a head", read)
		}
		if err != nil {
			if !errors.Is(err, errNoAnswer) && !errors.Is(err, errLongAnswer) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("an unknown error: %v", err)
			}
			return
		}
		before := source.Len() + in.Buffered()
		a.readReason(in)
		if read := before - source.Len() - in.Buffered(); read > bodyLimit {
			t.Fatalf("%d bytes were read of a body", read)
		}
		for _, text := range []string{a.reason, a.body} {
			if !utf8.ValidString(text) || utf8.RuneCountInString(text) > 121 || strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) }) {
				t.Fatalf("%q cannot be printed", text)
			}
		}
		if a.status < 100 || a.status > 599 {
			t.Fatalf("a status of %d", a.status)
		}
		if err := a.verdict("/live", put); a.status == 200 && err != nil {
			t.Fatal(err)
		}
	})
}
