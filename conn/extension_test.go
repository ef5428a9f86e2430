package conn

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func base64Of(raw []byte) []byte { return base64.StdEncoding.AppendEncode(nil, raw) }

// negotiate opens a websocket with the given Sec-WebSocket-Extensions fields and
// returns the field of the answer.
func negotiate(t testing.TB, fields ...string) (answer string, ext extension) {
	t.Helper()
	head := openingRequest[:len(openingRequest)-2]
	for _, f := range fields {
		head += "Sec-WebSocket-Extensions: " + f + "\r\n"
	}
	h := &handshake{server: "Test", deflate: true}
	out, upgraded, ext := h.reply(nil, []byte(head+"\r\n"))
	if !upgraded {
		t.Fatalf("%q was refused: %s", fields, out)
	}
	_, answer, _ = strings.Cut(string(out), "Sec-WebSocket-Extensions: ")
	answer, _, _ = strings.Cut(answer, "\r\n")
	return answer, ext
}

func TestExtensionNegotiation(t *testing.T) {
	const agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	for _, tc := range []struct {
		section string // of RFC 7692, or of RFC 6455 where it says so
		offers  string // fields, separated by |
		answer  string
		window  uint8
	}{
		{"7", "permessage-deflate", agreed, 15},
		{"7", "", "", 0},
		{"7", "x-webkit-deflate-frame", "", 0},
		{"7", "permessage-bzip2, permessage-deflate", agreed, 15},
		{"7", "permessage-deflates", "", 0},
		{"7.1", "permessage-deflate; unknown", "", 0},
		{"7.1", "permessage-deflate; unknown, permessage-deflate", agreed, 15},
		{"7.1", "permessage-deflate; unknown | permessage-deflate; server_max_window_bits=9", agreed + "; server_max_window_bits=9", 9},
		{"7.1", "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10", "", 0},
		{"7.1", "permessage-deflate; client_no_context_takeover; client_no_context_takeover", "", 0},
		{"5", "permessage-deflate; server_max_window_bits=11, permessage-deflate", agreed + "; server_max_window_bits=11", 11},
		{"5", "permessage-deflate | permessage-deflate; server_max_window_bits=11", agreed, 15},
		{"7.1.1.1", "permessage-deflate; server_no_context_takeover", agreed, 15},
		{"7.1.1.1", "permessage-deflate; server_no_context_takeover=1", "", 0},
		{"7.1.1.1", "permessage-deflate; server_no_context_takeover=", "", 0},
		{"7.1.1.2", "permessage-deflate; client_no_context_takeover", agreed, 15},
		{"7.1.1.2", "permessage-deflate; client_no_context_takeover=\"\"", "", 0},
		{"7.1.2.1", "permessage-deflate; server_max_window_bits", "", 0},
		{"7.1.2.1", "permessage-deflate; server_max_window_bits=7", "", 0},
		{"7.1.2.1", "permessage-deflate; server_max_window_bits=16", "", 0},
		{"7.1.2.1", "permessage-deflate; server_max_window_bits=08", "", 0},
		{"7.1.2.1", "permessage-deflate; server_max_window_bits=015", "", 0},
		{"7.1.2.1", "permessage-deflate; server_max_window_bits=1 0", "", 0},
		{"7.1.2.1", "permessage-deflate; server_max_window_bits=+9", "", 0},
		{"7.1.2.1", "permessage-deflate; server_max_window_bits=10=10", "", 0},
		{"7.1.2.2", "permessage-deflate; client_max_window_bits", agreed, 15},
		{"7.1.2.2", "permessage-deflate; client_max_window_bits=8", agreed, 15},
		{"7.1.2.2", "permessage-deflate; client_max_window_bits=\"15\"", agreed, 15},
		{"7.1.2.2", "permessage-deflate; client_max_window_bits=16", "", 0},
		{"7.1.2.2", "permessage-deflate; client_max_window_bits=", "", 0},
		{"RFC 6455 9.1", " permessage-deflate ;\tserver_max_window_bits = \"12\" ; client_no_context_takeover", agreed + "; server_max_window_bits=12", 12},
		{"RFC 6455 9.1", "permessage-deflate; server_max_window_bits=\"1\\3\"", agreed + "; server_max_window_bits=13", 13},
		{"RFC 6455 9.1", "permessage-deflate; server_max_window_bits=\"13\\\", permessage-deflate", "", 0},
		{"RFC 6455 9.1", "other; p=\"a, permessage-deflate\", permessage-deflate; server_max_window_bits=9", agreed + "; server_max_window_bits=9", 9},
		{"RFC 6455 9.1", "other; p=\"\\\", \", permessage-deflate", agreed, 15},
		{"RFC 6455 9.1", "permessage-deflate;", "", 0},
		{"RFC 6455 9.1", "permessage-deflate; =10, permessage-deflate", agreed, 15},
		{"RFC 6455 9.1", ",, permessage-deflate,", agreed, 15},
	} {
		t.Run(tc.section+"/"+tc.offers, func(t *testing.T) {
			answer, ext := negotiate(t, strings.Split(tc.offers, "|")...)
			if answer != tc.answer || ext.window != tc.window || ext.compresses() != (tc.answer != "") {
				t.Errorf("answered %q with window %d, want %q with %d", answer, ext.window, tc.answer, tc.window)
			}
		})
	}
	for bits := 8; bits <= 15; bits++ {
		answer, ext := negotiate(t, fmt.Sprint("permessage-deflate; server_max_window_bits=", bits))
		if answer != fmt.Sprint(agreed, "; server_max_window_bits=", bits) || int(ext.window) != bits {
			t.Errorf("window %d is answered with %q, %v", bits, answer, ext)
		}
	}
}

