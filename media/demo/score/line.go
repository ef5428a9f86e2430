package score

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// player writes the notes of one voice, from left to right.
type player struct {
	piece    *Piece
	voice    int
	beat     float64 // where the next note goes
	length   float64 // of the next note, in beats
	velocity float64
	gate     float64 // share of a note's length for which it is held
	last     int     // index of the first note that was written last
}

// player adds a voice to the piece. The Notes of v are ignored.
func (p *Piece) player(v Voice) *player {
	v.Notes = nil
	p.Voices = append(p.Voices, v)
	return &player{piece: p, voice: len(p.Voices) - 1, length: 1, velocity: .7, gate: .96}
}

// loud sets the velocity of what follows, soft and accented notes are relative
// to it.
func (w *player) loud(velocity float64) *player { w.velocity = velocity; return w }

// held sets for which share of its length a note is held: small is staccato,
// above 1 notes overlap.
func (w *player) held(gate float64) *player { w.gate = gate; return w }

// rest goes on by some beats without playing.
func (w *player) rest(beats float64) *player { w.beat += beats; return w }

// times plays a line several times.
func (w *player) times(n int, line string) *player {
	for range n {
		w.line(line)
	}
	return w
}

// line plays a line of music. Its words are separated by blanks:
//
//	c#5        a note; c4 is middle c, b is flat: eb5
//	c4+e4+g4   notes at once
//	r          a rest
//	-          the last note goes on
//	:1.5 :2/3  behind a note or rest: its length in beats, kept until the next
//	! ,        at the end of a word: accented, soft
//	'          at the end of a word: held for half of its length
//	|          a bar line; it must stand where a bar begins
func (w *player) line(text string) *player {
	for _, word := range strings.Fields(text) {
		if word == "|" {
			if bar := w.beat / w.piece.Meter; math.Abs(bar-math.Round(bar)) > 1e-6 {
				w.fail(word, fmt.Errorf("bar line at beat %.3f", w.beat))
			}
			continue
		}
		w.word(word)
	}
	return w
}

func (w *player) word(word string) {
	bare, velocity, gate := w.touch(word)
	name, length, ok := strings.Cut(bare, ":")
	if ok {
		beats, err := parseLength(length)
		if err != nil {
			w.fail(word, err)
		}
		w.length = beats
	}
	notes := w.notes()
	switch name {
	case "r":
	case "-":
		for i := w.last; i < len(*notes); i++ {
			(*notes)[i].Length += w.length * w.gate
		}
	default:
		w.last = len(*notes)
		for tone := range strings.SplitSeq(name, "+") {
			pitch, err := parsePitch(tone)
			if err != nil {
				w.fail(word, err)
			}
			w.add(pitch, w.length*gate, velocity)
		}
	}
	w.beat += w.length
}

// touch takes the marks for accents and staccato off a word.
func (w *player) touch(name string) (bare string, velocity, gate float64) {
	bare, velocity, gate = name, w.velocity, w.gate
	for bare != "" {
		switch bare[len(bare)-1] {
		case '!':
			velocity = min(1, velocity*1.25)
		case ',':
			velocity *= .72
		case '\'':
			gate *= .5
		default:
			return bare, velocity, gate
		}
		bare = bare[:len(bare)-1]
	}
	return bare, velocity, gate
}

func (w *player) add(pitch int, length, velocity float64) {
	notes := w.notes()
	*notes = append(*notes, Note{At: w.beat, Length: length, Pitch: pitch, Velocity: velocity})
}

func (w *player) notes() *[]Note { return &w.piece.Voices[w.voice].Notes }

func (w *player) fail(word string, err error) {
	panic(fmt.Sprintf("score: %s, %s, bar %d, %q: %v", w.piece.Slug, w.piece.Voices[w.voice].Name,
		int(w.beat/w.piece.Meter)+1, word, err))
}

// hits plays percussion from a grid of steps: x is a stroke, X an accented and
// o a soft one, . none; blanks only help the eye.
func (w *player) hits(pitch int, step float64, grid string) *player {
	for _, c := range strings.ReplaceAll(grid, " ", "") {
		switch c {
		case 'x':
			w.add(pitch, step, w.velocity)
		case 'X':
			w.add(pitch, step, min(1, w.velocity*1.3))
		case 'o':
			w.add(pitch, step, w.velocity*.55)
		case '.':
		default:
			w.fail(grid, fmt.Errorf("step %q", c))
		}
		w.beat += step
	}
	return w
}

func parseLength(s string) (float64, error) {
	whole, part, isFraction := strings.Cut(s, "/")
	n, err := strconv.ParseFloat(whole, 64)
	if err == nil && isFraction {
		var d float64
		d, err = strconv.ParseFloat(part, 64)
		n /= d
	}
	if err != nil || !(n > 0 && n < 1000) {
		return 0, fmt.Errorf("length %q", s)
	}
	return n, nil
}

// parsePitch reads a note name with its octave.
func parsePitch(s string) (int, error) {
	class, rest, err := parseClass(s)
	if err != nil {
		return 0, err
	}
	octave, err := strconv.Atoi(rest)
	if err != nil || octave < 0 || octave > 8 {
		return 0, fmt.Errorf("octave of %q", s)
	}
	return 12*(octave+1) + class, nil
}

// parseClass reads a note name, upper or lower case, and returns its semitone
// above c and what follows. The result is −1 for cb and 12 for b#, so that the
// octave written behind it counts from the letter.
func parseClass(s string) (class int, rest string, err error) {
	if s == "" {
		return 0, "", fmt.Errorf("a note name is missing")
	}
	i := strings.IndexByte("c d ef g a b", s[0]|0x20)
	if i < 0 || s[0] == ' ' {
		return 0, "", fmt.Errorf("note name %q", s)
	}
	switch rest = s[1:]; {
	case strings.HasPrefix(rest, "#"):
		return i + 1, rest[1:], nil
	case strings.HasPrefix(rest, "b"):
		return i - 1, rest[1:], nil
	}
	return i, rest, nil
}
