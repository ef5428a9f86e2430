package synth

import (
	"fmt"
	"hash/fnv"
	"math"

	"musicdb/media/demo/score"
)

// Render plays a piece and returns its two channels at the given sampling rate
// (Hz), samples between −1 and 1, exactly as long as the piece says.
func Render(p *score.Piece, rate float64) (left, right []float64, err error) {
	n := int(math.Round(p.Duration() * rate))
	m := mix{
		left: make([]float64, n), right: make([]float64, n),
		roomLeft: make([]float64, n), roomRight: make([]float64, n),
		echoLeft: make([]float64, n), echoRight: make([]float64, n),
		rate: rate,
	}
	for v := range p.Voices {
		voice := &p.Voices[v]
		play, ok := patches[voice.Instrument]
		if !ok {
			return nil, nil, fmt.Errorf("synth: %s: nothing plays %q", p.Slug, voice.Instrument)
		}
		m.voice(p, voice, play)
	}
	m.spaces(p)
	fadeOut(m.left, m.right, p.Tail, rate)
	master(m.left, m.right, rate)
	return m.left, m.right, nil
}

// mix is the desk: the sum of all voices and what goes to room and echo.
type mix struct {
	left, right         []float64
	roomLeft, roomRight []float64
	echoLeft, echoRight []float64
	rate                float64
}

func (m *mix) voice(p *score.Piece, v *score.Voice, play patch) {
	// Equal power: a voice is as loud at the side as in the middle.
	angle := (v.Pan + 1) * math.Pi / 4
	level := decibels(v.Level)
	gainLeft, gainRight := level*math.Cos(angle)*math.Sqrt2, level*math.Sin(angle)*math.Sqrt2
	for i, note := range v.Notes {
		seed := seedOf(p.Slug, v.Name, i)
		dice := noise(seed)
		dice.next()
		start := p.Seconds(note.At)
		held := p.Seconds(note.At+note.Length) - start
		start = max(0, start+p.Loose*dice.next())
		touch := note.Velocity
		if p.Loose > 0 {
			touch *= 1 + .06*dice.next()
		}
		left, right := play(tone{
			freq: score.Frequency(note.Pitch), pitch: note.Pitch,
			velocity: min(1, touch), held: held, rate: m.rate, seed: seed,
		})
		at := int(start * m.rate)
		for j := range min(len(left), len(m.left)-at) {
			l, r := left[j]*gainLeft, right[j]*gainRight
			m.left[at+j] += l
			m.right[at+j] += r
			m.roomLeft[at+j] += l * v.Room
			m.roomRight[at+j] += r * v.Room
			m.echoLeft[at+j] += l * v.Echo
			m.echoRight[at+j] += r * v.Echo
		}
	}
}

// spaces adds echo and reverberation; echoes sound in the room, too.
func (m *mix) spaces(p *score.Piece) {
	if p.Space.Delay > 0 {
		// The tempo in the middle of the piece counts.
		middle := math.Floor(p.Beats / 2)
		e := newEcho(p.Seconds(middle+p.Space.Delay)-p.Seconds(middle), m.rate)
		for i := range m.left {
			l, r := e.next(m.echoLeft[i], m.echoRight[i])
			m.left[i] += l
			m.right[i] += r
			m.roomLeft[i] += .4 * l
			m.roomRight[i] += .4 * r
		}
	}
	if p.Space.Wet > 0 {
		room := newRoom(p.Space.Decay, m.rate)
		for i := range m.left {
			l, r := room.next(m.roomLeft[i], m.roomRight[i])
			m.left[i] += p.Space.Wet * l
			m.right[i] += p.Space.Wet * r
		}
	}
}

// fadeOut takes the tail down to silence.
func fadeOut(left, right []float64, tail, rate float64) {
	n := min(len(left), int(tail*rate))
	for i := range n {
		g := math.Sin(math.Pi / 2 * float64(i) / float64(n))
		left[len(left)-1-i] *= g
		right[len(right)-1-i] *= g
	}
}

func seedOf(piece, voice string, note int) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s/%s/%d", piece, voice, note)
	return h.Sum64()
}
