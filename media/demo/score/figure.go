package score

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// qualities are the intervals of a chord above its root, by what is written
// behind the root.
var qualities = map[string][]int{
	"":      {0, 4, 7},
	"m":     {0, 3, 7},
	"5":     {0, 7},
	"6":     {0, 4, 7, 9},
	"m6":    {0, 3, 7, 9},
	"7":     {0, 4, 7, 10},
	"m7":    {0, 3, 7, 10},
	"maj7":  {0, 4, 7, 11},
	"dim7":  {0, 3, 6, 9},
	"m7b5":  {0, 3, 6, 10},
	"7b9":   {0, 4, 7, 10, 13},
	"9":     {0, 4, 7, 10, 14},
	"m9":    {0, 3, 7, 10, 14},
	"maj9":  {0, 4, 7, 11, 14},
	"13":    {0, 4, 10, 14, 21},
	"add9":  {0, 4, 7, 14},
	"sus4":  {0, 5, 7},
	"sus2":  {0, 2, 7},
	"7sus4": {0, 5, 7, 10},
}

// chord is a chord symbol, read.
type chord struct {
	bass  int   // semitones above c, 0–11
	tones []int // semitones above c, 0–11, in the order root, third, fifth, …
	beats float64
}

// parseChords reads chord symbols such as "Am7:4 F/A:2 G7"; the length in
// beats is kept until the next one.
func parseChords(text string) ([]chord, error) {
	var out []chord
	beats := 4.0
	for word := range strings.FieldsSeq(text) {
		name, length, ok := strings.Cut(word, ":")
		if ok {
			var err error
			if beats, err = parseLength(length); err != nil {
				return nil, err
			}
		}
		c, err := parseChord(name)
		if err != nil {
			return nil, fmt.Errorf("chord %q: %w", word, err)
		}
		c.beats = beats
		out = append(out, c)
	}
	return out, nil
}

func parseChord(name string) (chord, error) {
	name, bass, over := strings.Cut(name, "/")
	root, quality, err := parseClass(name)
	if err != nil {
		return chord{}, err
	}
	intervals, ok := qualities[quality]
	if !ok {
		return chord{}, fmt.Errorf("unknown kind %q", quality)
	}
	c := chord{bass: modulo12(root)}
	for _, i := range intervals {
		c.tones = append(c.tones, modulo12(root+i))
	}
	if over {
		class, rest, err := parseClass(bass)
		if err != nil || rest != "" {
			return chord{}, fmt.Errorf("bass %q", bass)
		}
		c.bass = modulo12(class)
	}
	return c, nil
}

func modulo12(n int) int { return (n%12 + 12) % 12 }

// stack lays the chord out for a hand: element 0 is the bass, the lowest at or
// above the note low; the others are the chord's tones upward, beginning at or
// above the note from. Neighbouring chords thus come to lie close together.
func (c chord) stack(low, from int) []int {
	out := []int{low + modulo12(c.bass-low)}
	var octave []int
	for _, t := range c.tones {
		octave = append(octave, from+modulo12(t-from))
	}
	slices.Sort(octave)
	octave = slices.Compact(octave)
	for i := range 3 * len(octave) {
		out = append(out, octave[i%len(octave)]+12*(i/len(octave)))
	}
	return out
}

// figure plays a pattern over chords. The steps of the pattern have the given
// length in beats and are numbers into the stack (0 is the bass, 1 and up the
// chord's tones), joined by + to sound at once; . is a rest. The marks ! , '
// of a line may follow. The pattern starts again with each chord.
//
// With ring, notes are held until their chord ends, as with the pedal.
func (w *player) figure(chords, low, from string, step float64, pattern string, ring bool) *player {
	list, err := parseChords(chords)
	if err != nil {
		w.fail(chords, err)
	}
	lowest, err := parsePitch(low)
	if err != nil {
		w.fail(low, err)
	}
	first, err := parsePitch(from)
	if err != nil {
		w.fail(from, err)
	}
	steps := strings.Fields(pattern)
	for _, c := range list {
		stack, end := c.stack(lowest, first), w.beat+c.beats
		for i := 0; w.beat < end-1e-6; i++ {
			length := min(step, end-w.beat)
			w.step(steps[i%len(steps)], stack, length, end, ring)
			w.beat += length
		}
		w.beat = end
	}
	return w
}

func (w *player) step(word string, stack []int, length, end float64, ring bool) {
	if word == "." {
		return
	}
	bare, velocity, gate := w.touch(word)
	sounding := length * gate
	if ring {
		sounding = end - w.beat
	}
	for number := range strings.SplitSeq(bare, "+") {
		i, err := strconv.Atoi(number)
		if err != nil || i < 0 || i >= len(stack) {
			w.fail(word, fmt.Errorf("no tone %q in a chord", number))
		}
		w.add(stack[i], sounding, velocity)
	}
}

// chords plays each chord once, held, with n tones above its bass. With n = 0
// only the bass is played.
func (w *player) chords(chords, low, from string, n int) *player {
	pattern := "0"
	for i := 1; i <= n; i++ {
		pattern += "+" + strconv.Itoa(i)
	}
	return w.figure(chords, low, from, 1000, pattern, false)
}
