package conn

import "unicode/utf8"

// utf8Checker validates text that arrives in pieces of any size (RFC 6455 8.1). It
// fails at the first byte after which no continuation can be valid, so a message
// is refused while it arrives and not when it is complete.
type utf8Checker struct {
	part  [utf8.UTFMax]byte // the begin of a character that is not complete
	partN uint8
}

// check reports whether the text so far, including p, can still become valid.
func (c *utf8Checker) check(p []byte) bool {
	for c.partN > 0 && len(p) > 0 {
		c.part[c.partN] = p[0]
		c.partN++
		p = p[1:]
		begin := c.part[:c.partN]
		if !utf8.FullRune(begin) {
			continue
		}
		if !utf8.Valid(begin) {
			return false
		}
		c.partN = 0
	}
	tail := incomplete(p)
	c.partN += uint8(copy(c.part[c.partN:], tail))
	return utf8.Valid(p[:len(p)-len(tail)])
}

// complete reports whether the text ends with a complete character, and makes the
// checker ready for the next text.
func (c *utf8Checker) complete() bool {
	done := c.partN == 0
	c.partN = 0
	return done
}

// incomplete returns the begin of a character at the end of p that may still be
// completed.
func incomplete(p []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		tail := p[len(p)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return nil
			}
			return tail
		}
	}
	return nil
}
