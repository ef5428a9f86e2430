package conformance

import (
	"bytes"
	"fmt"
	"sync"
)

// plainOffer is the offer without any parameter.
const plainOffer = "permessage-deflate"

// compression is section 12: compressed messages (RFC 7692 7.2).
func compression() []Group {
	groups := []Group{examples()}
	for _, kind := range []struct {
		name string
		op   byte
		body func(n int) []byte
		due  int // bytes from which on the answer must be compressed, 0: never
	}{
		{"Texts", opText, filler, 4096},
		{"Documents", opText, document, 4096},
		{"Binary messages that cannot be compressed", opBinary, func(n int) []byte { return noise(n, uint64(n)) }, 0},
		{"Binary messages of zeros", opBinary, func(n int) []byte { return make([]byte, n) }, 4096},
	} {
		whole := Group{Name: kind.name + " in one frame each"}
		for n := 16; n <= 128<<10; n *= 2 {
			whole.Cases = append(whole.Cases, squeezed(kind.op, kind.body(n), 0, kind.due))
		}
		pieces := Group{Name: kind.name + " in fragments"}
		for _, c := range [][2]int{{8 << 10, 256}, {16 << 10, 256}, {128 << 10, 256}, {64 << 10, 1 << 10}, {64 << 10, 4 << 10}, {128 << 10, 32 << 10}, {500, 1}, {500, 7}} {
			pieces.Cases = append(pieces.Cases, squeezed(kind.op, kind.body(c[0]), c[1], kind.due))
		}
		groups = append(groups, whole, pieces)
	}
	return append(groups, mixtures(), squeezedText(), squeezedFast(), brokenDeflate(), reservedWithDeflate(), bombs())
}

// compressed makes a case one in which compression was agreed upon.
func (c Case) compressed() Case {
	c.offer, c.deflate = plainOffer, accepted
	return c
}

// squeezed is a case of several equal messages.
func squeezed(op byte, body []byte, fragment, due int) Case {
	const most, all = 10, 64 << 10
	m := message{op: op, payload: body, fragment: fragment, squeezed: true}
	n := max(1, min(most, all/len(body)))
	about := fmt.Sprintf("%d × %d bytes", n, len(body))
	if fragment > 0 {
		about += fmt.Sprintf(" in fragments of %d compressed bytes", fragment)
	}
	return tell(about+".", times(n, m), answersOf(n, inflated{op, body, due > 0 && len(body) >= due})...).compressed()
}

// document is text of n bytes as computers write it: much is repeated, near and far.
func document(n int) []byte {
	var b []byte
	for i := 0; len(b) < n; i++ {
		b = fmt.Appendf(b, `{"id": %d, "name": "Song %x", "path": "Artist %d/2%03d - Album/%02d Song.mp3", "tags": [%d, %d]},`, i, noise(4, uint64(i)), i%7, i%40, i%12, i%5, i%3)
		b = append(b, '\n')
	}
	return b[:n]
}

