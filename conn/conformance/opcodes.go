package conformance

import "fmt"

// opcodes is section 4: 3 to 7 and 11 to 15 are reserved (RFC 6455 5.2).
func opcodes() []Group {
	var groups []Group
	for _, kind := range []struct {
		name     string
		from, to byte
	}{
		{"Reserved opcodes of data frames", 3, 7},
		{"Reserved opcodes of control frames", 11, 15},
	} {
		g := Group{Name: kind.name}
		for op := kind.from; op <= kind.to; op++ {
			g.Cases = append(g.Cases,
				tell(fmt.Sprintf("A first frame of opcode %d fails the connection.", op), say(raw(fin|op, "")), fails(protocolError)),
				tell(fmt.Sprintf("A first frame of opcode %d with a payload fails the connection.", op), say(raw(fin|op, "reserved opcode payload")), fails(protocolError)),
				tell(fmt.Sprintf("Opcode %d between a text and a ping: the text is echoed, the ping not answered.", op),
					say(text("Hello, world!"), raw(fin|op, ""), ping("")), text("Hello, world!"), fails(protocolError)),
				tell(fmt.Sprintf("Opcode %d with a payload between a text and a ping: the text is echoed, the ping not answered.", op),
					say(text("Hello, world!"), raw(fin|op, "reserved opcode payload"), ping("")), text("Hello, world!"), fails(protocolError)),
				tell(fmt.Sprintf("Opcode %d without FIN fails the connection.", op), say(raw(op, "x")), fails(protocolError)),
				tell(fmt.Sprintf("Opcode %d between two fragments fails the connection.", op), say(begun("frag"), raw(fin|op, "x"), last("ment")), fails(protocolError)))
		}
		groups = append(groups, g)
	}
	return groups
}
