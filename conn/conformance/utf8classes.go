package conformance

import (
	"fmt"
	"unicode/utf8"
)

// class is a kind of byte strings that a decoder of UTF-8 may get wrong; the kinds are
// those of Markus Kuhn's stress test.
type class struct {
	name  string
	texts []string
}

func stressClasses() []class {
	return []class{
		{"Some correct text", []string{"hello$world", "hello¢world", "hello€world", "hello\U00024B62world", greeting}},
		{"All prefixes of a correct text", prefixes(greeting)},
		{"First character of each length", []string{"\x00", "\u0080", "\u0800", "\U00010000"}},
		{"First sequence of five and six bytes", []string{"\xF8\x88\x80\x80\x80", "\xFC\x84\x80\x80\x80\x80"}},
		{"Last character of each length", []string{"\x7F", "\u07FF", "\uFFFF", "\U0010FFFF"}},
		{"Last sequence of four, five and six bytes", []string{"\xF7\xBF\xBF\xBF", "\xFB\xBF\xBF\xBF\xBF", "\xFD\xBF\xBF\xBF\xBF\xBF"}},
		{"Around the surrogates and the last character", []string{"\uD7FF", "\uE000", "\uFFFD", "\U0010FFFF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"}},
		{"Continuation bytes that continue nothing", []string{"\x80", "\xBF", "\x80\xBF", "\x80\xBF\x80", "\x80\xBF\x80\xBF", "\x80\xBF\x80\xBF\x80", "\x80\xBF\x80\xBF\x80\xBF", "\x80\xBF\x80\xBF\x80\xBF\x80", run(0x80, 0xBF, ""), "a\x80", greeting + "\xBF"}},
		{"Begins that nothing continues", []string{run(0xC0, 0xDF, " "), run(0xE0, 0xEF, " "), run(0xF0, 0xF7, " "), run(0xF8, 0xFB, " "), run(0xFC, 0xFD, " "), "\xC2 ", "\xE1 ", "\xF1 ", "\xE1\x80 ", "\xF1\x80\x80 "}},
		{"Characters whose last byte is missing", missingLast},
		{"Incomplete characters in a row", []string{join(missingLast), "\xDF\xEF\xBF\xF3\xBF\xBF", "\xEF\xBF\xEF\xBF"}},
		{"Bytes that never occur", []string{"\xFE", "\xFF", "\xFE\xFE\xFF\xFF", "\xC0", "\xC1", "\xF5", "\xF8", "\xFC", "a\xFFb"}},
		{"A slash, overlong", []string{"\xC0\xAF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xF8\x80\x80\x80\xAF", "\xFC\x80\x80\x80\x80\xAF"}},
		{"The largest overlong sequences", []string{"\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xF8\x87\xBF\xBF\xBF", "\xFC\x83\xBF\xBF\xBF\xBF"}},
		{"A NUL, overlong", []string{"\xC0\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xF8\x80\x80\x80\x80", "\xFC\x80\x80\x80\x80\x80"}},
		{"Single surrogates", surrogates},
		{"Paired surrogates", pairs()},
		{"Characters that are none, but valid", nonCharacters()},
		{"Specials", []string{"\uFFF9", "\uFFFA", "\uFFFB", "\uFFFC", "\uFFFD", "\uFEFF", "\uFEFFwith a mark"}},
	}
}

func prefixes(s string) []string {
	var all []string
	for n := 1; n <= len(s); n++ {
		all = append(all, s[:n])
	}
	return all
}

// run is every byte of a range, each with something behind it.
func run(from, to byte, behind string) string {
	s := ""
	for b := int(from); b <= int(to); b++ {
		s += string([]byte{byte(b)}) + behind
	}
	return s
}

func join(all []string) string {
	s := ""
	for _, one := range all {
		s += one
	}
	return s
}

var missingLast = []string{"\xC0", "\xE0\x80", "\xF0\x80\x80", "\xF8\x80\x80\x80", "\xFC\x80\x80\x80\x80", "\xDF", "\xEF\xBF", "\xF7\xBF\xBF", "\xFB\xBF\xBF\xBF", "\xFD\xBF\xBF\xBF\xBF", "\xF4\x8F\xBF", "\xE2\x82", "ok\xC3"}

var surrogates = []string{"\xED\xA0\x80", "\xED\xAD\xBF", "\xED\xAE\x80", "\xED\xAF\xBF", "\xED\xB0\x80", "\xED\xBE\x80", "\xED\xBF\xBF"}

// pairs are a high surrogate and a low one, as UTF-16 would write a character.
func pairs() []string {
	var all []string
	for _, high := range surrogates[:4] {
		for _, low := range []string{surrogates[4], surrogates[6]} {
			all = append(all, high+low)
		}
	}
	return all
}

// nonCharacters are the last two code points of each plane, and U+FDD0 to U+FDEF: no
// characters, but valid in UTF-8.
func nonCharacters() []string {
	var all []string
	for plane := rune(0); plane <= 0x10; plane++ {
		all = append(all, string(plane<<16|0xFFFE), string(plane<<16|0xFFFF))
	}
	return append(all, "\uFDD0", "\uFDDF", "\uFDEF")
}

// everySecondByte tries every begin of a character with the bytes around the borders of
// what may follow, completed with valid ones. A server that checks most of the time
// fails here.
func everySecondByte() Group {
	g := Group{Name: "Every begin of a character with second bytes around the borders"}
	for first := 0x80; first <= 0xFF; first++ {
		var good, bad []utterance
		var want []answer
		for _, second := range []byte{0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0} {
			s := string([]byte{byte(first), second})
			for len(s) < utf8.UTFMax && first >= 0xC0 {
				if _, ok := judge(s); ok {
					break
				}
				s += "\x80"
			}
			if _, ok := judge(s); ok {
				good, want = append(good, text(s)), append(want, text(s))
			} else if bad == nil {
				bad = say(text(s))
			}
		}
		if good != nil {
			g.Cases = append(g.Cases, tell(fmt.Sprintf("All that is allowed behind byte %#x.", first), good, want...))
		}
		if bad != nil {
			g.Cases = append(g.Cases, tell(fmt.Sprintf("The first that is not allowed behind byte %#x.", first), bad, fails(invalidData)))
		}
	}
	return g
}
