package conn

// readNumbers reads how many codes a block with dynamic codes has (RFC 1951 3.2.7).
func (z *inflater) readNumbers() inflation {
	if z.count < 14 {
		return starved
	}
	z.numbers.literals = int(z.bits&0x1F) + 257
	z.numbers.distances = int(z.bits>>5&0x1F) + 1
	z.numbers.codeLengths = int(z.bits>>10&0xF) + 4
	z.drop(14)
	if z.numbers.literals+z.numbers.distances > len(z.lengths) || z.numbers.literals > 286 || z.numbers.distances > 30 {
		return broken
	}
	clear(z.lengths[:len(lengthOrder)])
	z.known = 0
	z.stage = lengthCodes
	return going
}

func (z *inflater) readLengthCodes(p []byte) ([]byte, inflation) {
	for ; z.known < z.numbers.codeLengths; z.known++ {
		p = z.fill(p)
		if z.count < 3 {
			return p, starved
		}
		z.lengths[lengthOrder[z.known]] = uint8(z.bits & 7)
		z.drop(3)
	}
	if !z.own[0].build(z.lengths[:len(lengthOrder)]) {
		return p, broken
	}
	z.known = 0
	z.stage = codeLengths
	return p, going
}

// readCodeLengths reads the lengths of all codes, which are coded themselves: 0 to 15
// are lengths, 16 repeats the one before, 17 and 18 are runs of zeros.
func (z *inflater) readCodeLengths(p []byte) ([]byte, inflation) {
	all := z.numbers.literals + z.numbers.distances
	for z.known < all {
		p = z.fill(p)
		symbol, size := z.own[0].find(z.bits)
		if how := z.has(size, 0); how != going {
			return p, how
		}
		if symbol < 16 {
			z.lengths[z.known] = uint8(symbol)
			z.known++
			z.drop(size)
			continue
		}
		extra, run, length := uint(7), 11, uint8(0)
		switch {
		case symbol == 16 && z.known == 0:
			return p, broken
		case symbol == 16:
			extra, run, length = 2, 3, z.lengths[z.known-1]
		case symbol == 17:
			extra, run = 3, 3
		}
		if z.count < size+extra {
			return p, starved
		}
		run += int(z.bits >> size & (1<<extra - 1))
		if z.known+run > all {
			return p, broken
		}
		z.drop(size + extra)
		for range run {
			z.lengths[z.known] = length
			z.known++
		}
	}
	literals := z.lengths[:z.numbers.literals]
	if literals[endOfBlock] == 0 || !z.own[0].build(literals) || !z.own[1].build(z.lengths[z.numbers.literals:all]) {
		return p, broken
	}
	z.tables++
	z.literals, z.distances = &z.own[0], &z.own[1]
	z.stage = blockSymbols
	return p, going
}

// has says whether a code of the given size, found behind the first bits, is here.
func (z *inflater) has(size, behind uint) inflation { return has(z.count, size, behind) }

func has(count, size, behind uint) inflation {
	switch {
	case size == 0 && count >= behind+maxCode:
		return broken
	case size == 0 || count < behind+size:
		return starved
	}
	return going
}

// decode reads literals and matches (RFC 1951 3.2.5) until the block ends. Nothing of a
// literal or match is used before all of it is here: 48 bits at most.
func (z *inflater) decode(room []byte, w int, p []byte) (int, []byte, inflation) {
	bits, count := z.bits, z.count
	literals, distances := z.literals, z.distances
	how := going
	for how == going {
		bits, count, p = refill(bits, count, p)
		symbol, size := literals.find(bits)
		if how = has(count, size, 0); how != going {
			break
		}
		if symbol < endOfBlock {
			if w == len(room) {
				how = filled
				break
			}
			room[w] = byte(symbol)
			w++
			bits >>= size
			count -= size
			continue
		}
		if symbol == endOfBlock {
			z.bits, z.count = bits>>size, count-size
			z.endBlock(w)
			return w, p, going
		}
		if symbol -= firstSpan; symbol >= uint(len(lengthSpans)) {
			how = broken
			break
		}
		s := lengthSpans[symbol]
		length := int(s.first) + int(bits>>size&(1<<s.extra-1))
		size += uint(s.extra)
		symbol, n := distances.find(bits >> size)
		if how = has(count, n, size); how != going {
			break
		}
		if symbol >= uint(len(distanceSpans)) {
			how = broken
			break
		}
		size += n
		s = distanceSpans[symbol]
		if count < size+uint(s.extra) {
			how = starved
			break
		}
		distance := int(s.first) + int(bits>>size&(1<<s.extra-1))
		size += uint(s.extra)
		if distance > w-z.begin {
			how = broken
			break
		}
		bits >>= size
		count -= size
		if length > len(room)-w {
			z.left, z.back = length, distance
			z.stage = matchBytes
			break
		}
		repeat(room[:w+length], w, distance)
		w += length
	}
	z.bits, z.count = bits, count
	return w, p, how
}

// copyMatch copies what is left of a match.
func (z *inflater) copyMatch(room []byte, w int) (int, inflation) {
	n := min(z.left, len(room)-w)
	repeat(room[:w+n], w, z.back)
	w += n
	if z.left -= n; z.left > 0 {
		return w, filled
	}
	z.stage = blockSymbols
	return w, going
}

// repeat fills b from at on with what lies distance bytes before, which may be what it
// has just filled in.
func repeat(b []byte, at, distance int) {
	from := at - distance
	for at < len(b) {
		at += copy(b[at:], b[from:at])
	}
}
