package conformance

import (
	"fmt"
	"strings"
)

// closing is section 7 (RFC 6455 5.5.1, 7).
func closing() []Group {
	const normal = 1000
	big := largeText.of(256 << 10)
	huge := largeText.of(largest)
	basic := Group{Name: "The closing handshake", Cases: []Case{
		tell("A text, then a close frame: the text is echoed, the close frame answered.", say(text("Hello World!"), shut(normal, "")), text("Hello World!"), echoed(normal)),
		tell("Two close frames: the second one is not answered.", say(shut(normal, ""), shut(normal, "")), echoed(normal)),
		tell("Two close frames with different codes: the first one counts.", say(shut(3001, ""), shut(3002, "")), echoed(3001)),
		tell("A ping behind a close frame is not answered.", say(shut(normal, ""), ping("late")), echoed(normal)),
		tell("A text behind a close frame is not echoed.", say(shut(normal, ""), text("late")), echoed(normal)),
		tell("A violation behind a close frame is not answered.", say(shut(normal, ""), raw(0xFF, "broken"), verbatim{"and 64 bytes of noise", noise(64, 7)}), echoed(normal)),
		tell("Everything behind a close frame is ignored, also when it arrives later.", say(shut(normal, ""))).then(say(text("late"), ping("late"), shut(normal, "late")), echoed(normal)),
		tell("A close frame between fragments: the message is dropped.", say(begun("fragment1"), shut(normal, ""), last("fragment2")), echoed(normal)),
		tell("A close frame at once.", say(shut(normal, "")), echoed(normal)),
		tell("A ping, then a close frame.", say(ping("p"), shut(normal, "")), pong("p"), echoed(normal)),
		tell("A megabyte behind a close frame is swallowed.", say(shut(normal, ""), bin(string(noise(1<<20, 3)))), echoed(normal)).once(),
		tell("A megabyte behind a violation is swallowed.", say(raw(0x83, ""), bin(string(noise(1<<20, 3)))), fails(protocolError)).once(),
	}}
	large := Group{Name: "Closing behind a large message", Cases: []Case{
		tell("256 KiB, a text, a close frame, a ping: all echoed, closed, the ping not answered.", say(text(string(big)), text("Hello World!"), shut(normal, ""), ping("late")), text(string(big)), text("Hello World!"), echoed(normal)).once(),
		tell("16 MiB, then a close frame in the same write: all of it is echoed before the answer.", say(frame{first: fin | opText, payload: huge}, shut(normal, "")), frame{first: fin | opText, payload: huge}, echoed(normal)).once(),
		tell("100 messages of 16 KiB, then a close frame: all are echoed before the answer.", append(times(100, bin(string(noise(16<<10, 4)))), shut(normal, "")), append(answersOf(100, bin(string(noise(16<<10, 4)))), echoed(normal))...).once(),
		tell("A violation behind 256 KiB: they are echoed first.", say(text(string(big)), raw(0x83, "")), text(string(big)), fails(protocolError)).once(),
	}}

	bodies := Group{Name: "The body of a close frame", Cases: []Case{
		tell("An empty body is answered with an empty body.", say(raw(fin|opClose, "")), echoed(0)),
		tell("A body of one byte fails the connection.", say(raw(fin|opClose, "\x03")), fails(protocolError)),
	}}
	for n := 0; n <= 123; n++ {
		if n <= 3 || n%10 == 0 || n >= 121 {
			bodies.Cases = append(bodies.Cases, tell(fmt.Sprintf("A code and a reason of %d bytes: the code is answered, the reason is not.", n), say(shut(normal, string(filler(n)))), echoed(normal)))
		}
	}
	for _, n := range []int{124, 125, 1000, 65534} {
		bodies.Cases = append(bodies.Cases, tell(fmt.Sprintf("A code and a reason of %d bytes fail the connection.", n), say(shut(normal, strings.Repeat("r", n))), fails(protocolError)))
	}
	bodies.Cases = append(bodies.Cases, tell("A close frame of 126 bytes fails the connection before its body arrives.",
		say(verbatim{"the first two bytes of a close frame of 126 bytes", []byte{fin | opClose, 0x80 | 126}}), fails(protocolError)))

	reasons := Group{Name: "The reason is text"}
	for _, s := range []string{greeting, "🎵", "\uFFFF", "\U0010FFFF", "\x00"} {
		reasons.Cases = append(reasons.Cases, tell(fmt.Sprintf("The reason %+q is fine.", s), say(shut(normal, s)), echoed(normal)))
	}
	for _, s := range []string{greeting + "\xED\xA0\x80edited", "\xFF", "\xC0\xAF", "\xF4\x90\x80\x80", "\xED\xBF\xBF", "\xE2\x82", "\x80", strings.Repeat("r", 122) + "\xC3"} {
		reasons.Cases = append(reasons.Cases, tell(fmt.Sprintf("The reason%s is not UTF-8 and fails the connection.", shown([]byte(s))), say(shut(normal, s)), fails(invalidData)))
	}

	valid, invalid := Group{Name: "Codes that may be sent"}, Group{Name: "Codes that must not be sent"}
	for code := range 0x10000 {
		if !worthTrying(code) {
			continue
		}
		if maySend(code) {
			valid.Cases = append(valid.Cases,
				tell(fmt.Sprintf("The code %d is answered with itself.", code), say(shut(uint16(code), "")), echoed(code)),
				tell(fmt.Sprintf("The code %d with a reason is answered with itself.", code), say(shut(uint16(code), "because")), echoed(code)))
		} else {
			invalid.Cases = append(invalid.Cases,
				tell(fmt.Sprintf("The code %d fails the connection.", code), say(shut(uint16(code), "")), fails(protocolError)))
		}
	}
	return []Group{basic, large, bodies, reasons, valid, invalid}
}

// maySend follows RFC 6455 7.4 and the registry of IANA, which has added 1012 to 1014.
func maySend(code int) bool {
	switch {
	case code >= 3000 && code <= 4999:
		return true
	case code == 1004, code == 1005, code == 1006:
		return false
	}
	return code >= 1000 && code <= 1014
}

// worthTrying picks the codes around every border, and some from between.
func worthTrying(code int) bool {
	for _, at := range []int{0, 999, 1016, 1100, 2000, 2999, 3000, 3999, 4000, 4999, 5000, 0x7FFF, 0x8000, 0xFFFF} {
		if code >= at-1 && code <= at+1 {
			return true
		}
	}
	return code >= 1000 && code <= 1020 || code%4999 == 0
}

func times(n int, u utterance) []utterance {
	var all []utterance
	for range n {
		all = append(all, u)
	}
	return all
}

func answersOf(n int, a answer) []answer {
	var all []answer
	for range n {
		all = append(all, a)
	}
	return all
}
