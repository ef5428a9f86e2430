package conformance

import "fmt"

// volume is section 9: large messages, many messages, and what is too much.
func volume() []Group {
	var groups []Group
	for _, kind := range []struct {
		name  string
		op    byte
		body  *large
		sizes []int // of messages in one frame
	}{
		{"text", opText, &largeText, []int{64 << 10, 256 << 10, 1 << 20, largest}},
		{"binary message", opBinary, &largeNoise, []int{64 << 10, 256 << 10, 1 << 20, 4 << 20}},
	} {
		whole := Group{Name: "A large " + kind.name + " in one frame"}
		for _, n := range kind.sizes {
			f := frame{first: fin | kind.op, payload: kind.body.of(n)}
			whole.Cases = append(whole.Cases, tell(fmt.Sprintf("A %s of %d bytes is echoed.", kind.name, n), say(f), f).once())
		}
		fragmented := Group{Name: "A large " + kind.name + " in fragments"}
		for _, c := range []struct{ size, fragment int }{
			{2 << 20, 64}, {256 << 10, 256}, {256 << 10, 1 << 10}, {256 << 10, 4 << 10}, {256 << 10, 16 << 10},
			{1 << 20, 64 << 10}, {1 << 20, 256 << 10}, {4 << 20, 1 << 20},
		} {
			whole := kind.body.of(c.size)
			fragmented.Cases = append(fragmented.Cases, tell(fmt.Sprintf("%d bytes in fragments of %d.", c.size, c.fragment),
				say(message{op: kind.op, payload: whole, fragment: c.fragment}), frame{first: fin | kind.op, payload: whole}).once())
		}
		chops := Group{Name: "A " + kind.name + " of 256 KiB in chopped writes"}
		f := frame{first: fin | kind.op, payload: kind.body.of(256 << 10)}
		chops.Cases = append(chops.Cases, tell("Every write brings a few bytes of the frame.", say(f), f).chopped(64, 256, 1024, 65537))
		groups = append(groups, whole, fragmented, chops, trips(kind.name, kind.op), crowd(kind.name, kind.op))
	}
	return append(groups, tooMuch())
}

var smallSizes = []int{0, 16, 256, 4096}

// trips sends each message when the one before it has come back.
func trips(name string, op byte) Group {
	g := Group{Name: "1,000 small messages, each a " + name + ", one after the other"}
	for _, n := range smallSizes {
		f := payloadFrame(op, n)
		c := Case{About: fmt.Sprintf("%d bytes each.", n)}
		for range 1000 {
			c.talk = append(c.talk, exchange{say(f), []answer{f}})
		}
		g.Cases = append(g.Cases, c.once())
	}
	return g
}

// crowd sends all messages at once.
func crowd(name string, op byte) Group {
	g := Group{Name: "1,000 small messages, each a " + name + ", in one write"}
	for _, n := range smallSizes {
		f := payloadFrame(op, n)
		g.Cases = append(g.Cases, tell(fmt.Sprintf("%d bytes each.", n), times(1000, f), answersOf(1000, f)...).once())
	}
	return g
}

func payloadFrame(op byte, n int) frame {
	if op == opText {
		return text(string(filler(n)))
	}
	return bin(string(noise(n, uint64(n))))
}

func tooMuch() Group {
	over := frame{first: fin | opBinary, payload: make([]byte, largest+1)}
	return Group{Name: "Messages beyond 16 MiB", Cases: []Case{
		tell("A message of 16 MiB and one byte is refused by its header; the rest is never sent.", say(over.without(largest+1)), fails(tooBig)).once(),
		tell("A message of 16 MiB and one byte is refused, all of it sent.", say(over), fails(tooBig)).once(),
		tell("The text before it is echoed.", say(text("one"), over.without(largest+1)), text("one"), fails(tooBig)).once(),
		tell("A length of nearly 2^63 is refused by its header.", say(verbatim{"the header of a text of 2^63-1 bytes", lengthOf(1<<63 - 1)}), fails(tooBig)),
		tell("A fragment that would bring the message beyond the limit is refused by its header.",
			say(frame{first: opBinary, payload: largeNoise.of(largest)}, frame{first: fin | opContinuation, payload: []byte("x"), cut: 1}), fails(tooBig)).once(),
		tell("Empty fragments behind 16 MiB are within the limit.",
			say(frame{first: opBinary, payload: largeNoise.of(largest)}, more(""), last("")), frame{first: fin | opBinary, payload: largeNoise.of(largest)}).once(),
	}}
}
