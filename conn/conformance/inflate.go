package conformance

import (
	"errors"
	"fmt"
)

// inflater decompresses the messages of a server (RFC 1951) and refuses every distance
// beyond the window that was agreed upon, which a decompressor with a larger window
// would not notice.
type inflater struct {
	window int  // in bytes
	fresh  bool // no context is taken over from one message to the next

	out   []byte // what was decompressed: context and message
	in    []byte
	at    int    // the next byte of in
	bits  uint32 // read from in and not used yet
	have  uint   // number of bits
	final bool   // a block of the message was marked as the last one
}

// message decompresses one message. The result is valid until the next call.
func (z *inflater) message(b []byte) ([]byte, error) {
	if z.fresh {
		z.out = z.out[:0]
	}
	if keep := z.window; len(z.out) > keep {
		z.out = append(z.out[:0], z.out[len(z.out)-keep:]...)
	}
	from := len(z.out)
	z.in = append(append(z.in[:0], b...), 0x00, 0x00, 0xFF, 0xFF) // RFC 7692 7.2.2
	z.at, z.bits, z.have, z.final = 0, 0, 0, false
	for z.at < len(z.in) {
		if err := z.block(); err != nil {
			return nil, fmt.Errorf("at byte %d of %d: %w", z.at, len(b), err)
		}
	}
	if z.have != 0 {
		return nil, fmt.Errorf("the message ends with %d bits of another block", z.have)
	}
	return z.out[from:], nil
}

// maxInflated bounds what a message may become, in bytes.
const maxInflated = 2 * largest

var errShort = errors.New("the message ends within a block")

func (z *inflater) take(n uint) (uint32, error) {
	for z.have < n {
		if z.at == len(z.in) {
			return 0, errShort
		}
		z.bits |= uint32(z.in[z.at]) << z.have
		z.at++
		z.have += 8
	}
	v := z.bits & (1<<n - 1)
	z.bits >>= n
	z.have -= n
	return v, nil
}

func (z *inflater) block() error {
	header, err := z.take(3)
	if err != nil {
		return err
	}
	switch header >> 1 {
	case 0:
		err = z.stored()
	case 1:
		err = z.compressed(fixedLiterals, fixedDistances)
	case 2:
		var literals, distances *huffman
		if literals, distances, err = z.tables(); err == nil {
			err = z.compressed(literals, distances)
		}
	default:
		err = errors.New("a block of type 3")
	}
	if err == nil && header&1 != 0 { // RFC 7692 7.2.3.4: the next one begins with a new byte
		z.bits, z.have, z.final = 0, 0, true
	}
	return err
}

func (z *inflater) stored() error {
	if z.bits != 0 {
		return errors.New("the padding is not zero")
	}
	z.bits, z.have = 0, 0
	if len(z.in)-z.at < 4 {
		return errShort
	}
	head := z.in[z.at : z.at+4]
	n := int(head[0]) | int(head[1])<<8
	if n != int(^head[2])|int(^head[3])<<8 {
		return errors.New("a stored block with a wrong length")
	}
	z.at += 4
	if len(z.in)-z.at < n {
		return errShort
	}
	z.out = append(z.out, z.in[z.at:z.at+n]...)
	z.at += n
	return nil
}

// huffman is a code, as a table from the next bits to symbol and length.
type huffman struct {
	bits  uint
	table []uint16 // symbol<<4 | length
}

// newHuffman makes the code of RFC 1951 3.2.2 from the lengths of its symbols.
func newHuffman(lengths []byte) (*huffman, error) {
	var count [16]int
	for _, n := range lengths {
		count[n]++
	}
	count[0] = 0
	var next [16]int
	code, space := 0, 0
	h := &huffman{}
	for n := 1; n < 16; n++ {
		code = (code + count[n-1]) << 1
		next[n] = code
		space += count[n] << (15 - n)
		if count[n] > 0 {
			h.bits = uint(n)
		}
	}
	if space > 1<<15 {
		return nil, errors.New("an oversubscribed code")
	}
	h.table = make([]uint16, 1<<h.bits)
	for symbol, n := range lengths {
		if n == 0 {
			continue
		}
		reversed := 0
		for i := range n {
			reversed |= next[n] >> i & 1 << (n - 1 - i)
		}
		next[n]++
		for i := reversed; i < len(h.table); i += 1 << n {
			h.table[i] = uint16(symbol)<<4 | uint16(n)
		}
	}
	return h, nil
}

func mustHuffman(lengths []byte) *huffman {
	h, err := newHuffman(lengths)
	if err != nil {
		panic(err)
	}
	return h
}

