package conformance

import "fmt"

// utf8Handling is section 6: text is UTF-8 (RFC 6455 8.1, RFC 3629), and fails at the
// byte that proves that it is not.
func utf8Handling() []Group {
	groups := []Group{emptyFragments(), validInFragments(), invalidInFragments(), failFast()}
	for _, class := range stressClasses() {
		g := Group{Name: class.name}
		for _, s := range class.texts {
			g.Cases = append(g.Cases, stress(s)...)
		}
		groups = append(groups, g)
	}
	return append(groups, everySecondByte())
}

// greeting is a word of two- and three-byte characters, 11 bytes.
const greeting = "κόσμε"

func emptyFragments() Group {
	return Group{Name: "Valid text with empty fragments", Cases: []Case{
		tell("An empty text.", say(text("")), text("")),
		tell("Three empty fragments.", say(begun(""), more(""), last("")), text("")),
		tell("A text between two empty fragments.", say(begun(""), more(greeting), last("")), text(greeting)),
	}}
}

func validInFragments() Group {
	const s = "Hello-µ@ßöäüàá-UTF-8!! " + greeting + " 🎵"
	g := Group{Name: "Valid text, cut between and within characters", Cases: []Case{
		tell("In one frame.", say(text(s)), text(s)),
		tell("In two fragments, cut between characters.", say(begun(s[:len("Hello-µ@ß")]), last(s[len("Hello-µ@ß"):])), text(s)),
	}}
	for n := 1; n <= 7; n++ {
		g.Cases = append(g.Cases, tell(fmt.Sprintf("In fragments of %d bytes.", n), say(message{op: opText, payload: []byte(s), fragment: n}), text(s)))
	}
	for at := 1; at < len("🎵"); at++ {
		g.Cases = append(g.Cases,
			tell(fmt.Sprintf("A character of four bytes is cut behind byte %d, with a ping between.", at), say(begun("🎵"[:at]), ping("p"), last("🎵"[at:])), pong("p"), text("🎵")),
			tell(fmt.Sprintf("A character of four bytes is cut behind byte %d of a frame, and the rest arrives later.", at), cutFrame("🎵", at)).then(restOf("🎵", at), text("🎵")))
	}
	return g
}

func invalidInFragments() Group {
	const wrong = greeting + "\xED\xA0\x80edited"
	g := Group{Name: "Invalid text, cut differently", Cases: []Case{
		tell("In one frame.", say(text(wrong)), fails(invalidData)),
		tell("In one frame, behind a text that is valid.", say(text("one"), text(wrong)), text("one"), fails(invalidData)),
		tell("Binary messages may have the same bytes.", say(bin(wrong)), bin(wrong)),
		tell("Pings may have the same bytes.", say(ping(wrong)), pong(wrong)),
		tell("A character that no fragment completes.", say(begun("\xF0\x9F"), last("")), fails(invalidData)),
		tell("A character that is not continued by the next message.", say(text("\xF0\x9F"), text("\x8E\xB5")), fails(invalidData)),
		tell("The text behind a binary message that ends like a cut character.", say(bin("\xF0\x9F"), text("ok")), bin("\xF0\x9F"), text("ok")),
		tell("A cut character, a ping that looks like its rest, the end.", say(begun("\xF0\x9F"), ping("\x8E\xB5"), last("")), pong("\x8E\xB5"), fails(invalidData)),
	}}
	for n := 1; n <= 4; n++ {
		g.Cases = append(g.Cases, tell(fmt.Sprintf("In fragments of %d bytes.", n), say(message{op: opText, payload: []byte(wrong), fragment: n}), fails(invalidData)))
	}
	return g
}

