package sound

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DefaultMetaint is the usual number of sound bytes between two metadata
// blocks, announced to the player in the header icy-metaint.
const DefaultMetaint = 16_000

// icyLimit is the longest metadata text: one length byte counts units of 16.
const icyLimit = 255 * 16

// ICYWriter puts the title of the stream between its bytes, for players that
// sent Icy-MetaData: 1. After every metaint bytes of sound comes one length
// byte L and 16·L bytes of text, padded with zeros; L is 0 while the title is
// the same. One goroutine owns it.
type ICYWriter struct {
	w       io.Writer
	metaint int
	left    int // bytes of sound until the next block
	title   string
	sent    string
	fresh   bool // no block was written yet
}

// NewICYWriter returns a writer that sends sound to w with a metadata block
// after every metaint bytes (DefaultMetaint if not positive).
func NewICYWriter(w io.Writer, metaint int) *ICYWriter {
	if metaint <= 0 {
		metaint = DefaultMetaint
	}
	return &ICYWriter{w: w, metaint: metaint, left: metaint, fresh: true}
}

// SetTitle names the sound written from now on.
func (m *ICYWriter) SetTitle(title string) { m.title = title }

// Write sends sound. The count it returns is of sound bytes alone.
func (m *ICYWriter) Write(sound []byte) (int, error) {
	done := 0
	for {
		part := sound[done:min(len(sound), done+m.left)]
		if len(part) > 0 {
			n, err := m.w.Write(part)
			done += n
			m.left -= n
			if err != nil {
				return done, err
			}
		}
		if m.left > 0 {
			return done, nil
		}
		if err := m.block(); err != nil {
			return done, err
		}
		m.left = m.metaint
	}
}

func (m *ICYWriter) block() error {
	if !m.fresh && m.title == m.sent {
		_, err := m.w.Write([]byte{0})
		return err
	}
	m.fresh, m.sent = false, m.title
	_, err := m.w.Write(titleBlock(m.title))
	return err
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
