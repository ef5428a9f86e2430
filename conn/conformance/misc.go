package conformance

// miscellaneous is section 10.
func miscellaneous() []Group {
	page := largeText.of(65536)
	big := frame{first: fin | opText, payload: largeText.of(1 << 20)}
	return []Group{
		{Name: "Automatic fragmentation", Cases: []Case{
			tell("65,536 bytes of text in fragments of 1,300 bytes.", say(message{op: opText, payload: page, fragment: 1300}), text(string(page))),
			tell("65,536 bytes in fragments of 1,300 bytes, in writes that fit none of them.", say(message{op: opBinary, payload: page, fragment: 1300}), bin(string(page))).chopped(1448, 4096, 4097),
		}},
		{Name: "Everything at once", Cases: []Case{
			tell("Texts, binary messages, fragments, pings and pongs, mixed.",
				say(ping("1"), begun("a"), pong("x"), more("b"), ping("2"), last("c"), bin("\x00"), text(""), ping(""), begunBinary("d"), last("")),
				pong("1"), pong("2"), merged{[]frame{text("abc"), bin("\x00"), text(""), bin("d")}, []frame{pong("")}}),
			tell("A ping behind a large message: the pong may come first.", say(big, ping("p")), merged{[]frame{big}, []frame{pong("p")}}).once(),
			tell("A ping before a large message is answered before the message has arrived.", say(ping("p")), pong("p")).then(say(big), big).once(),
			tell("The connection lives on after 200 messages of all sizes.", mixed(), mixedAnswers()...).once(),
		}},
	}
}

func mixed() (all []utterance) {
	for i := range 200 {
		all = append(all, payloadFrame([]byte{opText, opBinary}[i%2], i*i%9001))
	}
	return all
}

func mixedAnswers() (all []answer) {
	for _, u := range mixed() {
		all = append(all, u.(frame))
	}
	return all
}
