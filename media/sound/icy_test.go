package sound

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// readICY is a player: it takes the stream apart again. titles has the title of
// each block that was not empty.
func readICY(r io.Reader, metaint int) (sound []byte, titles []string, err error) {
	for {
		part := make([]byte, metaint)
		n, err := io.ReadFull(r, part)
		sound = append(sound, part[:n]...)
		var length [1]byte
		if err == nil {
			_, err = io.ReadFull(r, length[:])
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return sound, titles, nil // ended within the sound, or just behind it
		}
		if err != nil {
			return sound, titles, err
		}
		block := make([]byte, int(length[0])*16)
		if _, err := io.ReadFull(r, block); err != nil {
			return sound, titles, fmt.Errorf("block of %d bytes: %w", len(block), err)
		}
		if len(block) == 0 {
			continue
		}
		text, zeros := string(bytes.TrimRight(block, "\x00")), bytes.Count(block, []byte{0})
		if zeros > 15 || strings.ContainsRune(text, 0) {
			return sound, titles, fmt.Errorf("%d zeros in a block of %d", zeros, len(block))
		}
		rest, ok := strings.CutPrefix(text, "StreamTitle='")
		if !ok {
			return sound, titles, fmt.Errorf("block %q", text)
		}
		title, rest, ok := strings.Cut(rest, "';")
		if !ok || rest != "" {
			return sound, titles, fmt.Errorf("block %q", text)
		}
		titles = append(titles, title)
	}
}

func TestTitleBlock(t *testing.T) {
	for _, c := range []struct{ title, want string }{
		{"Artist – Song", "Artist – Song"},
		{"", ""},
		{"Don't Stop", "Don't Stop"},
		{"Rockin'", "Rockin’"},
		{"';StreamUrl='http://example.org", "’;StreamUrl='http://example.org"},
		{"''", "'’"},
		{"two\nlines\x00", "two lines "},
		{"broken \xff bytes", "broken \uFFFD bytes"},
		{"أغنية", "أغنية"},
	} {
		_, got, err := readICY(bytes.NewReader(append([]byte("x"), titleBlock(c.title)...)), 1)
		if err != nil || len(got) != 1 || got[0] != c.want {
			t.Errorf("%q: %q, %v, want %q", c.title, got, err, c.want)
		}
	}
}

func FuzzTitleBlock(f *testing.F) {
	for _, seed := range []string{"Artist – Song", "';';'", strings.Repeat("ä", 5000), strings.Repeat("'", 4070), "\xff\x00'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, title string) {
		block := titleBlock(title)
		if len(block) != 1+int(block[0])*16 {
			t.Fatalf("length byte %d in front of %d bytes", block[0], len(block)-1)
		}
		_, got, err := readICY(bytes.NewReader(append([]byte("x"), block...)), 1)
		if err != nil || len(got) != 1 {
			t.Fatalf("%q becomes %q, %v", title, got, err)
		}
		if !utf8.ValidString(got[0]) {
			t.Fatalf("%q becomes invalid UTF-8 %q", title, got[0])
		}
		if plain := cleanTitle(title); len(plain) < 4000 && strings.TrimSuffix(plain, "'") != strings.TrimSuffix(strings.TrimSuffix(got[0], "’"), "'") &&
			strings.TrimSuffix(plain, "'")+"’" != got[0] && plain != got[0] {
			t.Fatalf("%q becomes %q", title, got[0])
		}
	})
}

// Whatever is written, in whatever pieces, with whatever titles: a player gets
// exactly the sound, and each title once when it changes.
func TestICYWriterRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		metaint := rapid.IntRange(1, 300).Draw(t, "metaint")
		var wire bytes.Buffer
		w := newICYWriter(&wire, metaint)
		var sound []byte
		var titles []string
		blocks, sinceBlock, sent := 0, 0, ""
		for i := range rapid.IntRange(0, 20).Draw(t, "writes") {
			title := rapid.SampledFrom([]string{"", "A", "B – C", "Ü"}).Draw(t, "title")
			w.SetTitle(title)
			part := bytes.Repeat([]byte{byte(i)}, rapid.IntRange(0, 700).Draw(t, "length"))
			n, err := w.Write(part)
			if err != nil || n != len(part) {
				t.Fatalf("wrote %d of %d: %v", n, len(part), err)
			}
			sound = append(sound, part...)
			for sinceBlock += len(part); sinceBlock >= metaint; sinceBlock -= metaint {
				if blocks == 0 || title != sent {
					titles, sent = append(titles, title), title
				}
				blocks++
			}
		}
		gotSound, gotTitles, err := readICY(&wire, metaint)
		if err != nil || !bytes.Equal(gotSound, sound) {
			t.Fatalf("%d bytes of sound, want %d: %v", len(gotSound), len(sound), err)
		}
		if fmt.Sprint(gotTitles) != fmt.Sprint(titles) {
			t.Fatalf("titles %q, want %q", gotTitles, titles)
		}
	})
}

// brokenWriter takes some bytes and then fails.
type brokenWriter struct{ left int }

var errBroken = errors.New("broken")

func (w *brokenWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.left)
	w.left -= n
	if n < len(p) {
		return n, errBroken
	}
	return n, nil
}

func TestICYWriterReportsErrors(t *testing.T) {
	for left := range 40 {
		w := newICYWriter(&brokenWriter{left}, 10)
		if n, err := w.Write(make([]byte, 60)); !errors.Is(err, errBroken) || n > left {
			t.Errorf("a writer that takes %d bytes: %d, %v", left, n, err)
		}
	}
}