func TestNothingIsNegotiatedUnlessEnabled(t *testing.T) {
	h := &handshake{server: "Test"}
	head := openingRequest[:len(openingRequest)-2] + deflateOffer + "\r\n"
	out, upgraded, ext := h.reply(nil, []byte(head))
	if !upgraded || ext.compresses() || strings.Contains(string(out), "Extensions") {
		t.Errorf("answered %q, %v", out, ext)
	}
}

// What a strict client accepts as an answer to its offer (RFC 7692 7.1), and an offer
// that leaves no doubt.
var (
	strictAnswer  = regexp.MustCompile(`^permessage-deflate; server_no_context_takeover; client_no_context_takeover(?:; server_max_window_bits=(8|9|1[0-5]))?$`)
	flawlessOffer = regexp.MustCompile(`^[ \t]*permessage-deflate(; server_max_window_bits=(8|9|1[0-5]))?(; client_max_window_bits(=(8|9|1[0-5]))?)?[ \t]*$`)
)

// FuzzExtensions plays a strict client: what is answered to its offers it must be able
// to accept, and the first flawless offer is not passed over.
func FuzzExtensions(f *testing.F) {
	for _, seed := range []string{
		"permessage-deflate", "permessage-deflate; client_max_window_bits; server_max_window_bits=\"9\"", "a; b=\"c,d\", permessage-deflate;server_max_window_bits=15",
		"permessage-deflate; server_max_window_bits=16, permessage-deflate; client_no_context_takeover", "permessage-deflate; \"", ",;=\\", "permessage-deflate; x=\"\\\"",
		"permessage-deflate; server_max_window_bits=12; client_max_window_bits=8",
	} {
		f.Add(seed, "")
		f.Add("other", seed)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		if !isFieldValue([]byte(first)) || !isFieldValue([]byte(second)) {
			return
		}
		answer, ext := negotiate(t, first, second)
		if answer == "" {
			if ext != (extension{}) {
				t.Fatalf("nothing is answered, but %v agreed", ext)
			}
			offers := strings.Split(first+","+second, ",")
			if !strings.Contains(first+second, `"`) && slices.ContainsFunc(offers, flawlessOffer.MatchString) {
				t.Fatalf("%q and %q have a flawless offer, which is declined", first, second)
			}
			return
		}
		window := strictAnswer.FindStringSubmatch(answer)
		switch {
		case window == nil:
			t.Fatalf("the answer is %q", answer)
		case window[1] == "" && ext.window != 15, window[1] != "" && window[1] != fmt.Sprint(ext.window):
			t.Fatalf("the answer is %q, the window %d", answer, ext.window)
		case window[1] != "" && !strings.Contains(first+second, "server_max_window_bits"):
			t.Fatalf("the answer is %q to %q and %q", answer, first, second)
		}
		if asked := flawlessOffer.FindStringSubmatch(first); asked != nil && asked[2] != window[1] {
			t.Fatalf("the answer is %q to %q", answer, first)
		}
	})
}
