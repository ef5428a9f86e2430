package conformance

import (
	"bytes"
	"fmt"
	"sync"
)

// Sections is the whole table. The caller must not change it.
var Sections = sync.OnceValue(func() []Section {
	sections := []Section{
		{Number: 1, Name: "Framing", Groups: framing()},
		{Number: 2, Name: "Pings and pongs", Groups: pings()},
		{Number: 3, Name: "Reserved bits", Groups: reservedBits()},
		{Number: 4, Name: "Opcodes", Groups: opcodes()},
		{Number: 5, Name: "Fragmentation", Groups: fragmentation()},
		{Number: 6, Name: "UTF-8", Groups: utf8Handling()},
		{Number: 7, Name: "Closing", Groups: closing()},
		{Number: 9, Name: "Limits and volume", Groups: volume()},
		{Number: 10, Name: "Miscellaneous", Groups: miscellaneous()},
		{Number: 12, Name: "Compressed messages", Groups: compression()},
		{Number: 13, Name: "Negotiating compression", Groups: offers()},
	}
	for s := range sections {
		for g := range sections[s].Groups {
			group := &sections[s].Groups[g]
			group.ID = fmt.Sprintf("%d.%d", sections[s].Number, g+1)
			for c := range group.Cases {
				group.Cases[c].ID = fmt.Sprintf("%s.%d", group.ID, c+1)
			}
		}
	}
	return sections
})

// Size of the largest message that an echo server must take, in bytes.
const largest = 16 << 20

// filler is text of n bytes: characters of every length in UTF-8, so that a cut in the
// message is often one in a character.
func filler(n int) []byte {
	const pattern = "aé€🎵·conform"
	b := bytes.Repeat([]byte("*"), n%len(pattern))
	return append(b, bytes.Repeat([]byte(pattern), n/len(pattern))...)
}

// noise is n bytes that are neither text nor compressible, the same ones for the same
// seed.
func noise(n int, seed uint64) []byte {
	b := make([]byte, n)
	x := seed*0x9E3779B97F4A7C15 + 1
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x >> 32)
	}
	return b
}

// large keeps payloads that many cases share.
type large struct {
	fill func(n int) []byte
	mu   sync.Mutex // guards all
	all  map[int][]byte
}

var (
	largeText  = large{fill: filler}
	largeNoise = large{fill: func(n int) []byte { return noise(n, 1) }}
)

func (l *large) of(n int) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = make(map[int][]byte)
	}
	if l.all[n] == nil {
		l.all[n] = l.fill(n)
	}
	return l.all[n]
}
