package conn

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

// limitInTest is the largest message of the conformance tests, in bytes.
const limitInTest = 70_000

// A case of the conformance table: what a client sends after its handshake, and
// what it gets. The bytes are written at once, and again one by one.
type conformanceCase struct {
	section string // of RFC 6455
	name    string
	send    []byte
	want    []string
}

func violation(e error) string {
	v, _ := errors.AsType[*ViolationError](e)
	return closeText(v.Code, v.Rule)
}

func closeText(code Code, rule string) string {
	s, err := readFrame(strings.NewReader(string(encodeClose(code, cutText(rule, maxCloseText)).head)))
	if err != nil {
		panic(err)
	}
	return s
}

func protocol(rule string) string { return closeText(CodeProtocol, "RFC 6455 5: "+rule) }

var conformance = []conformanceCase{
	{"5.1", "an unmasked frame fails the connection", []byte("\x81\x02hi"), []string{protocol("frames from client to server must be masked"), "EOF"}},
	{"5.1", "an unmasked ping fails the connection", []byte("\x89\x00"), []string{protocol("frames from client to server must be masked"), "EOF"}},
	{"5.1", "an unmasked close frame fails the connection", []byte("\x88\x00"), []string{protocol("frames from client to server must be masked"), "EOF"}},

	{"5.2", "a reserved bit 1 fails the connection", raw(0xC1, "hi"), []string{protocol("non-zero rsv bits with no extension negotiated"), "EOF"}},
	{"5.2", "a reserved bit 2 fails the connection", raw(0xA1, "hi"), []string{protocol("non-zero rsv bits with no extension negotiated"), "EOF"}},
	{"5.2", "a reserved bit 3 in a ping fails the connection", raw(0x99, "hi"), []string{protocol("non-zero rsv bits with no extension negotiated"), "EOF"}},
	{"5.2", "a reserved data opcode fails the connection", raw(0x83, "hi"), []string{protocol("use of reserved op code"), "EOF"}},
	{"5.2", "a reserved control opcode fails the connection", raw(0x8B, ""), []string{protocol("use of reserved op code"), "EOF"}},
	{"5.2", "what came before a violation is answered", cat(text("one"), raw(0x83, "")), []string{`text "one"`, protocol("use of reserved op code"), "EOF"}},
	{"5.2", "a length of 125 in 7 bits", text(strings.Repeat("a", 125)), []string{`text "` + strings.Repeat("a", 125) + `"`}},
	{"5.2", "a length of 126 in 16 bits", text(strings.Repeat("a", 126)), []string{`text "` + strings.Repeat("a", 126) + `"`}},
	{"5.2", "a length of 65535 in 16 bits", text(strings.Repeat("a", 65535)), []string{`text "` + strings.Repeat("a", 65535) + `"`}},
	{"5.2", "a length of 65536 in 64 bits", text(strings.Repeat("a", 65536)), []string{`text "` + strings.Repeat("a", 65536) + `"`}},
	{"5.2", "a short length in 16 bits fails the connection", []byte("\x81\xFE\x00\x7D\x00\x00\x00\x00"), []string{violation(errLengthNotMinimal), "EOF"}},
	{"5.2", "a middle length in 64 bits fails the connection", []byte("\x81\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF\x00\x00\x00\x00"), []string{violation(errLengthNotMinimal), "EOF"}},
	{"5.2", "a negative length fails the connection", []byte("\x81\xFF\x80\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"), []string{violation(errLengthNegative), "EOF"}},

	{"5.4", "fragments make one message", cat(raw(0x01, "one "), raw(0x00, "two "), raw(0x80, "three")), []string{`text "one two three"`}},
	{"5.4", "empty fragments make an empty message", cat(raw(0x01, ""), raw(0x00, ""), raw(0x80, "")), []string{`text ""`}},
	{"5.4", "binary fragments make one message", cat(raw(0x02, "\xFF"), raw(0x80, "\x00")), []string{`binary "\xff\x00"`}},
	{"5.4", "a ping between fragments is answered at once", cat(raw(0x01, "one "), pingOf("p"), raw(0x80, "two")), []string{`pong "p"`, `text "one two"`}},
	{"5.4", "a new message between fragments fails the connection", cat(raw(0x01, "one"), text("two")), []string{protocol("unexpected non-continuation data frame"), "EOF"}},
	{"5.4", "a continuation of nothing fails the connection", raw(0x80, "x"), []string{protocol("unexpected continuation data frame"), "EOF"}},
	{"5.4", "a continuation of a finished message fails the connection", cat(text("x"), raw(0x00, "y")), []string{`text "x"`, protocol("unexpected continuation data frame"), "EOF"}},
	{"5.4", "a close frame between fragments is answered", cat(raw(0x01, "one"), closeOf(1000, "")), []string{`close 1000 ""`, "EOF"}},

	{"5.5", "a fragmented ping fails the connection", raw(0x09, "x"), []string{protocol("control frame is not final"), "EOF"}},
	{"5.5", "a fragmented close frame fails the connection", raw(0x08, ""), []string{protocol("control frame is not final"), "EOF"}},
	{"5.5", "a ping of 126 bytes fails the connection", raw(0x89, strings.Repeat("x", 126)), []string{protocol("control frame payload limit exceeded"), "EOF"}},

	{"5.5.1", "an empty close frame is echoed empty", raw(0x88, ""), []string{"close", "EOF"}},
	{"5.5.1", "a code is echoed, the reason is not", closeOf(1001, "leaving"), []string{`close 1001 ""`, "EOF"}},
	{"5.5.1", "a body of one byte fails the connection", raw(0x88, "\x03"), []string{violation(errCloseLength), "EOF"}},
	{"5.5.1", "a reason that is not UTF-8 fails the connection", closeOf(1000, "\xCE\xBA\xE1"), []string{violation(errCloseText), "EOF"}},
	{"5.5.1", "a reason of 123 bytes is fine", closeOf(1000, strings.Repeat("r", 123)), []string{`close 1000 ""`, "EOF"}},
	{"5.5.1", "a reason of 124 bytes fails the connection", closeOf(1000, strings.Repeat("r", 124)), []string{protocol("control frame payload limit exceeded"), "EOF"}},
	{"5.5.1", "what follows a close frame is ignored", cat(closeOf(1000, ""), text("late"), pingOf("late"), raw(0xFF, "broken")), []string{`close 1000 ""`, "EOF"}},
	{"5.5.1", "messages before a close frame are answered", cat(text("one"), text("two"), closeOf(1000, "")), []string{`text "one"`, `text "two"`, `close 1000 ""`, "EOF"}},

	{"5.5.2", "an empty ping", pingOf(""), []string{`pong ""`}},
	{"5.5.3", "a pong has the ping's payload, all 125 bytes", pingOf(strings.Repeat("\xFE", 125)), []string{`pong "` + strings.Repeat(`\xfe`, 125) + `"`}},
	{"5.5.3", "pings are answered in order", cat(pingOf("1"), pingOf("2"), pingOf("3")), []string{`pong "1"`, `pong "2"`, `pong "3"`}},
	{"5.5.3", "a pong comes before a later echo", cat(pingOf("p"), text("later")), []string{`pong "p"`, `text "later"`}},
	{"5.5.3", "an unsolicited pong is ignored", cat(raw(0x8A, "what"), text("next")), []string{`text "next"`}},

	{"5.6", "an empty text", text(""), []string{`text ""`}},
	{"5.6", "a binary message may have any bytes", binMsg("\x00\xFF\xFE"), []string{`binary "\x00\xff\xfe"`}},
	{"5.6", "messages are answered in order", cat(text("1"), text("2"), text("3"), text("4")), []string{`text "1"`, `text "2"`, `text "3"`, `text "4"`}},

	{"7.4.1", "a message larger than the limit is refused by its header", raw(0x81, strings.Repeat("a", limitInTest+1))[:14], []string{violation(errMessageTooBig), "EOF"}},
	{"7.4.1", "fragments larger than the limit are refused", cat(raw(0x01, strings.Repeat("a", limitInTest)), raw(0x80, "b")), []string{violation(errMessageTooBig), "EOF"}},
	{"7.4.1", "a length of nearly 2^63", []byte("\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00"), []string{violation(errMessageTooBig), "EOF"}},

	{"8.1", "text of every length of character", text("a\u00e4\u20ac\U0001F3B5"), []string{"text \"aä€🎵\""}},
	{"8.1", "a character split between fragments", cat(raw(0x01, "\xF0\x9F"), raw(0x00, "\x8E"), raw(0x80, "\xB5")), []string{`text "🎵"`}},
	{"8.1", "an unfinished character at the end fails the connection", text("\xF0\x9F\x8E"), []string{violation(errTextNotUTF8), "EOF"}},
	{"8.1", "a surrogate fails the connection", text("\xED\xA0\x80"), []string{violation(errTextNotUTF8), "EOF"}},
	{"8.1", "an overlong character fails the connection", text("\xC0\xAF"), []string{violation(errTextNotUTF8), "EOF"}},
	{"8.1", "a code point beyond the last fails the connection", text("\xF4\x90\x80\x80"), []string{violation(errTextNotUTF8), "EOF"}},
	{"8.1", "a stray continuation byte fails the connection", text("a\x80"), []string{violation(errTextNotUTF8), "EOF"}},
	{"8.1", "the last byte of a wrong character need not arrive", text("\xF4\x90\x80\x80")[:8], []string{violation(errTextNotUTF8), "EOF"}},
	{"8.1", "a wrong first fragment fails before the second comes", raw(0x01, "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xF4\x90"), []string{violation(errTextNotUTF8), "EOF"}},
	{"8.1", "binary need not be UTF-8", binMsg("\xC0\xAF"), []string{`binary "\xc0\xaf"`}},
}