var fixedLiterals, fixedDistances = func() (*huffman, *huffman) {
	var literals [288]byte
	for i := range literals {
		switch {
		case i < 144, i >= 280:
			literals[i] = 8
		case i < 256:
			literals[i] = 9
		default:
			literals[i] = 7
		}
	}
	var distances [30]byte
	for i := range distances {
		distances[i] = 5
	}
	return mustHuffman(literals[:]), mustHuffman(distances[:])
}()

func (z *inflater) symbol(h *huffman) (int, error) {
	for z.have < h.bits && z.at < len(z.in) {
		z.bits |= uint32(z.in[z.at]) << z.have
		z.at++
		z.have += 8
	}
	if len(h.table) < 2 {
		return 0, errors.New("a symbol of an empty code")
	}
	entry := h.table[z.bits&(1<<h.bits-1)]
	n := uint(entry & 15)
	switch {
	case n == 0:
		return 0, errors.New("bits that are no symbol")
	case n > z.have:
		return 0, errShort
	}
	z.bits >>= n
	z.have -= n
	return int(entry >> 4), nil
}

// lengthOrder is the order of the lengths of the lengths (RFC 1951 3.2.7).
var lengthOrder = [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// tables reads the codes of a dynamic block.
func (z *inflater) tables() (literals, distances *huffman, err error) {
	head, err := z.take(14)
	if err != nil {
		return nil, nil, err
	}
	nl, nd, nc := int(head&31)+257, int(head>>5&31)+1, int(head>>10)+4
	if nl > 286 || nd > 30 {
		return nil, nil, errors.New("too many symbols")
	}
	var coded [19]byte
	for _, at := range lengthOrder[:nc] {
		n, err := z.take(3)
		if err != nil {
			return nil, nil, err
		}
		coded[at] = byte(n)
	}
	code, err := newHuffman(coded[:])
	if err != nil {
		return nil, nil, err
	}
	var lengths [286 + 30]byte
	for i := 0; i < nl+nd; {
		s, err := z.symbol(code)
		if err != nil {
			return nil, nil, err
		}
		if s < 16 {
			lengths[i] = byte(s)
			i++
			continue
		}
		of := [3]struct{ base, extra uint }{{3, 2}, {3, 3}, {11, 7}}[s-16]
		extra, err := z.take(of.extra)
		if err != nil {
			return nil, nil, err
		}
		value := byte(0)
		if s == 16 {
			if i == 0 {
				return nil, nil, errors.New("a repetition of nothing")
			}
			value = lengths[i-1]
		}
		for range of.base + uint(extra) {
			if i == nl+nd {
				return nil, nil, errors.New("more lengths than symbols")
			}
			lengths[i] = value
			i++
		}
	}
	if literals, err = newHuffman(lengths[:nl]); err != nil {
		return nil, nil, err
	}
	distances, err = newHuffman(lengths[nl : nl+nd])
	return literals, distances, err
}

// compressed reads the symbols of a block up to its end.
func (z *inflater) compressed(literals, distances *huffman) error {
	for {
		s, err := z.symbol(literals)
		switch {
		case err != nil:
			return err
		case s < 256:
			z.out = append(z.out, byte(s))
			continue
		case s == 256:
			return nil
		case s > 285:
			return errors.New("a length that does not exist")
		}
		extra, err := z.take(uint(lengthExtra[s-257]))
		if err != nil {
			return err
		}
		n := int(lengthBase[s-257]) + int(extra)
		if s, err = z.symbol(distances); err != nil {
			return err
		}
		if extra, err = z.take(uint(distanceExtra[s])); err != nil {
			return err
		}
		far := int(distanceBase[s]) + int(extra)
		if len(z.out) > maxInflated {
			return fmt.Errorf("more than %d bytes", maxInflated)
		}
		if far > z.window || far > len(z.out) {
			return fmt.Errorf("a distance of %d, the window has %d bytes and %d are known", far, z.window, len(z.out))
		}
		for range n {
			z.out = append(z.out, z.out[len(z.out)-far])
		}
	}
}

// The lengths and distances of RFC 1951 3.2.5.
var (
	lengthBase, distanceBase   [30]uint16
	lengthExtra, distanceExtra [30]uint8
)

func init() {
	for i, base := 0, 3; i < 28; i++ {
		lengthExtra[i] = uint8(max(0, i/4-1))
		lengthBase[i] = uint16(base)
		base += 1 << lengthExtra[i]
	}
	lengthBase[28] = 258
	for i, base := 0, 1; i < 30; i++ {
		distanceExtra[i] = uint8(max(0, i/2-1))
		distanceBase[i] = uint16(base)
		base += 1 << distanceExtra[i]
	}
}
