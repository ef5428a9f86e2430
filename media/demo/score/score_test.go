package score

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPiecesAreWhole(t *testing.T) {
	paths, slugs := map[string]bool{}, map[string]bool{}
	for _, p := range Pieces() {
		if paths[p.Path()] || slugs[p.Slug] {
			t.Errorf("%s or its path is there twice", p.Slug)
		}
		paths[p.Path()], slugs[p.Slug] = true, true
		if len(p.Tempi) == 0 || p.Tempi[0].Beat != 0 {
			t.Errorf("%s has no tempo at its start", p.Slug)
		}
		if v := p.Voice(p.Checked); v == nil {
			t.Errorf("%s has no voice %q", p.Slug, p.Checked)
		}
		for _, v := range p.Voices {
			if len(v.Notes) == 0 {
				t.Errorf("%s: %s plays nothing", p.Slug, v.Name)
			}
			for _, n := range v.Notes {
				if n.At < 0 || n.At >= p.Beats || n.Length <= 0 || n.Pitch < 21 || n.Pitch > 108 || n.Velocity <= 0 || n.Velocity > 1 {
					t.Errorf("%s: %s: note %+v", p.Slug, v.Name, n)
				}
			}
		}
	}
}

func TestPaths(t *testing.T) {
	var got []string
	for _, p := range Pieces() {
		got = append(got, p.Path())
	}
	for _, want := range []string{
		"Copper Finch Trio/2021 - Hedge and Harbour/03 Café am Hafen.m4a",
		"Linde Aumont/2019 - Rooms by the River/02 The Ferryman's Waltz.m4a",
		"Linde Aumont/2023 - Slow Weather/2-01 Snow Line.opus",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
	if !slices.IsSorted(got) {
		t.Errorf("not in the order of the paths: %q", got)
	}
}

// written plays a line in a bare piece and returns its notes.
func written(text string) (notes []Note, failure string) {
	defer func() {
		if r := recover(); r != nil {
			failure = fmt.Sprint(r)
		}
	}()
	p := Piece{Slug: "test", Meter: 4}
	p.player(Voice{Name: "line"}).held(1).loud(.5).line(text)
	return p.Voices[0].Notes, ""
}

func TestLine(t *testing.T) {
	for text, want := range map[string][]Note{
		"c4 r:2 a4:1! |":    {{0, 1, 60, .5}, {3, 1, 69, .625}},
		"c4+eb4+g4:1.5":     {{0, 1.5, 60, .5}, {0, 1.5, 63, .5}, {0, 1.5, 67, .5}},
		"f#5:2/3, -:1/3 c6": {{0, 1, 78, .36}, {1, 1. / 3, 84, .5}},
		"cb4:1' b#3":        {{0, .5, 59, .5}, {1, 1, 60, .5}},
		"bb2 - | c3":        nil, // the bar is not full
		"h4":                nil,
		"c9":                nil,
		"c4:0":              nil,
		"c4:x":              nil,
		"c4+":               nil,
	} {
		got, failure := written(text)
		if (failure != "") != (want == nil) {
			t.Errorf("%q: failure %q", text, failure)
		}
		if failure != "" {
			if !strings.Contains(failure, "test, line, bar 1") {
				t.Errorf("%q: %q does not say where", text, failure)
			}
			continue
		}
		same := slices.EqualFunc(got, want, func(a, b Note) bool {
			return a.Pitch == b.Pitch && math.Abs(a.At-b.At)+math.Abs(a.Length-b.Length)+math.Abs(a.Velocity-b.Velocity) < 1e-9
		})
		if !same {
			t.Errorf("%q gives %+v, want %+v", text, got, want)
		}
	}
}

func TestChords(t *testing.T) {
	for text, want := range map[string]chord{
		"Am7":        {9, []int{9, 0, 4, 7}, 4},
		"F/A:2":      {9, []int{5, 9, 0}, 2},
		"Bbmaj7/D":   {2, []int{10, 2, 5, 9}, 4},
		"F#dim7:3/2": {6, []int{6, 9, 0, 3}, 1.5},
		"C7sus4":     {0, []int{0, 5, 7, 10}, 4},
	} {
		got, err := parseChords(text)
		if err != nil || len(got) != 1 || got[0].bass != want.bass || !slices.Equal(got[0].tones, want.tones) || got[0].beats != want.beats {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"H", "Cmaj", "C/", "C/x", "C:", "C:-1", "/C"} {
		if got, err := parseChords(text); err == nil {
			t.Errorf("%q was read as %+v", text, got)
		}
	}
}

func TestStackKeepsHandsTogether(t *testing.T) {
	c, err := parseChord("G7/B")
	if err != nil {
		t.Fatal(err)
	}
	// b2 below, then from c4 upward: d f g b, an octave higher d …
	if got, want := c.stack(45, 60)[:6], []int{47, 62, 65, 67, 71, 74}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func FuzzChords(f *testing.F) {
	for _, seed := range []string{"Am7:4 F/A:2 G7", "Bbmaj7/D Cm6", "C:1/3", "H", ":", "/", "C/:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseChords(text)
		if err != nil {
			return
		}
		for _, c := range list {
			stack := c.stack(36, 55)
			if !(c.beats > 0) || len(stack) < 5 || stack[0] < 36 || stack[0] > 47 || !slices.IsSorted(stack[1:]) {
				t.Fatalf("%q: %+v lies as %v", text, c, stack)
			}
		}
	})
}

func FuzzLine(f *testing.F) {
	for _, seed := range []string{"c4 d4:.5! e4+g4:1/3, - r |", "c4'", "!", ":", "+", "c4:1/0", "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		notes, failure := written(text)
		if failure != "" && !strings.HasPrefix(failure, "score: ") {
			t.Fatalf("%q: %s", text, failure)
		}
		for _, n := range notes {
			if n.At < 0 || !(n.Length > 0) || n.Pitch < 0 || n.Pitch > 127 {
				t.Fatalf("%q: %+v", text, n)
			}
		}
	})
}

func TestSeconds(t *testing.T) {
	p := Piece{Tempi: []Tempo{{0, 120}, {8, 120}, {12, 60}}}
	for beat, want := range map[float64]float64{0: 0, 4: 2, 8: 4, 12: 4 + 4*math.Ln2, 14: 4 + 4*math.Ln2 + 2} {
		if got := p.Seconds(beat); math.Abs(got-want) > 1e-9 {
			t.Errorf("beat %g is at %.6f s, want %.6f s", beat, got, want)
		}
	}
	swing := Piece{Tempi: steady(60), Swing: 2. / 3}
	if got := swing.Seconds(3.5); math.Abs(got-3-2./3) > 1e-9 {
		t.Errorf("a swung eighth is at %.3f s", got)
	}
}

// TestTimeNeverGoesBack for any tempo curve and swing.
func TestTimeNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Piece{Swing: rapid.SampledFrom([]float64{0, .5, .6, .67}).Draw(t, "swing")}
		beat := 0.0
		for range rapid.IntRange(1, 5).Draw(t, "points") {
			p.Tempi = append(p.Tempi, Tempo{beat, rapid.Float64Range(30, 240).Draw(t, "bpm")})
			beat += rapid.Float64Range(.5, 20).Draw(t, "beats")
		}
		last := -1.0
		for b := 0.0; b < beat+4; b += .25 {
			now := p.Seconds(b)
			// Between 30 and 240 beats per minute, an eighth swung.
			if now <= last || (last >= 0 && now-last > .25*2*1.4) {
				t.Fatalf("beat %g is at %g s, the one before at %g s", b, now, last)
			}
			last = now
		}
	})
}

func TestWriteIsStable(t *testing.T) {
	var a, b strings.Builder
	for _, out := range []*strings.Builder{&a, &b} {
		if err := Write(out, Pieces()); err != nil {
			t.Fatal(err)
		}
	}
	if a.String() != b.String() || !strings.Contains(a.String(), "voice mandolin: mandolin, ") {
		t.Error("the text of the score differs from one time to the next, or lacks voices")
	}
}
