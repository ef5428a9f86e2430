package conformance

import (
	"fmt"
	"strings"
)

// pings is section 2 (RFC 6455 5.5.2, 5.5.3).
func pings() []Group {
	sizes := Group{Name: "The pong has the payload of the ping"}
	for n := 0; n <= 125; n++ {
		s := string(noise(n, uint64(n)))
		if n%2 == 0 {
			s = string(filler(n))
		}
		sizes.Cases = append(sizes.Cases, tell(fmt.Sprintf("A ping of %d bytes.", n), say(ping(s)), pong(s)))
	}
	tooLong := Group{Name: "Pings and pongs above 125 bytes"}
	for _, n := range []int{126, 127, 65535, 65536} {
		s := strings.Repeat("p", n)
		tooLong.Cases = append(tooLong.Cases,
			tell(fmt.Sprintf("A ping of %d bytes fails the connection.", n), say(ping(s)), fails(protocolError)),
			tell(fmt.Sprintf("A pong of %d bytes fails the connection.", n), say(pong(s)), fails(protocolError)))
	}
	tooLong.Cases = append(tooLong.Cases,
		tell("A ping above 125 bytes fails the connection before its payload arrives.", say(verbatim{"the first two bytes of a ping of 126 bytes", []byte{fin | opPing, 0x80 | 126}}), fails(protocolError)),
		tell("What came before a ping that is too long is answered.", say(text("one"), ping(strings.Repeat("p", 126))), text("one"), fails(protocolError)))

	var many []utterance
	var answers []answer
	for i := range 10 {
		s := fmt.Sprintf("payload-%d", i)
		many, answers = append(many, ping(s)), append(answers, pong(s))
	}
	var flood []utterance
	var pongs []answer
	for i := range 1000 {
		s := fmt.Sprint(i)
		flood, pongs = append(flood, ping(s)), append(pongs, pong(s))
	}
	order := Group{Name: "Order and silence", Cases: []Case{
		tell("Ten pings in one write get ten pongs, in their order.", many, answers...),
		tell("1,000 pings in one write get 1,000 pongs, in their order.", flood, pongs...),
		tell("A pong that nobody has asked for is ignored.", say(pong("")), []answer{}...),
		tell("A pong with a payload that nobody has asked for is ignored.", say(pong("unsolicited payload")), []answer{}...),
		tell("A pong and then a ping: only the ping is answered.", say(pong("unsolicited payload"), ping("ping payload")), pong("ping payload")),
		tell("Many pongs are ignored, the text behind them is echoed.", say(pong("a"), pong("b"), pong("c"), text("d")), text("d")),
		tell("A pong comes before the echo of a later text.", say(ping("p"), text("later")), pong("p"), text("later")),
		tell("A ping and a text alternate.", say(ping("1")), pong("1")).
			then(say(text("2")), text("2")).then(say(ping("3")), pong("3")).then(say(bin("4")), bin("4")),
		tell("The payload of a ping need not be text.", say(ping("\x00\xFF\xFE\xFD\xFC\xFB\x00\xFF")), pong("\x00\xFF\xFE\xFD\xFC\xFB\x00\xFF")),
	}}
	return []Group{sizes, tooLong, order}
}
