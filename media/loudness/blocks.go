package loudness

import (
	"encoding/binary"
	"errors"
	"math"
)

const (
	// absoluteGate is the loudness in LUFS below which a block is silence (EBU R 128).
	absoluteGate = -70.0
	// relativeGate is how far in LU a block may be below the mean of all that
	// passed the absolute gate.
	relativeGate = -10.0
	step         = 0.1 // LU
	steps        = 850 // up to +15 LUFS; what is beyond counts as that
)

// Blocks counts how often which loudness was met, in steps of 0.1 LU from −70 LUFS
// on, among the gating blocks of a sound: 400 ms each, one begins every 100 ms
// (ITU-R BS.1770-4). The zero value is silence.
type Blocks [steps]uint32

// Add counts a block of this loudness in LUFS. Silence is left out.
func (b *Blocks) Add(loudness float64) {
	if loudness > absoluteGate { // NaN is not
		b[int(min(math.Round((loudness-absoluteGate)/step), steps-1))]++
	}
}

// Join counts the blocks of another sound, too.
func (b *Blocks) Join(other *Blocks) {
	for i, n := range other {
		b[i] += n
	}
}

// Loudness is the integrated loudness of what was counted, in LUFS; −Inf for
// silence.
func (b *Blocks) Loudness() float64 {
	mean := b.mean(math.Inf(-1))
	return b.mean(mean + relativeGate)
}

// mean is the loudness of the mean power of the blocks louder than a gate.
func (b *Blocks) mean(gate float64) float64 {
	power, count := 0.0, 0.0
	for i, n := range b {
		if middle := absoluteGate + float64(i)*step; n > 0 && middle > gate {
			power += float64(n) * math.Pow(10, middle/10)
			count += float64(n)
		}
	}
	if count == 0 {
		return math.Inf(-1)
	}
	return 10 * math.Log10(power/count)
}

// encode writes pairs of numbers: how many steps were not met before the next
// one, and how often that was. A song takes some hundred bytes.
func (b *Blocks) encode() []byte {
	out, skipped := []byte{}, uint64(0)
	for _, n := range b {
		if n == 0 {
			skipped++
			continue
		}
		out = binary.AppendUvarint(binary.AppendUvarint(out, skipped), uint64(n))
		skipped = 0
	}
	return out
}

var errBlocks = errors.New("the blocks of a song are damaged")

func decodeBlocks(data []byte) (*Blocks, error) {
	b := &Blocks{}
	for at := uint64(0); len(data) > 0; at++ {
		skipped, n := binary.Uvarint(data)
		if n <= 0 || skipped >= steps {
			return nil, errBlocks
		}
		count, m := binary.Uvarint(data[n:])
		at += skipped
		if m <= 0 || count == 0 || count > math.MaxUint32 || at >= steps {
			return nil, errBlocks
		}
		b[at] = uint32(count)
		data = data[n+m:]
	}
	return b, nil
}
