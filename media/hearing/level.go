package hearing

import "math"

// Level is how loud some sound is. Levels of pieces of sound can be added.
type Level struct {
	Values int64   // samples, each channel counted
	Energy float64 // sum of their squares, full scale being 1
	Peak   float64 // largest amplitude, full scale being 1
	Over   int64   // values at or beyond full scale
}

// silent is the level below which nothing is heard, in dBFS.
const silent = -70

// none is the level of digital silence in dBFS: what 16 bits cannot show.
const none = -120

// DBFS is the root mean square in dB against full scale: 0 for a square wave
// that fills it, -3 for such a sine, never below -120.
func (l Level) DBFS() float64 {
	if l.Values == 0 || l.Energy == 0 {
		return none
	}
	return max(none, 10*math.Log10(l.Energy/float64(l.Values)))
}

// add returns both one after the other.
func (l Level) add(m Level) Level {
	return Level{l.Values + m.Values, l.Energy + m.Energy, max(l.Peak, m.Peak), l.Over + m.Over}
}

// over is the part of the values that is at or beyond full scale, 0 to 1.
func (l Level) over() float64 {
	if l.Values == 0 {
		return 0
	}
	return float64(l.Over) / float64(l.Values)
}

// measure is the level of signed 16-bit little-endian samples. full is the
// sample that stands for full scale.
func measure(pcm []byte, full int) Level {
	values := int64(len(pcm) / 2)
	var energy, over int64
	var peak int
	for ; len(pcm) >= 2; pcm = pcm[2:] {
		x := int(int16(uint16(pcm[0]) | uint16(pcm[1])<<8))
		energy += int64(x) * int64(x)
		x = max(x, -x)
		peak = max(peak, x)
		if x >= full {
			over++
		}
	}
	scale := float64(full)
	return Level{Values: values, Energy: float64(energy) / (scale * scale), Peak: float64(peak) / scale, Over: over}
}