// failFast shows that nobody waits for bytes that cannot change anything: what would
// follow is never sent.
func failFast() Group {
	const beyond, surrogate = "\xF4\x90\x80\x80", "\xED\xA0\x80"
	valid := begun(greeting)
	return Group{Name: "Invalid text fails before the rest arrives", Cases: []Case{
		tell("A valid first fragment is taken; the second one is invalid; the third is never sent.", say(valid, ping("still here")), pong("still here")).then(say(more(beyond)), fails(invalidData)),
		tell("The same, but only the bytes of the second fragment that prove it are sent.", say(valid, ping("still here")), pong("still here")).then(say(more(beyond).without(2)), fails(invalidData)),
		tell("The second fragment ends where the character can still become valid; the third proves it wrong.", say(valid, more("\xF4"), ping("still here")), pong("still here")).then(say(more("\x90")), fails(invalidData)),
		tell("In one frame: everything up to the byte that proves it, in one write.", say(text(greeting+beyond+"edited").without(8)), fails(invalidData)),
		tell("In one frame: the valid part first, then the bytes that prove it, then nothing.", cutFrame(greeting+beyond+"edited", len(greeting))).then(piece(greeting+beyond+"edited", len(greeting), len(greeting)+2), fails(invalidData)),
		tell("In one frame: cut behind the byte before the one that proves it.", cutFrame(greeting+beyond+"edited", len(greeting)+1)).then(piece(greeting+beyond+"edited", len(greeting)+1, len(greeting)+2), fails(invalidData)),
		tell("A surrogate fails at its second byte.", cutFrame(greeting+surrogate+"edited", len(greeting)+1)).then(piece(greeting+surrogate+"edited", len(greeting)+1, len(greeting)+2), fails(invalidData)),
		tell("The same cut, but what follows makes it valid: it is echoed.", cutFrame(greeting+"\xF4\x8F\xBF\xBFedited", len(greeting)+1)).then(restOf(greeting+"\xF4\x8F\xBF\xBFedited", len(greeting)+1), text(greeting+"\xF4\x8F\xBF\xBFedited")),
		tell("A wrong byte at the begin of a text of 16 MiB fails it at once.", say(frame{first: fin | opText, payload: append([]byte{0xFF}, make([]byte, largest-1)...), cut: largest - 1}), fails(invalidData)).once(),
		tell("A wrong byte behind a megabyte of a text of 16 MiB fails it at once.", say(frame{first: fin | opText, payload: append(filler(1<<20), 0xC0), cut: 0}, ping("late")), fails(invalidData)).once(),
		tell("Messages before the invalid one are echoed first.", say(text("1"), bin("2"), ping("3"), text("4"), text("\xC0")), merged{[]frame{text("1"), bin("2"), text("4")}, []frame{pong("3")}}, fails(invalidData)).once(),
	}}
}

// cutFrame is a text of one frame up to byte n of its payload; piece and restOf go on
// with it. The mask is zero, so that each part can be written on its own.
func cutFrame(s string, n int) []utterance {
	b := frame{first: fin | opText, payload: []byte(s)}.header(nil, 0x80)
	b = append(b, 0, 0, 0, 0)
	return say(verbatim{fmt.Sprintf("text%s up to byte %d", shown([]byte(s)), n), append(b, s[:n]...)})
}

func piece(s string, from, to int) []utterance {
	return say(verbatim{fmt.Sprintf("its bytes up to %d", to), []byte(s[from:to])})
}

func restOf(s string, from int) []utterance {
	return say(verbatim{"its rest", []byte(s[from:])})
}

// stress makes the cases of one string: echoed if it is UTF-8; if not, refused as a
// whole, and refused at the very byte that proves it.
func stress(s string) []Case {
	proof, ok := judge(s)
	if ok {
		return []Case{tell(fmt.Sprintf("%+q is valid.", s), say(text(s)), text(s))}
	}
	cases := []Case{tell(fmt.Sprintf("%+q is not valid.", s), say(text(s)), fails(invalidData))}
	if proof < len(s) {
		long := s + "and more"
		cases = append(cases, tell(fmt.Sprintf("%+q fails at byte %d, whatever follows.", s, proof+1), say(text(long).without(len(long)-proof-1)), fails(invalidData)))
	} else {
		cases = append(cases, tell(fmt.Sprintf("%+q fails at the end of the message, not before.", s), say(begun(s), ping("still here")), pong("still here")).then(say(last("")), fails(invalidData)))
	}
	return cases
}

// judge reads the grammar of RFC 3629 4: it returns whether s is UTF-8, and if not,
// the index of the byte behind which nothing can make it so; len(s) if that is only
// the end.
func judge(s string) (proof int, ok bool) {
	for i := 0; i < len(s); {
		low, high, tails := byte(0x80), byte(0xBF), 0
		switch b := s[i]; {
		case b <= 0x7F:
		case b >= 0xC2 && b <= 0xDF:
			tails = 1
		case b == 0xE0:
			low, tails = 0xA0, 2
		case b == 0xED:
			high, tails = 0x9F, 2
		case b >= 0xE1 && b <= 0xEF:
			tails = 2
		case b == 0xF0:
			low, tails = 0x90, 3
		case b == 0xF4:
			high, tails = 0x8F, 3
		case b >= 0xF1 && b <= 0xF3:
			tails = 3
		default:
			return i, false
		}
		i++
		for range tails {
			if i == len(s) {
				return i, false
			}
			if s[i] < low || s[i] > high {
				return i, false
			}
			low, high = 0x80, 0xBF
			i++
		}
	}
	return 0, true
}
