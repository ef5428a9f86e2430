package search

import "math/bits"

// Where both texts have more than 64 characters a row needs several words.
// That is rare, so the code is plain rather than fast.

const words = maxCodes / 64

type wideRow [words]uint64

// widePattern is a pattern of up to maxCodes characters.
type widePattern struct {
	length int
	places map[uint16]wideRow
}

func newWidePattern(codes []uint16) widePattern {
	p := widePattern{length: len(codes), places: make(map[uint16]wideRow)}
	for i, c := range codes {
		if c != 0 {
			row := p.places[c]
			row[i/64] |= 1 << (i % 64)
			p.places[c] = row
		}
	}
	return p
}

// common returns the length of the longest common subsequence with text.
func (p widePattern) common(text []uint16) int {
	var v wideRow
	for w := range v {
		v[w] = ^uint64(0)
	}
	for _, c := range text {
		places, known := p.places[c]
		if !known {
			continue
		}
		var carry, borrow uint64
		for w := range v {
			u := v[w] & places[w]
			var sum, difference uint64
			sum, carry = bits.Add64(v[w], u, carry)
			difference, borrow = bits.Sub64(v[w], u, borrow)
			v[w] = sum | difference
		}
	}
	zeros := 0
	for w := range v {
		if left := p.length - 64*w; left > 0 {
			zeros += bits.OnesCount64(^v[w] & ones(min(left, 64)))
		}
	}
	return zeros
}

// wideRatio is the partial ratio of two texts of any length up to maxCodes.
func wideRatio(a, b []uint16) float64 {
	switch {
	case len(a) < len(b):
		return newWidePattern(a).inside(b)
	case len(a) > len(b):
		return newWidePattern(b).inside(a)
	default:
		return max(newWidePattern(a).inside(b), newWidePattern(b).inside(a))
	}
}

func (p widePattern) inside(text []uint16) float64 {
	n, m := p.length, len(text)
	if n == 0 {
		return 0
	}
	best := belowThreshold
	if common := p.common(text); rating(common, n+common) <= best {
		return 0
	}
	for end := 1; end < m+n; end++ {
		window := text[max(0, end-n):min(end, m)]
		if rating(len(window), n+len(window)) > best {
			best = max(best, rating(p.common(window), n+len(window)))
		}
	}
	return atLeastThreshold(best)
}
