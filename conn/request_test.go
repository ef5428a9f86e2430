package conn

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/gobwas/ws"
	"pgregory.net/rapid"
)

// libraryAnswer lets the library's own upgrader answer a request head.
func libraryAnswer(head []byte) (response []byte, upgraded bool) {
	var out bytes.Buffer
	upgrader := ws.Upgrader{Header: ws.HandshakeHeaderString("Server: Test\r\n")}
	_, err := upgrader.Upgrade(struct {
		io.Reader
		io.Writer
	}{bytes.NewReader(head), &out})
	return out.Bytes(), err == nil
}

// The library takes bare line feeds, a comma-separated list in Connection only, one
// line per header, and version 13. Requests that stay within that must find the same
// verdict here and there, and the same 101 to the byte.
func TestRequestsAreJudgedAsByTheLibrary(t *testing.T) {
	h := &handshake{server: "Test"}
	anyCase := func(t *rapid.T, s string) string {
		switch rapid.IntRange(0, 3).Draw(t, "case") {
		case 0:
			return strings.ToUpper(s)
		case 1:
			return strings.ToLower(s)
		}
		return s
	}
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		pick := func(label string, right string, wrong ...string) string {
			if rapid.IntRange(0, 15).Draw(t, label+" wrong") > 0 {
				return right
			}
			return rapid.SampledFrom(wrong).Draw(t, label)
		}
		key := rapid.Custom(func(t *rapid.T) string {
			raw := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "nonce")
			return string(base64Of(raw))
		}).Draw(t, "key")
		lines := []string{
			anyCase(t, "Host") + ": " + rapid.SampledFrom([]string{"h", "example.org:9000", ""}).Draw(t, "host"),
			anyCase(t, "Upgrade") + ":" + anyCase(t, pick("upgrade", "websocket", "websockets", "h2c", "")),
			anyCase(t, "Connection") + ": \t" + pick("connection", "keep-alive, Upgrade", "Upgrade", "close", "keep-alive"),
			anyCase(t, "Sec-WebSocket-Version") + ": " + pick("version", "13", "12", "14", "0", "x"),
			anyCase(t, "Sec-WebSocket-Key") + ": " + pick("nonce", key, key[:23], key+"=", ""),
		}
		lines = rapid.Permutation(lines).Draw(t, "order")
		if rapid.IntRange(0, 7).Draw(t, "left out") == 0 {
			lines = slices.Delete(lines, 0, 1)
		}
		if rapid.IntRange(0, 7).Draw(t, "more") == 0 {
			lines = append(lines, rapid.SampledFrom([]string{"X: y", "Cookie: a=b; c=\"d\"", "Accept:", "no colon"}).Draw(t, "another"))
		}
		first := pick("method", "GET", "POST", "HEAD") + " " + pick("target", "/", "/some/path?query=1#x", "*") + " " + pick("protocol", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.9", "http/1.1")
		head := []byte(first + "\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n")
		sent := bytes.Clone(head)
		got, upgraded, ext := h.reply(nil, head)
		want, wantUpgraded := libraryAnswer(head)
		if upgraded != wantUpgraded {
			t.Fatalf("%q\nupgraded: %v, by the library: %v\n%s\n%s", head, upgraded, wantUpgraded, got, want)
		}
		if upgraded && !bytes.Equal(got, want) {
			t.Fatalf("%q is answered with\n%q, by the library with\n%q", head, got, want)
		}
		if !bytes.Equal(head, sent) || ext != (extension{}) {
			t.Fatalf("the head was changed, or something was negotiated: %q %v", head, ext)
		}
		if upgraded {
			accepted++
		}
	})
	if accepted == 0 {
		t.Error("not one of the requests was valid")
	}
}

