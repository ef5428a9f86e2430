package search

import (
	"math"
	"math/bits"
)

// Threshold is the rating from which on a name is a hit.
const Threshold = 80.0

// belowThreshold is the rating that a hit must exceed.
var belowThreshold = math.Nextafter(Threshold, 0)

// rating is 100·2·LCS / (both lengths). Equal fractions give equal numbers,
// because the one division is rounded correctly.
func rating(common, lengths int) float64 { return float64(200*common) / float64(lengths) }

// pattern is a text prepared to be compared with many others: bit i of
// places[c] says that the i-th character of the text has the code c. The
// longest common subsequence with another text then takes a handful of machine
// instructions per character of the other (Hyyrö, "Bit-parallel LCS-length
// computation revisited", 2004): in the row v a zero at bit i means that the
// subsequence of the first i+1 characters is longer by one than that of the
// first i.
type pattern struct {
	codes  []uint16 // at most 64
	places []uint64 // by code
}

// step advances the row v by one character of the other text, whose places are
// given; bits outside of within are left out of the comparison.
func step(v, places uint64) uint64 {
	u := v & places
	return (v + u) | (v - u)
}

func ones(n int) uint64 { return 1<<n - 1 } // for n = 64, 1<<64 is 0, so all ones

// ratio returns the partial ratio of the pattern and text if it is at least the
// threshold, and otherwise any number below.
func (p pattern) ratio(text []uint16) float64 {
	switch n, m := len(p.codes), len(text); {
	case n == 0 || m == 0:
		return 0
	case n < m:
		return p.inside(text)
	case n > m:
		return p.around(text)
	default:
		return max(p.inside(text), p.around(text))
	}
}

// hopeless reports whether texts of which one, of length n, is compared with
// windows of the other cannot reach the threshold, when the whole other one has
// so much in common with it: no window has more in common, and a window with
// nothing else in it is the best there could be.
func hopeless(common, n int) bool { return rating(common, n+common) < Threshold }

// inside compares the pattern with the windows of a text that is not shorter.
func (p pattern) inside(text []uint16) float64 {
	n, m := len(p.codes), len(text)
	v, all := ^uint64(0), ones(n)
	for _, c := range text {
		v = step(v, p.places[c])
	}
	// Nearly all names end here.
	if hopeless(bits.OnesCount64(^v&all), n) {
		return 0
	}
	best := belowThreshold
	v = ^uint64(0)
	for k, c := range text[:n] { // one run rates all windows at the beginning
		v = step(v, p.places[c])
		best = max(best, rating(bits.OnesCount64(^v&all), n+k+1))
	}
	members := 0 // characters of the window that occur in the pattern
	for _, c := range text[:n] {
		members += member(p.places[c])
	}
	for i := 1; i < m; i++ {
		members -= member(p.places[text[i-1]])
		end := i + n
		if end <= m {
			members += member(p.places[text[end-1]])
		} else {
			end = m
		}
		// A window that begins with a stranger is no better than the next one.
		if p.places[text[i]] == 0 || rating(members, n+end-i) <= best {
			continue
		}
		v := ^uint64(0)
		for _, c := range text[i:end] {
			v = step(v, p.places[c])
		}
		best = max(best, rating(bits.OnesCount64(^v&all), n+end-i))
	}
	return atLeastThreshold(best)
}

// around compares a text with the windows of the pattern, which is not shorter:
// a row that ignores the bits before i rates the windows that begin at i.
func (p pattern) around(text []uint16) float64 {
	n, m := len(p.codes), len(text)
	best := belowThreshold
	v, members := ^uint64(0), uint64(0) // members: characters of the pattern that occur in the text
	for _, c := range text {
		v = step(v, p.places[c])
		members |= p.places[c]
	}
	if hopeless(bits.OnesCount64(^v&ones(n)), m) {
		return 0
	}
	for k := 1; k <= m; k++ {
		best = max(best, rating(bits.OnesCount64(^v&ones(k)), m+k))
	}
	for i := 1; i < n; i++ {
		length := min(m, n-i)
		window := ones(length) << i
		if members>>i&1 == 0 || rating(bits.OnesCount64(members&window), m+length) <= best {
			continue
		}
		v := ^uint64(0)
		for _, c := range text {
			v = step(v, p.places[c]&window)
		}
		best = max(best, rating(bits.OnesCount64(^v&window), m+length))
	}
	return atLeastThreshold(best)
}

func member(places uint64) int {
	if places != 0 {
		return 1
	}
	return 0
}

func atLeastThreshold(best float64) float64 {
	if best < Threshold {
		return 0
	}
	return best
}
