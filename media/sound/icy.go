package sound

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DefaultMetaint is the usual number of sound bytes between two metadata
// blocks, announced to the player in the header icy-metaint.
const DefaultMetaint = 16_000

// icyLimit is the longest metadata text: one length byte counts units of 16.
const icyLimit = 255 * 16

// silentBlock is what stands where a title would, while it is the same.
var silentBlock = []byte{0}

// titled is a title and its block, for all who are sent it.
type titled struct {
	title string
	block []byte
}

// titleBlock is the block of a title. Those of a mount are at about the same place, so
// the last one is kept.
func (m *Mount) titleBlock(title string) []byte {
	if last := m.titled.Load(); last != nil && last.title == title {
		return last.block
	}
	fresh := &titled{title, titleBlock(title)}
	m.titled.Store(fresh)
	return fresh.block
}

// titleBlock is a complete metadata block: length byte, text, zeros.
//
// The text has the form StreamTitle='…'; and no way to escape the quote.
// Players look for the end as "';", so a quote in front of a semicolon, and at
// the end of the title, is written as U+2019, which looks the same; control
// characters become spaces, invalid UTF-8 U+FFFD.
func titleBlock(title string) []byte {
	const before, after = "StreamTitle='", "';"
	clean := cleanTitle(title)
	clean = cutUTF8(clean, icyLimit-len(before)-len(after))
	if strings.HasSuffix(clean, "'") {
		clean = cutUTF8(clean[:len(clean)-1], icyLimit-len(before)-len(after)-len("’")) + "’"
	}
	text := fmt.Sprint(before, clean, after)
	units := (len(text) + 15) / 16
	block := make([]byte, 1+units*16)
	block[0] = byte(units)
	copy(block[1:], text)
	return block
}

func cleanTitle(title string) string {
	title = strings.ToValidUTF8(title, "\uFFFD")
	title = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, title)
	return strings.ReplaceAll(title, "';", "’;")
}

// cutUTF8 shortens s to at most limit bytes without splitting a character.
func cutUTF8(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
