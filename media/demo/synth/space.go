package synth

import "math"

// room is a feedback delay network: eight delay lines whose ends are mixed by a
// Householder matrix and fed back, a little darker with every turn.
type room struct {
	lines  [8][]float64
	at     [8]int
	gain   [8]float64
	dark   [8]lowpass
	spread [2][]allpass
	ahead  []float64 // the way to the first wall
}

// roomDelays in milliseconds have no common divisor, or the room would ring.
var roomDelays = [8]float64{31.3, 37.9, 41.7, 47.3, 53.9, 61.1, 67.3, 73.7}

func newRoom(decay, rate float64) *room {
	r := &room{ahead: make([]float64, int(.018*rate))}
	for i, ms := range roomDelays {
		n := int(ms * rate / 1000)
		r.lines[i] = make([]float64, n)
		r.gain[i] = math.Pow(.001, float64(n)/rate/decay)
		r.dark[i] = newLowpass(4200, rate)
	}
	for c, times := range [2][]float64{{4.7, 3.1, 11.3}, {5.3, 3.7, 12.7}} {
		for _, ms := range times {
			r.spread[c] = append(r.spread[c], allpass{line: make([]float64, int(ms*rate/1000))})
		}
	}
	return r
}

// allpass smears a click without colouring it.
type allpass struct {
	line []float64
	at   int
}

func (a *allpass) next(x float64) float64 {
	const g = .6
	old := a.line[a.at]
	v := x + g*old
	a.line[a.at] = v
	a.at = (a.at + 1) % len(a.line)
	return old - g*v
}

// next takes a stereo sample and returns the reverberation.
func (r *room) next(left, right float64) (outLeft, outRight float64) {
	for i := range r.spread[0] {
		left = r.spread[0][i].next(left)
		right = r.spread[1][i].next(right)
	}
	var ends [8]float64
	sum := 0.0
	for i := range r.lines {
		ends[i] = r.dark[i].next(r.lines[i][r.at[i]]) * r.gain[i]
		sum += ends[i]
	}
	for i := range r.lines {
		in := left
		if i%2 == 1 {
			in = right
		}
		r.lines[i][r.at[i]] = in*.5 + ends[i] - sum/4
		r.at[i] = (r.at[i] + 1) % len(r.lines[i])
	}
	outLeft = ends[0] - ends[2] + ends[4] - ends[6] + .3*(ends[1]-ends[5])
	outRight = ends[1] - ends[3] + ends[5] - ends[7] + .3*(ends[0]-ends[4])
	return 1.9 * outLeft, 1.9 * outRight
}

// echo repeats a sound on alternating sides, each time softer and darker.
type echo struct {
	left, right []float64
	at          int
	dark        [2]lowpass
}

func newEcho(seconds, rate float64) *echo {
	n := max(1, int(seconds*rate))
	return &echo{left: make([]float64, n), right: make([]float64, n),
		dark: [2]lowpass{newLowpass(3000, rate), newLowpass(3000, rate)}}
}

func (e *echo) next(left, right float64) (outLeft, outRight float64) {
	outLeft, outRight = e.left[e.at], e.right[e.at]
	const again = .42
	e.left[e.at] = e.dark[0].next((left+right)*.5 + again*outRight)
	e.right[e.at] = e.dark[1].next(outLeft * .85)
	e.at = (e.at + 1) % len(e.left)
	return outLeft, outRight
}
