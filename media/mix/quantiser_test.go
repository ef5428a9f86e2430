package mix

import (
	"encoding/binary"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func samples(out []byte) []int16 {
	s := make([]int16, len(out)/2)
	for i := range s {
		s[i] = int16(binary.LittleEndian.Uint16(out[2*i:]))
	}
	return s
}

// Sound of 16 bit comes out bit by bit as it went in, also at full scale.
func TestSixteenBitPassExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOf(rapid.Int16()).Draw(t, "samples")
		frames := make([]float32, len(in))
		for i, v := range in {
			frames[i] = float32(v) / 32768
		}
		out := make([]byte, 2*len(in))
		var q Quantiser
		q.Quantise(out, frames)
		for i, v := range samples(out) {
			if v != in[i] {
				t.Fatalf("sample %d is %d, was %d", i, v, in[i])
			}
		}
	})
}

// Sound of more bits keeps its mean below one step: it is dithered and not cut.
func TestDitherKeepsWhatIsBelowOneStep(t *testing.T) {
	var q Quantiser
	for _, level := range []float64{0.25, -0.75, 0.5, 100.1} {
		frames := make([]float32, 1<<17)
		for i := range frames {
			frames[i] = float32(level / 32768)
		}
		out := make([]byte, 2*len(frames))
		q.Quantise(out, frames)
		var sum, power float64
		for _, v := range samples(out) {
			d := float64(v) - level
			sum += d
			power += d * d
			if math.Abs(d) > 1.51 {
				t.Fatalf("%v became %d", level, v)
			}
		}
		n := float64(len(frames))
		if mean := sum / n; math.Abs(mean) > 0.01 {
			t.Errorf("%v became %v on average", level, level+mean)
		}
		// Triangular noise and rounding: a quarter of a step squared, whatever the
		// level. Without dither it would depend on it.
		if p := power / n; math.Abs(p-0.25) > 0.02 {
			t.Errorf("the error of %v has the power %v, want 0.25", level, p)
		}
	}
}

// Nothing leaves full scale, louder stays louder, and what is no louder than the
// knee is left alone.
func TestGuard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float32Range(-60, 60).Draw(t, "a"), rapid.Float32Range(-60, 60).Draw(t, "b")
		if g := Guard(a); g > 1 || g < -1 || Guard(-a) != -g {
			t.Fatalf("Guard(%v) = %v", a, g)
		}
		if a <= b && Guard(a) > Guard(b) {
			t.Fatalf("%v is no louder than %v and becomes louder", a, b)
		}
		if a >= -knee && a <= knee && Guard(a) != a {
			t.Fatalf("Guard(%v) = %v below the knee", a, Guard(a))
		}
		var q Quantiser
		var out [4]byte
		q.Quantise(out[:], []float32{a, 1e-7})
		if v := samples(out[:])[0]; (v < 0) != (a < 0) && math.Abs(float64(a)) > 1e-4 {
			t.Fatalf("%v became %d", a, v)
		}
	})
}

// The curves of a fade keep the power, meet in the middle, and are the same
// however the fade is cut into blocks.
func TestFade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-1, 2).Draw(t, "t")
		if p := In(x)*In(x) + Out(x)*Out(x); math.Abs(p-1) > 1e-12 {
			t.Fatalf("the power at %v is %v", x, p)
		}
		length := rapid.IntRange(600, 3000).Draw(t, "length")
		frames := make([]float32, 2*(length+100))
		for i := range frames {
			frames[i] = 1
		}
		for from := 0; from < len(frames)/2; {
			n := min(rapid.IntRange(1, 500).Draw(t, "block"), len(frames)/2-from)
			Fade(frames[2*from:2*(from+n)], In, from, length)
			from += n
		}
		for i := range len(frames) / 2 {
			want := In(float64(i) / float64(length))
			if l, r := frames[2*i], frames[2*i+1]; l != r || math.Abs(float64(l)-want) > 4e-4 {
				t.Fatalf("frame %d of %d has the factors %v and %v, want %v", i, length, l, r, want)
			}
		}
	})
}

func TestQuantiserDoesNotAllocate(t *testing.T) {
	frames, out := sine(441, Rate, 0, 1024), make([]byte, 4*1024)
	var q Quantiser
	if n := testing.AllocsPerRun(100, func() { q.Quantise(out, frames) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkQuantiser is a second of sound that needs dither.
func BenchmarkQuantiser(b *testing.B) {
	frames, out := sine(441, Rate, 0, Rate), make([]byte, 4*Rate)
	var q Quantiser
	b.ReportAllocs()
	for b.Loop() {
		q.Quantise(out, frames)
	}
	if v := samples(out)[1]; v < 16380 || v > 16388 {
		b.Fatal(v)
	}
}