// What is refused for which reason, beyond what was recorded from the reference server.
func TestRefusals(t *testing.T) {
	h := &handshake{server: "Test", page: []byte("page")}
	with := func(line string) string { return openingRequest[:len(openingRequest)-2] + line + "\r\n\r\n" }
	without := func(name string) string {
		from := strings.Index(openingRequest, name)
		return openingRequest[:from] + openingRequest[from+strings.Index(openingRequest[from:], "\r\n")+2:]
	}
	for _, tc := range []struct {
		head string
		want *refusal // nil: it is accepted
	}{
		{openingRequest, nil},
		{"\r\n" + openingRequest, nil},
		{with("X-Y: \t z \t"), nil},
		{strings.Replace(openingRequest, "websocket", "h2c, WebSocket/13", 1), nil},
		{"\r\n\r\n", refuseRequestLine},
		{"GET / HTTP/1.1\n\r\n\r\n", refuseRequestLine},
		{"GET /\x7f HTTP/1.1\r\n\r\n", refuseRequestLine},
		{"GET  HTTP/1.1\r\n\r\n", refuseRequestLine},
		{"GET / HTTP/1.10\r\n\r\n", refuseRequestLine},
		{with("X : y"), refuseHeaderLine},
		{with(" folded"), refuseHeaderLine},
		{with("X: \x00"), refuseHeaderLine},
		{with("no colon"), refuseHeaderLine},
		{strings.Replace(openingRequest, "GET", "PUT", 1), refuseNotGet},
		{"PUT / HTTP/1.1\r\nHost: h\r\n\r\n", refusePageNotGet},
		{strings.Replace(openingRequest, "1.1", "1.0", 1), refuseHTTPVersion},
		{strings.Replace(openingRequest, "1.1", "2.1", 1), refuseHTTPVersion},
		{with("Host: h"), refuseHosts},
		{without("Host"), refuseHosts},
		{without("Upgrade"), refuseUpgrade},
		{without("Connection"), refuseConnection},
		{without("Sec-WebSocket-Version"), refuseVersion},
		{with("Sec-WebSocket-Version: 13"), refuseVersion},
		{without("Sec-WebSocket-Key"), refuseKeys},
		{with("Sec-WebSocket-Key: " + sampleKey), refuseKeys},
		{strings.Replace(openingRequest, sampleKey, sampleKey[4:], 1), refuseNonce},
		{strings.Replace(openingRequest, sampleKey, "!"+sampleKey[1:], 1), refuseNonce},
	} {
		got, upgraded, _ := h.reply([]byte("before"), []byte(tc.head))
		if tc.want == nil {
			if !upgraded {
				t.Errorf("%q is answered with %q", tc.head, got)
			}
			continue
		}
		if want := h.appendRefusal([]byte("before"), tc.want); upgraded || !bytes.Equal(got, want) {
			t.Errorf("%q is answered with\n%q, want\n%q", tc.head, got, want)
		}
	}
}

func TestEqualFold(t *testing.T) {
	for _, tc := range []struct {
		a, b  string
		equal bool
	}{{"Host", "hOST", true}, {"Host", "Hos", false}, {"a-Z", "A-z", true}, {"@", "`", false}, {"{", "[", false}, {"\r", "-", false}, {"", "", true}} {
		if equalFold([]byte(tc.a), tc.b) != tc.equal {
			t.Errorf("%q and %q: equal is %v", tc.a, tc.b, !tc.equal)
		}
	}
}

const deflateOffer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_max_window_bits=\"10\"\r\n"

func TestReplyAllocatesNothing(t *testing.T) {
	browser := "GET /ws HTTP/1.1\r\nHost: h:9000\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\n" + openingRequest[len("GET / HTTP/1.1\r\nHost: h\r\n"):]
	compressing := openingRequest[:len(openingRequest)-2] + deflateOffer + "\r\n"
	for _, tc := range []struct {
		name, head string
		window     uint8
	}{{"plain", openingRequest, 0}, {"browser", browser, 0}, {"deflate", compressing, 10}} {
		t.Run(tc.name, func(t *testing.T) {
			h := &handshake{server: DefaultServer, deflate: true}
			piece := []byte(tc.head + "\x81\x80....")
			dst := make([]byte, 0, 512)
			got := testing.AllocsPerRun(100, func() {
				reader := requestReader{limit: 4096}
				head, rest, bad := reader.feed(piece)
				if bad != nil || len(rest) != 6 {
					t.Fatalf("%v, %q is left", bad, rest)
				}
				out, upgraded, ext := h.reply(dst, head)
				if !upgraded || ext.window != tc.window || &out[0] != &dst[:1][0] {
					t.Fatalf("%q", out)
				}
			})
			if got != 0 {
				t.Errorf("%v allocations", got)
			}
		})
	}
}

func BenchmarkReply(b *testing.B) {
	h := &handshake{server: DefaultServer, deflate: true}
	for _, head := range []string{openingRequest, openingRequest[:len(openingRequest)-2] + deflateOffer + "\r\n"} {
		b.Run("bytes="+itoa(uint16(len(head))), func(b *testing.B) {
			head, dst := []byte(head), make([]byte, 0, 512)
			b.ReportAllocs()
			for b.Loop() {
				if _, upgraded, _ := h.reply(dst, head); !upgraded {
					b.Fatal("refused")
				}
			}
		})
	}
}
