package conn

import (
	"strings"
	"testing"
)

// emptyBlocks is a message of n blocks that have codes of their own and contain nothing:
// as much work per byte as DEFLATE can ask for.
func emptyBlocks(n int) string {
	var b []byte
	var bits, count uint64
	put := func(value uint64, size uint64) {
		bits |= value << count
		for count += size; count >= 8; count -= 8 {
			b = append(b, byte(bits))
			bits >>= 8
		}
	}
	for range n {
		put(2<<1, 3)     // not the last one, with codes of its own
		put(14<<10, 14)  // codes for 257 literals, 1 distance and 18 lengths
		put(1<<6, 9*3)   // of which that for runs of zeros has one bit
		put(1<<24, 9*3)  // and that for the length 1
		put(127<<1|1, 8) // 138 zeros
		put(107<<1|1, 8) // 118 more
		put(0, 1+1+1)    // the end of the block and the distance have one bit; the end
	}
	put(0, 3+7) // the block whose tail is left out
	return string(b)
}

// What is small on the wire and large in the server counts as many frames do.
func TestInflatingCountsAsFrames(t *testing.T) {
	for name, tc := range map[string]struct {
		payload string
		cost    int // in frames, with that of the frame itself
		want    string
	}{
		"a bomb":       {packed(strings.Repeat("0", 100*inflatedPerFrame)), 101, strings.Repeat("0", 100*inflatedPerFrame)},
		"empty blocks": {emptyBlocks(100), 101, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for rate, want := range map[int][]string{
				tc.cost + 10: {`text "` + tc.want + `"`},
				tc.cost - 10: {violation(errTooFast), "EOF"},
			} {
				s := serve(t, Options{MaxRate: rate, Deflate: Deflate{Enabled: true, MinSize: 1 << 30}})
				c := openDeflate(t, s.addr, 0)
				c.send(raw(0xC1, tc.payload))
				c.expect(want...)
				c.Close()
			}
		})
	}
}
