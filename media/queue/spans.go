package queue

import (
	"cmp"
	"slices"
)

// A span is a range of ranks, or of positions, from the first one to before to.
type span struct{ from, to int }

// spans are sorted and do not touch each other.
type spans []span

// tidy makes spans of any ranges, in place.
func tidy(ranges []span) spans {
	slices.SortFunc(ranges, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	s := ranges[:0]
	for _, one := range ranges {
		switch {
		case one.from >= one.to:
		case len(s) > 0 && one.from <= s[len(s)-1].to:
			s[len(s)-1].to = max(s[len(s)-1].to, one.to)
		default:
			s = append(s, one)
		}
	}
	return s
}

func (s spans) size() (n int) {
	for _, one := range s {
		n += one.to - one.from
	}
	return n
}

// minus appends to kept what other does not have of s.
func (s spans) minus(kept, other spans) spans {
	for _, one := range s {
		first, _ := slices.BinarySearchFunc(other, one.from, func(o span, from int) int { return cmp.Compare(o.to, from+1) })
		for _, gone := range other[first:] {
			if gone.from >= one.to {
				break
			}
			if gone.from > one.from {
				kept = append(kept, span{one.from, gone.from})
			}
			one.from = gone.to
		}
		if one.from < one.to {
			kept = append(kept, one)
		}
	}
	return kept
}

// nth returns the n-th of the ranks, counted from 0, which must be less than size.
func (s spans) nth(n int) int {
	for _, one := range s {
		if length := one.to - one.from; n >= length {
			n -= length
			continue
		}
		return one.from + n
	}
	panic("queue: a rank beyond the last span")
}

func (s spans) has(rank int) bool {
	return slices.ContainsFunc(s, func(one span) bool { return one.from <= rank && rank < one.to })
}
