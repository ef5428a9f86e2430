package conformance

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// The judge over text reads the grammar; the library is the judge over him.
func TestJudgeAgreesWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(rapid.String().Draw(t, "text"))
		if len(b) > 0 && rapid.Bool().Draw(t, "damaged") {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		s := string(b[:rapid.IntRange(0, len(b)).Draw(t, "cut")])
		proof, ok := judge(s)
		if ok != utf8.ValidString(s) {
			t.Fatalf("%+q is judged %v", s, ok)
		}
		if ok {
			return
		}
		if _, later := judge(s[:proof]); !later {
			if earlier, _ := judge(s[:proof]); earlier < proof {
				t.Fatalf("%+q was proven wrong at byte %d already, not %d", s, earlier, proof)
			}
		}
		if proof == len(s) && !completable(s) {
			t.Fatalf("%+q can be completed by nothing, and is said to fail at its end", s)
		}
		if proof < len(s) && completable(s[:proof+1]) {
			t.Fatalf("%+q could still become valid behind byte %d", s, proof+1)
		}
	})
}

// completable tries: one of these is in each range that the next byte may have.
func completable(s string) bool {
	tails := []string{"", "\x80", "\x90", "\xA0"}
	for _, a := range tails {
		for _, b := range tails {
			for _, c := range tails {
				if utf8.ValidString(s + a + b + c) {
					return true
				}
			}
		}
	}
	return false
}

// Every case can be told from every other and says what it is about.
func TestCasesIntroduceThemselves(t *testing.T) {
	seen := map[string]string{}
	for _, s := range Sections() {
		for _, g := range s.Groups {
			if len(g.Cases) == 0 || g.Name == "" {
				t.Errorf("group %s %q has %d cases", g.ID, g.Name, len(g.Cases))
			}
			for _, c := range g.Cases {
				if !strings.HasSuffix(c.About, ".") || !strings.HasPrefix(c.ID, g.ID+".") {
					t.Errorf("case %s says %q", c.ID, c.About)
				}
				key := g.ID + " " + c.About
				if other := seen[key]; other != "" {
					t.Errorf("cases %s and %s both say %q", other, c.ID, c.About)
				}
				seen[key] = c.ID
				if len(c.Ways()) == 0 || len(c.talk) == 0 {
					t.Errorf("case %s does nothing", c.ID)
				}
			}
		}
	}
}

// Fillers have the size that was asked for, whatever it is, and fillers of text are text.
func TestFillers(t *testing.T) {
	for n := range 200 {
		if b := filler(n); len(b) != n || !utf8.Valid(b) {
			t.Errorf("filler(%d) has %d bytes: %+q", n, len(b), b)
		}
	}
}
