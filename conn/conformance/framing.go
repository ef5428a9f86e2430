package conformance

import (
	"bytes"
	"fmt"
	"strings"
)

// lengths of a payload around the three forms of RFC 6455 5.2.
var lengths = []int{0, 1, 124, 125, 126, 127, 128, 1000, 65534, 65535, 65536, 65537}

// framing is section 1: messages of one frame.
func framing() []Group {
	texts := Group{Name: "Text messages, every form of the length"}
	binaries := Group{Name: "Binary messages, every form of the length"}
	chops := Group{Name: "Messages in chopped writes"}
	for _, n := range lengths {
		t := text(string(filler(n)))
		b := bin(string(noise(n, uint64(n))))
		texts.Cases = append(texts.Cases, tell(fmt.Sprintf("A text of %d bytes is echoed.", n), say(t), t))
		binaries.Cases = append(binaries.Cases, tell(fmt.Sprintf("A binary message of %d bytes is echoed.", n), say(b), b))
	}
	for _, n := range []int{128, 1000, 65535, 65536} {
		t, b := text(string(filler(n))), bin(string(noise(n, 2)))
		chops.Cases = append(chops.Cases, tell(fmt.Sprintf("A text of %d bytes and a binary message as large arrive in small pieces and are echoed.", n), say(t, b), t, b).chopped(3, 7, 997))
	}
	six := say(text("one"), text("two"), bin("\x00\xFF"), text(""), bin(""), text("six"))
	pairs := Group{Name: "Several messages in one write", Cases: []Case{
		tell("Messages of both kinds are echoed in their order.", six,
			text("one"), text("two"), bin("\x00\xFF"), text(""), bin(""), text("six")),
		tell("A binary message may have any bytes.", say(bin(everyByte)), bin(everyByte)),
		tell("A text may have a NUL and other control characters.", say(text("\x00\x01\x1f\x7f")), text("\x00\x01\x1f\x7f")),
		tell("The second of two messages arrives cut in its header.", say(text("one"), verbatim{"one byte of a header", []byte{fin | opText}}), text("one")).
			then(say(verbatim{"the rest of a text \"two\"", []byte{0x83, 0, 0, 0, 0, 't', 'w', 'o'}}), text("two")),
	}}
	wrong := Group{Name: "Lengths and masks that are not allowed"}
	bad := func(about string, f frame) {
		wrong.Cases = append(wrong.Cases, tell(about, say(f), fails(protocolError)))
	}
	long := strings.Repeat("a", 125)
	bad("An unmasked text fails the connection.", frame{first: fin | opText, payload: []byte("hi"), bare: true})
	bad("An unmasked empty text fails the connection.", frame{first: fin | opText, bare: true})
	bad("An unmasked ping fails the connection.", frame{first: fin | opPing, bare: true})
	bad("An unmasked close frame fails the connection.", frame{first: fin | opClose, payload: []byte{3, 232}, bare: true})
	bad("A length of 0 in 16 bits fails the connection.", frame{first: fin | opText, form: in16})
	bad("A length of 125 in 16 bits fails the connection.", frame{first: fin | opText, payload: []byte(long), form: in16})
	bad("A length of 125 in 64 bits fails the connection.", frame{first: fin | opBinary, payload: []byte(long), form: in64})
	bad("A length of 126 in 64 bits fails the connection.", frame{first: fin | opBinary, payload: []byte(long + "a"), form: in64})
	bad("A length of 65535 in 64 bits fails the connection.", frame{first: fin | opBinary, payload: bytes.Repeat([]byte("a"), 65535), form: in64})
	bad("A ping whose length stands in 16 bits fails the connection.", frame{first: fin | opPing, payload: []byte("p"), form: in16})
	wrong.Cases = append(wrong.Cases,
		tell("A length with its highest bit set fails the connection.", say(verbatim{"the header of a text of 2^63+1 bytes", lengthOf(1<<63 + 1)}), fails(protocolError)),
		tell("A mask of zeros is a mask.", say(verbatim{"text \"hi\", mask 0", []byte("\x81\x82\x00\x00\x00\x00hi")}), text("hi")),
		tell("What came before an unmasked frame is answered.", say(text("one"), frame{first: fin | opText, payload: []byte("two"), bare: true}), text("one"), fails(protocolError)),
	)
	return []Group{texts, binaries, chops, pairs, wrong}
}

// everyByte has each byte once.
var everyByte = func() string {
	var b [256]byte
	for i := range b {
		b[i] = byte(i)
	}
	return string(b[:])
}()

// lengthOf is the header of a masked text with a length in 64 bits.
func lengthOf(n uint64) []byte {
	b := []byte{fin | opText, 0x80 | 127}
	for shift := 56; shift >= 0; shift -= 8 {
		b = append(b, byte(n>>shift))
	}
	return append(b, 1, 2, 3, 4)
}
