package conformance

import "fmt"

// reservedBits is section 3: no extension gives them a meaning (RFC 6455 5.2).
func reservedBits() []Group {
	names := func(bits byte) string {
		s := ""
		for i, bit := range []byte{rsv1, rsv2, rsv3} {
			if bits&bit != 0 {
				s += fmt.Sprintf(" RSV%d", i+1)
			}
		}
		return s[1:]
	}
	var groups []Group
	for _, kind := range []struct {
		name  string
		first byte
		body  string
	}{
		{"text", fin | opText, "Hello, world!"},
		{"binary message", fin | opBinary, "\x00\xFF\xFE\xFD"},
		{"first fragment", opText, "frag"},
		{"ping", fin | opPing, "Hello"},
		{"pong", fin | opPong, ""},
		{"close frame", fin | opClose, "\x03\xE8"},
	} {
		g := Group{Name: "Reserved bits in a " + kind.name}
		for bits := byte(rsv3); bits <= rsv1|rsv2|rsv3; bits += rsv3 {
			g.Cases = append(g.Cases, tell(
				fmt.Sprintf("A %s with %s fails the connection; the text before it is echoed, the ping behind it not answered.", kind.name, names(bits)),
				say(text("Hello"), raw(kind.first|bits, kind.body), ping("late")), text("Hello"), fails(protocolError)))
		}
		groups = append(groups, g)
	}
	within := Group{Name: "Reserved bits elsewhere"}
	for bits := byte(rsv3); bits <= rsv1|rsv2|rsv3; bits += rsv3 {
		within.Cases = append(within.Cases, tell(
			fmt.Sprintf("A continuation with %s fails the connection.", names(bits)),
			say(begun("frag"), raw(fin|opContinuation|bits, "ment")), fails(protocolError)))
	}
	within.Cases = append(within.Cases,
		tell("Reserved bits fail the connection before the rest of the header arrives.",
			say(verbatim{"the first two bytes of a text of 65,536 bytes with RSV2", []byte{fin | rsv2 | opText, 0x80 | 127}}), fails(protocolError)))
	return append(groups, within)
}
