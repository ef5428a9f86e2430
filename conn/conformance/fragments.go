package conformance

import (
	"fmt"
	"strings"
)

// fragmentation is section 5 (RFC 6455 5.4).
func fragmentation() []Group {
	control := Group{Name: "Control frames must not be fragmented", Cases: []Case{
		tell("A ping in two fragments fails the connection.", say(raw(opPing, "frag"), last("ment")), fails(protocolError)),
		tell("A pong in two fragments fails the connection.", say(raw(opPong, "frag"), last("ment")), fails(protocolError)),
		tell("A close frame in two fragments fails the connection.", say(raw(opClose, "\x03\xE8"), last("")), fails(protocolError)),
		tell("A ping without FIN fails the connection before its payload arrives.", say(raw(opPing, "frag").without(4)), fails(protocolError)),
		tell("A text, a ping without FIN, a ping: the text is echoed, nothing else.", say(text("one"), raw(opPing, "x"), ping("late")), text("one"), fails(protocolError)),
	}}

	whole := Group{Name: "Fragments make one message"}
	for _, s := range [][]string{
		{"fragment1", "fragment2"},
		{"f", "r", "a", "g", "m", "e", "n", "t", "s"},
		{"", "begins empty"},
		{"ends empty", ""},
		{"one", "", "", "two"},
		{"", "", ""},
		{strings.Repeat("a", 125), strings.Repeat("b", 126), strings.Repeat("c", 127)},
	} {
		joined := strings.Join(s, "")
		whole.Cases = append(whole.Cases,
			tell(fmt.Sprintf("A text in %d fragments%s is echoed in one frame.", len(s), shown([]byte(strings.Join(s, "|")))), fragments(opText, s), text(joined)),
			tell(fmt.Sprintf("A binary message in %d fragments%s is echoed in one frame.", len(s), shown([]byte(strings.Join(s, "|")))), fragments(opBinary, s), bin(joined)))
	}
	whole.Cases = append(whole.Cases,
		tell("A text of 1,000 fragments is echoed.", say(message{op: opText, payload: filler(5000), fragment: 5}), text(string(filler(5000)))),
		tell("A binary message of 1,000 fragments is echoed.", say(message{op: opBinary, payload: noise(5000, 5), fragment: 5}), bin(string(noise(5000, 5)))),
		tell("Two messages of fragments, one behind the other.", say(begun("1a"), last("1b"), begunBinary("2a"), more("2b"), last("2c")), text("1a1b"), bin("2a2b2c")),
		tell("A fragment arrives with the next write.", say(begun("frag"))).then(say(last("ment")), text("fragment")),
		tell("A message of fragments in small pieces.", say(message{op: opText, payload: filler(700), fragment: 50}), text(string(filler(700)))).chopped(3, 64))

	between := Group{Name: "Control frames between fragments"}
	for _, kind := range []struct {
		name  string
		begin func(string) frame
		whole func(string) frame
	}{{"text", begun, text}, {"binary message", begunBinary, bin}} {
		between.Cases = append(between.Cases,
			tell("A ping between the fragments of a "+kind.name+" is answered before the message.", say(kind.begin("frag"), ping("ping payload"), last("ment")), pong("ping payload"), kind.whole("fragment")),
			tell("A ping between the fragments of a "+kind.name+" is answered before the last fragment arrives.", say(kind.begin("frag"), ping("p")), pong("p")).then(say(last("ment")), kind.whole("fragment")),
			tell("A pong between the fragments of a "+kind.name+" is ignored.", say(kind.begin("frag"), pong("what"), last("ment")), kind.whole("fragment")),
			tell("Two pings among five fragments of a "+kind.name+", the first one answered before the rest arrives.",
				say(kind.begin("fragment1"), more("fragment2"), ping("pongme 1!")), pong("pongme 1!")).
				then(say(more("fragment3"), more("fragment4"), ping("pongme 2!"), last("fragment5")), pong("pongme 2!"), kind.whole("fragment1fragment2fragment3fragment4fragment5")),
			tell("Ten pings between the fragments of a "+kind.name+" are all answered first.", interleaved(kind.begin, 10), append(pongs(10), kind.whole(strings.Repeat("f", 11)))...),
			tell("A close frame between the fragments of a "+kind.name+" is answered, the message is dropped.", say(kind.begin("frag"), shut(1000, "")), echoed(1000)),
			tell("An empty ping between empty fragments of a "+kind.name+".", say(kind.begin(""), ping(""), last("")), pong(""), kind.whole("")))
	}

	order := Group{Name: "Fragments out of order"}
	for _, kind := range []struct {
		name  string
		first byte
	}{{"continuation with FIN", fin | opContinuation}, {"continuation without FIN", opContinuation}} {
		order.Cases = append(order.Cases,
			tell("A "+kind.name+" that continues nothing fails the connection.", say(raw(kind.first, "non-continuation payload")), fails(protocolError)),
			tell("An empty "+kind.name+" that continues nothing fails the connection.", say(raw(kind.first, "")), fails(protocolError)),
			tell("A "+kind.name+" that continues nothing, then a text: nothing is echoed.", say(raw(kind.first, "non-continuation payload"), text("Hello, world!")), fails(protocolError)),
			tell("A "+kind.name+" behind a message of one frame fails the connection.", say(text("x"), raw(kind.first, "y")), text("x"), fails(protocolError)),
			tell("A "+kind.name+" behind a message of two fragments fails the connection.", say(begun("a"), last("b"), raw(kind.first, "c")), text("ab"), fails(protocolError)),
			tell("Twice: a "+kind.name+", a text fragment.", say(raw(kind.first, "fragment1"), begun("fragment2"), raw(kind.first, "fragment3"), begun("fragment4")), fails(protocolError)))
	}
	for _, kind := range []struct {
		name  string
		first byte
	}{{"text", fin | opText}, {"first fragment of a text", opText}, {"binary message", fin | opBinary}, {"first fragment of a binary message", opBinary}} {
		order.Cases = append(order.Cases,
			tell("A "+kind.name+" between the fragments of a text fails the connection.", say(begun("fragment1"), raw(kind.first, "fragment2")), fails(protocolError)),
			tell("A "+kind.name+" between the fragments of a binary message fails the connection.", say(begunBinary("fragment1"), more("fragment2"), raw(kind.first, "fragment3")), fails(protocolError)))
	}
	order.Cases = append(order.Cases,
		tell("A text between fragments fails the connection before its payload arrives.", say(begun("fragment1"), text("fragment2").without(9)), fails(protocolError)))
	return []Group{control, whole, between, order}
}

// fragments is a message with these fragments.
func fragments(op byte, pieces []string) []utterance {
	var all []utterance
	for i, p := range pieces {
		first := byte(opContinuation)
		if i == 0 {
			first = op
		}
		if i == len(pieces)-1 {
			first |= fin
		}
		all = append(all, raw(first, p))
	}
	return all
}

// interleaved is a message of n+1 fragments "f" with a ping between each two.
func interleaved(begin func(string) frame, n int) []utterance {
	all := say(begin("f"))
	for i := range n {
		all = append(all, ping(fmt.Sprint(i)))
		if i < n-1 {
			all = append(all, more("f"))
		}
	}
	return append(all, last("f"))
}

// pongs answers the pings of interleaved.
func pongs(n int) []answer {
	var all []answer
	for i := range n {
		all = append(all, pong(fmt.Sprint(i)))
	}
	return all
}
