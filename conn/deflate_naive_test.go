package conn

// naiveInflate is a plain reading of RFC 1951, one bit at a time, with no regard for
// speed or errors. It tells what nobody else does: the largest distance of a match.
func naiveInflate(packed []byte) (out []byte, distance int) {
	at := 0
	bit := func() int {
		b := int(packed[at/8]) >> (at % 8) & 1
		at++
		return b
	}
	number := func(n uint8) (v int) {
		for i := range n {
			v |= bit() << i
		}
		return v
	}
	// The codes of one length are a row: the first of them, and their symbols.
	type row struct {
		first   int
		symbols []int
	}
	codes := func(lengths []int) (rows [16]row) {
		next := 0
		for n := 1; n <= 15; n++ {
			rows[n].first = next
			for symbol, length := range lengths {
				if length == n {
					rows[n].symbols = append(rows[n].symbols, symbol)
					next++
				}
			}
			next <<= 1
		}
		return rows
	}
	symbol := func(rows *[16]row) int {
		code := 0
		for n := 1; ; n++ {
			code = code<<1 | bit()
			if i := code - rows[n].first; i < len(rows[n].symbols) {
				return rows[n].symbols[i]
			}
		}
	}
	for at < 8*len(packed) {
		final := bit() == 1
		var literals, distances []int
		switch number(2) {
		case 0:
			at = (at + 7) / 8 * 8
			n := number(16)
			number(16)
			out = append(out, packed[at/8:at/8+n]...)
			at += 8 * n
		case 1:
			for s := range 288 {
				literals = append(literals, [...]int{8, 9, 7, 8}[s/144+s/256+s/280])
			}
			for range 30 {
				distances = append(distances, 5)
			}
		case 2:
			nl, nd, nc := number(5)+257, number(5)+1, number(4)+4
			lengths := make([]int, 19)
			for i := range nc {
				lengths[lengthOrder[i]] = number(3)
			}
			own := codes(lengths)
			var all []int
			for len(all) < nl+nd {
				switch s := symbol(&own); s {
				case 16:
					for range number(2) + 3 {
						all = append(all, all[len(all)-1])
					}
				case 17:
					all = append(all, make([]int, number(3)+3)...)
				case 18:
					all = append(all, make([]int, number(7)+11)...)
				default:
					all = append(all, s)
				}
			}
			literals, distances = all[:nl], all[nl:]
		}
		if literals != nil {
			l, d := codes(literals), codes(distances)
			for s := symbol(&l); s != endOfBlock; s = symbol(&l) {
				if s < endOfBlock {
					out = append(out, byte(s))
					continue
				}
				n := int(lengthSpans[s-firstSpan].first) + number(lengthSpans[s-firstSpan].extra)
				s = symbol(&d)
				back := int(distanceSpans[s].first) + number(distanceSpans[s].extra)
				distance = max(distance, back)
				for range n {
					out = append(out, out[len(out)-back])
				}
			}
		}
		if final {
			at = (at + 7) / 8 * 8
		}
	}
	return out, distance
}
