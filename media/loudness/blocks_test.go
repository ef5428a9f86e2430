package loudness

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// exact is the definition of ITU-R BS.1770-4, over blocks and not over steps, with
// the relative gate moved by some LU.
func exact(blocks []float64, moved float64) float64 {
	mean := func(gate float64) float64 {
		power, count := 0.0, 0.0
		for _, l := range blocks {
			if l > absoluteGate && l > gate {
				power, count = power+math.Pow(10, l/10), count+1
			}
		}
		if count == 0 {
			return math.Inf(-1)
		}
		return 10 * math.Log10(power/count)
	}
	return mean(mean(math.Inf(-1)) + relativeGate + moved)
}

// music draws blocks as music has them: some levels, around which they vary.
func music(t *rapid.T) (blocks []float64) {
	from := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	for range rapid.IntRange(1, 6).Draw(t, "parts") {
		level, swing := -60*from.Float64(), 6*from.Float64()
		for range 50 + from.IntN(200) {
			blocks = append(blocks, level+swing*(2*from.Float64()-1))
		}
	}
	return blocks
}

// The steps are wrong by at most half of one. And so is the gate, which makes a
// difference only if blocks lie just there: then the result is one that the
// definition gives for a gate that near.
func TestBlocksAreExactEnough(t *testing.T) {
	wrong, all := 0.0, 0.0
	rapid.Check(t, func(t *rapid.T) {
		blocks := music(t)
		var b Blocks
		for _, l := range blocks {
			b.Add(l)
		}
		least, most := exact(blocks, -step), exact(blocks, step) // a higher gate leaves louder blocks
		if l := b.Loudness(); l < least-step/2 || l > most+step/2 {
			t.Errorf("%v is not between %v and %v", l, least, most)
		}
		wrong, all = wrong+math.Abs(b.Loudness()-exact(blocks, 0)), all+1
	})
	if mean := wrong / all; mean > 0.01 {
		t.Errorf("the steps are wrong by %.4f LU in the mean", mean)
	}
}

// The loudness of an album does not depend on how it is cut into songs.
func TestAlbumIsMeasuredOverItsBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks := music(t)
		cut := rapid.IntRange(0, len(blocks)).Draw(t, "cut")
		var whole, first, second Blocks
		for i, l := range blocks {
			whole.Add(l)
			if i < cut {
				first.Add(l)
			} else {
				second.Add(l)
			}
		}
		first.Join(&second)
		if first != whole {
			t.Error("blocks got lost")
		}
	})
}

func TestBlocksSurviveTheDatabase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b Blocks
		for _, l := range rapid.SliceOf(rapid.Float64()).Draw(t, "blocks") {
			b.Add(l)
		}
		for _, l := range rapid.SliceOf(rapid.Float64Range(-75, 20)).Draw(t, "more") {
			b.Add(l)
		}
		got, err := decodeBlocks(b.encode())
		if err != nil || *got != b {
			t.Errorf("%v", err)
		}
	})
}

func TestSilenceHasNoLoudness(t *testing.T) {
	var b Blocks
	for _, l := range []float64{math.NaN(), math.Inf(-1), -120.691, -70} {
		b.Add(l)
	}
	if l := b.Loudness(); !math.IsInf(l, -1) || len(b.encode()) != 0 {
		t.Errorf("silence has %v LUFS, % x", l, b.encode())
	}
	b.Add(math.Inf(1))
	if l := b.Loudness(); !near(l, 15, step) {
		t.Errorf("what is beyond the last step counts as %v", l)
	}
}

func FuzzDecodeBlocks(f *testing.F) {
	var b Blocks
	for _, l := range []float64{-69.99, -23, -23, 14.99} {
		b.Add(l)
	}
	f.Add(b.encode())
	for _, damaged := range []string{"\x00", "\x00\x00", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01\x01\x01\x01", "\xd1\x06\x01\x00\x01"} {
		f.Add([]byte(damaged))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := decodeBlocks(data)
		if err != nil {
			return
		}
		again, err := decodeBlocks(b.encode())
		if err != nil || *again != *b {
			t.Errorf("% x becomes % x, %v", data, b.encode(), err)
		}
	})
}
