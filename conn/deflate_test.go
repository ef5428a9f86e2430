package conn

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

const hello = "\xf2\x48\xcd\xc9\xc9\x07\x00" // RFC 7692 7.2.3.1

// What a client sends that has negotiated compression, and what it gets from an echo
// that does not compress.
var deflateConformance = []conformanceCase{
	{"7.2.3.1", "one compressed block", raw(0xC1, hello), []string{`text "Hello"`}},
	{"7.2.3.1", "fragments of a compressed message", cat(raw(0x41, hello[:3]), raw(0x80, hello[3:])), []string{`text "Hello"`}},
	{"7.2.3.1", "a ping between the fragments", cat(raw(0x41, hello[:3]), pingOf("p"), raw(0x80, hello[3:])), []string{`pong "p"`, `text "Hello"`}},
	{"7.2.3.1", "empty fragments everywhere", cat(raw(0x41, ""), raw(0x00, hello[:1]), raw(0x00, ""), raw(0x00, hello[1:]), raw(0x80, "")), []string{`text "Hello"`}},
	{"7.2.3.3", "a block without compression", raw(0xC1, "\x00\x05\x00\xfa\xffHello\x00"), []string{`text "Hello"`}},
	{"7.2.3.4", "a block with BFINAL", raw(0xC1, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), []string{`text "Hello"`}},
	{"7.2.3.4", "a block with BFINAL and nothing behind", raw(0xC1, "\xf3\x48\xcd\xc9\xc9\x07\x00"), []string{`text "Hello"`}},
	{"7.2.3.4", "two streams with BFINAL", raw(0xC1, "\xf3\x48\xcd\xc9\xc9\x07\x00\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), []string{`text "HelloHello"`}},
	{"7.2.3.5", "two blocks", raw(0xC1, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"), []string{`text "Hello"`}},
	{"7.2.3.6", "an empty message", raw(0xC1, "\x00"), []string{`text ""`}},
	{"7.2.3.6", "an empty message without a byte", raw(0xC1, ""), []string{`text ""`}},
	{"7.2.1", "a tail that was not left out", raw(0xC1, hello+"\x00\x00\xff\xff"), []string{`text "Hello"`}},
	{"7.2.3.5", "a block that refers to the one before", raw(0xC1, hello+"\x00\x00\xff\xff\x02\x02\x00\x00"), []string{`text "Helloooo"`}},
	{"7.2.3.4", "a stream may not refer to the one before", raw(0xC1, "\xf3\x48\xcd\xc9\xc9\x07\x00\x02\x02\x00\x00"), []string{violation(errBrokenDeflate), "EOF"}},
	{"7.2.3.2", "a second message may not refer to the first", cat(raw(0xC1, hello), raw(0xC1, "\x02\x02\x00\x00")), []string{`text "Hello"`, violation(errBrokenDeflate), "EOF"}},

	{"6", "compressed and other messages may alternate", cat(raw(0xC1, hello), text("plain"), raw(0xC1, hello), raw(0x01, "pl"), raw(0x80, "ain")), []string{`text "Hello"`, `text "plain"`, `text "Hello"`, `text "plain"`}},
	{"6", "a compressed binary message", raw(0xC2, packed("\xff\x00\xfe")), []string{`binary "\xff\x00\xfe"`}},
	{"6.1", "a mark on a continuation fails the connection", cat(raw(0x41, hello[:3]), raw(0xC0, hello[3:])), []string{violation(errCompressedMark), "EOF"}},
	{"6.1", "a mark on the continuation of a plain message fails the connection", cat(raw(0x01, "plain"), raw(0xC0, hello)), []string{violation(errCompressedMark), "EOF"}},
	{"6.1", "a mark on a ping fails the connection", raw(0xC9, hello), []string{violation(errCompressedMark), "EOF"}},
	{"6.1", "a mark on a close frame fails the connection", raw(0xC8, ""), []string{violation(errCompressedMark), "EOF"}},
	{"6", "reserved bit 2 fails the connection", raw(0xA1, "x"), []string{violation(errReservedBits), "EOF"}},
	{"6", "reserved bit 3 fails the connection", raw(0x91, "x"), []string{violation(errReservedBits), "EOF"}},
	{"6", "reserved bits 1 and 2 fail the connection", raw(0xE1, hello), []string{violation(errReservedBits), "EOF"}},
	{"6", "reserved bit 2 in a ping fails the connection", raw(0xA9, ""), []string{violation(errReservedBits), "EOF"}},
	{"6", "a continuation of nothing fails the connection", raw(0x80, hello), []string{protocol("unexpected continuation data frame"), "EOF"}},

	{"6.2", "a reserved type of block fails the connection", raw(0xC1, "\x07"), []string{violation(errBrokenDeflate), "EOF"}},
	{"6.2", "it does so before the message is complete", raw(0x41, "\x07"), []string{violation(errBrokenDeflate), "EOF"}},
	{"6.2", "an end that takes the tail for something else fails the connection", raw(0xC1, "\x02"), []string{violation(errBrokenDeflate), "EOF"}},
	{"6.2", "an unfinished block fails the connection", raw(0xC1, hello[:4]), []string{violation(errBrokenDeflate), "EOF"}},
	{"6.2", "a distance before the begin fails the connection", raw(0xC1, "\x4b\x04\x22\x00"), []string{violation(errBrokenDeflate), "EOF"}},
	{"6.2", "text that is not UTF-8 fails the connection", raw(0xC1, packed("\xC0\xAF")), []string{violation(errTextNotUTF8), "EOF"}},
	{"6.2", "an unfinished character fails the connection", raw(0xC1, packed("\xF0\x9F")), []string{violation(errTextNotUTF8), "EOF"}},
	{"6.2", "a wrong character fails the connection before the message is complete", raw(0x41, packedBy(0, "\xC0\xAF"+strings.Repeat("x", 100))[:7]), []string{violation(errTextNotUTF8), "EOF"}},
	{"6.2", "a character split between fragments", cat(raw(0x41, packedBy(0, "\U0001F3B5")[:7]), raw(0x80, packedBy(0, "\U0001F3B5")[7:])), []string{`text "🎵"`}},

	{"7.4.1", "a message of the limit", raw(0xC1, packed(strings.Repeat("a", limitInTest))), []string{`text "` + strings.Repeat("a", limitInTest) + `"`}},
	{"7.4.1", "a message of the limit, incompressible", raw(0xC1, packedBy(0, strings.Repeat("a", limitInTest))), []string{`text "` + strings.Repeat("a", limitInTest) + `"`}},
	{"7.4.1", "a message over the limit", raw(0xC1, packed(strings.Repeat("a", limitInTest+1))), []string{violation(errMessageTooBig), "EOF"}},
	{"7.4.1", "a bomb", raw(0x42, bombOf(10<<20)), []string{violation(errMessageTooBig), "EOF"}},
	{"7.4.1", "nothing, in many bytes", raw(0xC2, strings.Repeat("\x00\x00\x00\xff\xff", limitInTest)), []string{violation(errMessageTooBig), "EOF"}},
}

// What the decoder says of the same, in the words of the fuzz target.
func TestDeflateDecoding(t *testing.T) {
	for _, tc := range deflateConformance {
		t.Run("RFC7692_"+tc.section+"/"+tc.name, func(t *testing.T) {
			want := decodeSlowly(limitInTest, extension{window: 15}, tc.send)
			if violates := strings.HasPrefix(tc.want[len(tc.want)-1], "EOF"); violates == (want[len(want)-1] == "more") {
				t.Errorf("the slow decoder says %.200q, expected is %.200q", want, tc.want)
			}
			for _, cuts := range [][]byte{nil, {0}, {1, 6}, {255, 255, 254}} {
				if got := decodeAll(limitInTest, extension{window: 15}, chop(tc.send, cuts)); !slices.Equal(got, want) {
					t.Errorf("in pieces %v: %.200q, want %.200q", cuts, got, want)
				}
			}
		})
	}
}

// A bomb must not take more memory than its message may have.
func TestBombMemoryIsBounded(t *testing.T) {
	const limit = 1 << 20
	d := decoder{limit: limit, ext: extension{window: 15}}
	defer d.release()
	_, _, err := d.next(raw(0xC2, bombOf(20*limit)))
	if !errors.Is(err, errMessageTooBig) {
		t.Fatal(err)
	}
	if got := cap(d.message.b); got > limit {
		t.Errorf("%d bytes were reserved, the limit is %d", got, limit)
	}
}

// Text is refused at its first wrong byte, however much of it waits in the same frame.
func TestBombOfWrongTextIsRefusedEarly(t *testing.T) {
	const right = 1<<20 + 1
	d := decoder{limit: 16 << 20, ext: extension{window: 15}}
	defer d.release()
	_, _, err := d.next(raw(0xC1, packed(strings.Repeat("a", right)+strings.Repeat("\xFF", 10<<20))))
	if !errors.Is(err, errTextNotUTF8) {
		t.Fatal(err)
	}
	if d.message.len() > right+inflateStep {
		t.Errorf("%d bytes were inflated, the text is wrong after %d", d.message.len(), right)
	}
}

// A stranger's bound is that of the inflated message.
func TestDecoderWaitsForTheVerdictWhileInflating(t *testing.T) {
	payload := compressible(5000)
	for _, tc := range []struct {
		verdict verdict
		want    string
	}{{yes, "text"}, {no, "fails with 1009"}} {
		for _, last := range []string{"", "behind"} {
			answer := later
			d := decoder{limit: 5000, small: 1000, ext: extension{window: 15}, admitted: func() verdict { return answer }}
			p := cat(raw(0xC1, packed(payload)), []byte(last))
			used, what, err := d.next(p)
			if what != undecided || err != nil || d.held() != 1000+inflaterMemory {
				t.Fatalf("%d bytes used, %d, %v, %d held", used, what, err, d.held())
			}
			if n, what, err := d.next(p[used:]); n != 0 || what != undecided || err != nil {
				t.Fatalf("%d bytes used, %d, %v", n, what, err)
			}
			answer = tc.verdict
			n, what, err := d.next(p[used:])
			if tc.verdict == no {
				if !errors.Is(err, errMessageTooBig) {
					t.Errorf("%d, %v", what, err)
				}
			} else if used += n; err != nil || what != textMessage || string(d.message.b) != payload || string(p[used:]) != last {
				t.Errorf("%d bytes used, %d, %v", used, what, err)
			}
			d.release()
			if d.held() != 0 {
				t.Errorf("%d bytes held", d.held())
			}
		}
	}
}

func TestInflatingAllocatesNothing(t *testing.T) {
	stream := cat(raw(0xC1, packed(jsonOf(1000))), raw(0x41, packed(jsonOf(4000))[:100]), raw(0x80, packed(jsonOf(4000))[100:]))
	buf := make([]byte, len(stream))
	d := decoder{limit: 5000, ext: extension{window: 15}}
	got := testing.AllocsPerRun(1000, func() {
		copy(buf, stream)
		for rest := buf; len(rest) > 0; {
			used, what, err := d.next(rest)
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[used:]
			if what == textMessage {
				d.takeMessage().release()
			}
		}
	})
	if got > 0 && !raceEnabled { // the detector makes pools forget now and then
		t.Errorf("%v allocations for two messages", got)
	}
}