// examples are those of RFC 7692 7.2.3.
func examples() Group {
	const first = fin | rsv1 | opText
	hello := inflated{op: opText, payload: []byte("Hello")}
	g := Group{Name: "The examples of RFC 7692"}
	for _, e := range []struct {
		about string
		send  []utterance
	}{
		{"One compressed block.", say(raw(first, "\xf2\x48\xcd\xc9\xc9\x07\x00"))},
		{"One compressed block in two fragments.", say(raw(rsv1|opText, "\xf2\x48\xcd"), last("\xc9\xc9\x07\x00"))},
		{"A block without compression.", say(raw(first, "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"))},
		{"A block that is marked as the last one.", say(raw(first, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"))},
		{"Two blocks.", say(raw(first, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"))},
		{"Two messages, one behind the other.", say(raw(first, "\xf2\x48\xcd\xc9\xc9\x07\x00"), raw(first, "\xf2\x48\xcd\xc9\xc9\x07\x00"))},
		{"A message that is not compressed although it may be.", say(text("Hello"))},
		{"Empty fragments around the compressed ones.", say(raw(rsv1|opText, ""), more("\xf2\x48\xcd"), more(""), more("\xc9\xc9\x07\x00"), last(""))},
	} {
		want := []answer{hello}
		if len(e.send) == 2 && e.send[1].(frame).first == first {
			want = append(want, hello)
		}
		g.Cases = append(g.Cases, tell(e.about, e.send, want...).compressed())
	}
	g.Cases = append(g.Cases,
		tell("An empty message.", say(raw(first, "\x00")), inflated{op: opText}).compressed(),
		tell("An empty message with an empty last block.", say(raw(first, "\x03\x00")), inflated{op: opText}).compressed(),
		tell("An empty binary message.", say(raw(fin|rsv1|opBinary, "\x00")), inflated{op: opBinary}).compressed())
	return g
}

func mixtures() Group {
	body, short := document(5000), []byte("short")
	big := message{op: opText, payload: body, squeezed: true}
	large := largeText.of(1 << 20)
	return Group{Name: "Compressed and other frames", Cases: []Case{
		tell("Compressed and uncompressed messages alternate.",
			say(big, text("plain"), big, bin("\x00"), message{op: opBinary, payload: short, squeezed: true}),
			inflated{opText, body, true}, inflated{op: opText, payload: []byte("plain")}, inflated{opText, body, true}, inflated{op: opBinary, payload: []byte{0}}, inflated{op: opBinary, payload: short}).compressed(),
		tell("A message is not compressed, in fragments.", say(message{op: opText, payload: body, fragment: 100}), inflated{opText, body, true}).compressed(),
		tell("A ping between compressed fragments is answered before the message.",
			say(raw(rsv1|opText, "\xf2\x48\xcd"), ping("p"), last("\xc9\xc9\x07\x00")), pong("p"), inflated{op: opText, payload: []byte("Hello")}).compressed(),
		tell("A ping between compressed fragments is answered before the last one arrives.",
			say(raw(rsv1|opText, "\xf2\x48\xcd"), ping("p")), pong("p")).then(say(last("\xc9\xc9\x07\x00")), inflated{op: opText, payload: []byte("Hello")}).compressed(),
		tell("A close frame behind a compressed message is answered when this is echoed.", say(big, shut(1000, "")), inflated{opText, body, true}, echoed(1000)).compressed(),
		tell("A close frame between compressed fragments: the message is dropped.", say(raw(rsv1|opText, "\xf2\x48\xcd"), shut(1001, "")), echoed(1001)).compressed(),
		tell("In small pieces.", say(big, big), inflated{opText, body, true}, inflated{opText, body, true}).compressed().chopped(1, 13, 500),
		tell("A text of 1 MiB.", say(message{op: opText, payload: large, squeezed: true}), inflated{opText, large, true}).compressed(),
		tell("A binary message of 256 KiB that cannot be compressed.", say(message{op: opBinary, payload: largeNoise.of(256 << 10), squeezed: true}), inflated{op: opBinary, payload: largeNoise.of(256 << 10)}).compressed(),
		tell("200 messages, each after the answer to the one before.", nil).compressed().trips(200, document(700)),
	}}
}

// trips adds exchanges of one compressed message each.
func (c Case) trips(n int, body []byte) Case {
	c.talk = nil
	for i := range n {
		m := body[i:]
		c.talk = append(c.talk, exchange{say(message{op: opText, payload: m, squeezed: true}), []answer{inflated{op: opText, payload: m}}})
	}
	return c
}

// squeezedText has text that is UTF-8, or is not, once it is inflated.
func squeezedText() Group {
	g := Group{Name: "Compressed text is UTF-8"}
	for n := 1; n <= 3; n++ {
		g.Cases = append(g.Cases, tell(fmt.Sprintf("Valid text in fragments of %d bytes.", n),
			say(message{op: opText, payload: []byte(greeting + "🎵"), fragment: n, squeezed: true}), inflated{op: opText, payload: []byte(greeting + "🎵")}).compressed())
	}
	for _, s := range []string{"\xFF", greeting + "\xED\xA0\x80edited", "\xF4\x90\x80\x80", "\xC0\xAF", "\xF0\x9F\x8E", string(filler(3000)) + "\x80"} {
		g.Cases = append(g.Cases,
			tell(fmt.Sprintf("The text%s is not valid and fails the connection.", shown([]byte(s))), say(message{op: opText, payload: []byte(s), squeezed: true}), fails(invalidData)).compressed(),
			tell(fmt.Sprintf("The text%s in fragments of 2 compressed bytes fails the connection.", shown([]byte(s))), say(message{op: opText, payload: []byte(s), fragment: 2, squeezed: true}), fails(invalidData)).compressed(),
			tell(fmt.Sprintf("The same bytes%s are a binary message.", shown([]byte(s))), say(message{op: opBinary, payload: []byte(s), squeezed: true}), inflated{op: opBinary, payload: []byte(s)}).compressed())
	}
	// The compressed bytes are no text: whoever checks them instead fails here.
	g.Cases = append(g.Cases, tell("The compressed bytes need not be UTF-8.", say(raw(fin|rsv1|opText, "\xf2\x48\xcd\xc9\xc9\x07\x00")), inflated{op: opText, payload: []byte("Hello")}).compressed(),
		tell("An invalid text behind a valid one: the first is echoed.", say(message{op: opText, payload: []byte("one"), squeezed: true}, message{op: opText, payload: []byte("\xFF"), squeezed: true}), inflated{op: opText, payload: []byte("one")}, fails(invalidData)).compressed())
	return g
}

// squeezedFast has messages that cannot become right any more; what would follow is never
// sent.
func squeezedFast() Group {
	squeeze := func(s string) string { return string(newSqueezer(maxBits-1, true).message([]byte(s))) }
	wrong, beyond := squeeze(greeting+"\xED\xA0\x80edited"), string(zerosBeyond())
	return Group{Name: "Compressed messages fail before the rest arrives", Cases: []Case{
		tell("A valid first fragment is taken; the second one is not text; the third is never sent.",
			say(raw(rsv1|opText, squeeze(greeting)+"\x00\x00\xFF\xFF"), ping("still here")), pong("still here")).then(say(more(wrong)), fails(invalidData)).compressed(),
		tell("A first fragment that is not text.", say(raw(rsv1|opText, wrong)), fails(invalidData)).compressed(),
		tell("A frame whose begin is not text.", say(raw(fin|rsv1|opText, wrong+"and much more").without(len("and much more"))), fails(invalidData)).compressed(),
		tell("A first fragment that cannot be inflated.", say(raw(rsv1|opBinary, "\x07")), fails(invalidData)).compressed(),
		tell("A frame whose begin cannot be inflated.", say(raw(fin|rsv1|opBinary, "\x07and much more").without(len("and much more"))), fails(invalidData)).compressed(),
		tell("A first fragment that is too large once it is inflated.", say(raw(rsv1|opBinary, beyond)), fails(tooBig)).compressed(),
		tell("A second fragment with which the message is too large once it is inflated.",
			say(raw(rsv1|opBinary, beyond[:100]), ping("still here")), pong("still here")).then(say(more(beyond[100:])), fails(tooBig)).compressed(),
	}}
}

// broken is data that no decompressor can read (RFC 1951), each with what is wrong.
var broken = [][2]string{
	{"a block of the type that does not exist", "\x07"},
	{"a block without compression whose length contradicts itself", "\x00\x05\x00\xfa\xfe\x48\x65\x6c\x6c\x6f\x00"},
	{"a block without compression that is longer than the message", "\x00\xff\xff\x00\x00\x48\x65\x6c\x6c\x6f\x00"},
	{"the end within a block", "\xf2\x48\xcd"},
	{"a distance beyond the begin of the message", "\xf2\x00\x11\x00\x00"},
	{"a code with too many symbols", "\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"},
	{"noise", string(noise(64, 11)) + "\x07\x07\x07\x07"},
	{"a block that is fine, and a broken one behind it", "\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff\x07"},
}

func brokenDeflate() Group {
	g := Group{Name: "Broken compressed data fails the connection"}
	for _, e := range broken {
		g.Cases = append(g.Cases,
			tell("A message with "+e[0]+".", say(raw(fin|rsv1|opText, e[1])), fails(invalidData)).compressed(),
			tell("A binary message with "+e[0]+", behind one that is echoed.", say(raw(fin|rsv1|opBinary, "\xf2\x48\xcd\xc9\xc9\x07\x00"), raw(fin|rsv1|opBinary, e[1])), inflated{op: opBinary, payload: []byte("Hello")}, fails(invalidData)).compressed(),
			tell("A message of fragments with "+e[0]+".", say(append(fragments(rsv1|opBinary, []string{e[1][:1], e[1][1:]}), ping("late"))...), fails(invalidData)).compressed())
	}
	g.Cases = append(g.Cases, tell("A context that was not to be taken over is not there.", say(raw(fin|rsv1|opText, "\xf2\x48\xcd\xc9\xc9\x07\x00"), raw(fin|rsv1|opText, "\xf2\x00\x11\x00\x00")),
		inflated{op: opText, payload: []byte("Hello")}, fails(invalidData)).compressed())
	return g
}

// reservedWithDeflate has the bits that stay reserved when RSV1 has a meaning.
func reservedWithDeflate() Group {
	g := Group{Name: "Reserved bits with compression"}
	bad := func(about string, send ...utterance) {
		g.Cases = append(g.Cases, tell(about, append(say(text("one")), send...), inflated{op: opText, payload: []byte("one")}, fails(protocolError)).compressed())
	}
	const data = "\xf2\x48\xcd\xc9\xc9\x07\x00"
	bad("RSV1 in a ping fails the connection.", raw(fin|rsv1|opPing, "p"))
	bad("RSV1 in an empty ping fails the connection.", raw(fin|rsv1|opPing, ""))
	bad("RSV1 in a pong fails the connection.", raw(fin|rsv1|opPong, ""))
	bad("RSV1 in a close frame fails the connection.", raw(fin|rsv1|opClose, "\x03\xE8"))
	bad("RSV1 in a continuation of a compressed message fails the connection.", raw(rsv1|opText, data[:3]), raw(fin|rsv1|opContinuation, data[3:]))
	bad("RSV1 in a continuation of a message that is not compressed fails the connection.", begun("a"), raw(fin|rsv1|opContinuation, data))
	bad("RSV1 in a continuation of nothing fails the connection.", raw(fin|rsv1|opContinuation, data))
	bad("RSV2 fails the connection.", raw(fin|rsv2|opText, "x"))
	bad("RSV3 fails the connection.", raw(fin|rsv3|opText, "x"))
	bad("RSV1 and RSV2 fail the connection.", raw(fin|rsv1|rsv2|opText, data))
	bad("RSV1 and RSV3 fail the connection.", raw(fin|rsv1|rsv3|opBinary, data))
	bad("RSV1 with a reserved opcode of a data frame fails the connection.", raw(fin|rsv1|3, data))
	bad("RSV1 with a reserved opcode of a control frame fails the connection.", raw(fin|rsv1|11, ""))
	bad("A compressed message between fragments fails the connection.", begun("a"), raw(fin|rsv1|opText, data))
	g.Cases = append(g.Cases, tell("RSV1 without an agreement fails the connection.", say(text("one"), raw(fin|rsv1|opText, data)), text("one"), fails(protocolError)))
	return g
}

// zeros is the compressed form of n zero bytes, at 13 bits for 258 of them.
func zeros(n int) []byte {
	z := narrow{}
	z.put(2, 3)
	z.literal(0)
	for n--; n > 0; {
		step := min(n, 258)
		if step < 3 {
			z.literal(0)
			n--
			continue
		}
		z.match(step, 1)
		n -= step
	}
	z.literal(256)
	z.put(0, 3)
	z.put(0, (8-z.have)%8)
	return z.out
}

var (
	zerosOfLimit = sync.OnceValue(func() []byte { return zeros(largest) })
	zerosBeyond  = sync.OnceValue(func() []byte { return zeros(largest + 1) })
	zerosMany    = sync.OnceValue(func() []byte { return zeros(4 * largest) })
)

// bombs are small messages that become large ones.
func bombs() Group {
	const first = fin | rsv1 | opBinary
	bomb := func(about string, body []byte) Case {
		return tell(about, say(frame{first: first, payload: body}), fails(tooBig)).compressed()
	}
	beyond := zerosBeyond()
	return Group{Name: "The inflated size is what counts", Cases: []Case{
		tell("16 MiB of zeros in 104 KiB are echoed.", say(frame{first: first, payload: zerosOfLimit()}), inflated{opBinary, bytes.Repeat([]byte{0}, largest), true}).compressed(),
		bomb("16 MiB and one byte fail the connection.", beyond),
		bomb("64 MiB in 416 KiB fail the connection.", zerosMany()),
		tell("16 MiB and one byte in three fragments fail the connection.", fragments(rsv1|opBinary, []string{string(beyond[:100]), string(beyond[100:50000]), string(beyond[50000:])}), fails(tooBig)).compressed(),
		tell("A text of 16 MiB and one byte fails the connection because of its size.", say(frame{first: fin | rsv1 | opText, payload: beyond}), fails(tooBig)).compressed(),
		tell("The message before the bomb is echoed.", say(text("one"), frame{first: first, payload: beyond}), inflated{op: opText, payload: []byte("one")}, fails(tooBig)).compressed(),
	}}
}