func init() {
	for _, code := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999} {
		conformance = append(conformance, conformanceCase{"7.4", "the code " + itoa(code) + " may be sent", closeOf(code, ""), []string{"close " + itoa(code) + ` ""`, "EOF"}})
	}
	for _, code := range []uint16{0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		conformance = append(conformance, conformanceCase{"7.4", "the code " + itoa(code) + " must not be sent", closeOf(code, ""), []string{violation(errCloseCode), "EOF"}})
	}
}

func TestConformance(t *testing.T) {
	s := serve(t, Options{Handler: binaryEcho{}, MaxMessage: limitInTest})
	for _, tc := range conformance {
		t.Run("RFC6455_"+tc.section+"/"+tc.name, func(t *testing.T) {
			t.Run("at once", func(t *testing.T) {
				c := open(t, s.addr)
				defer c.Close()
				c.send(tc.send)
				c.expect(tc.want...)
			})
			if len(tc.send) > 1000 {
				return // one write per byte of these would test patience only
			}
			t.Run("byte by byte", func(t *testing.T) {
				c := open(t, s.addr)
				defer c.Close()
				for i := range tc.send {
					// The peer may have closed already; what it said is read below.
					if _, err := c.Write(tc.send[i : i+1]); err != nil {
						break
					}
				}
				c.expect(tc.want...)
			})
			t.Run("with the handshake", func(t *testing.T) {
				c := dial(t, s.addr)
				defer c.Close()
				c.send(cat([]byte(openingRequest), tc.send))
				c.head()
				c.expect(tc.want...)
			})
		})
	}
}

func itoa(n uint16) string { return strconv.Itoa(int(n)) }
