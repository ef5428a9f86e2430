package mix

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var allRates = []int{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400, 192000}

// sine makes n frames of a tone, the right channel a quarter of a turn behind,
// beginning at the frame `from` of an endless one.
func sine(hz float64, rate int, from, n int) []float32 {
	frames := make([]float32, 2*n)
	for i := range n {
		turn := 2 * math.Pi * hz * float64(from+i) / float64(rate)
		frames[2*i], frames[2*i+1] = float32(0.5*math.Sin(turn)), float32(0.5*math.Cos(turn))
	}
	return frames
}

// convert resamples input that is written in pieces.
func convert(r *Resampler, drain bool, pieces ...[]float32) (out []float32) {
	buf := make([]float32, 2*777)
	pull := func() {
		for n := -1; n != 0; {
			n = r.Read(buf)
			out = append(out, buf[:2*n]...)
		}
	}
	for _, p := range pieces {
		r.Write(p)
		pull()
	}
	if drain {
		r.Drain()
		pull()
	}
	return out
}

// decibels of the largest difference.
func worst(got, want []float32) float64 {
	var peak float64
	for i := range got {
		peak = max(peak, math.Abs(float64(got[i]-want[i])))
	}
	return 20 * math.Log10(max(peak, 1e-9))
}

// A tone comes out of every rate as it would have been recorded at ours: at the
// same moments, at the same level, and with no more beside it than 16 bit have.
func TestToneOfEveryRate(t *testing.T) {
	for _, rate := range allRates {
		for _, hz := range []float64{50, 1000, 0.4 * float64(min(rate, Rate))} {
			n := rate // a second
			out := convert(NewResampler(rate), true, sine(hz, rate, 0, n))
			if len(out) != 2*Rate {
				t.Fatalf("%d Hz: a second has %d frames, want %d", rate, len(out)/2, Rate)
			}
			want := sine(hz, Rate, 0, Rate)
			const edge = 2 * 2 * reach * Rate / 8000
			if d := worst(out[edge:len(out)-edge], want[edge:]); d > -84 {
				t.Errorf("%v Hz at %d Hz: off by %.1f dB", hz, rate, d)
			}
		}
	}
}

// What cannot be heard at our rate does not come back as something else.
func TestNoAliases(t *testing.T) {
	for _, rate := range []int{48000, 96000, 192000} {
		hz := 23_900.0
		if rate > 48000 {
			hz = 0.3 * float64(rate)
		}
		out := convert(NewResampler(rate), true, sine(hz, rate, 0, rate))
		inner := out[400 : len(out)-400]
		if d := worst(inner, make([]float32, len(inner))); d > -70 {
			t.Errorf("%v Hz at %d Hz leaves %.1f dB", hz, rate, d)
		}
	}
}

// However the input is cut and whatever is read at once, the output is the same:
// songs of one rate may follow each other. Needs tells exactly what is needed.
func TestPiecesMakeNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom(allRates).Draw(t, "rate")
		n := rapid.IntRange(0, 4000).Draw(t, "frames")
		in := sine(rapid.Float64Range(20, 3000).Draw(t, "hz"), rate, 5, n)
		want := convert(NewResampler(rate), true, in)
		if frames, whole := len(want)/2, n*Rate/rate; frames != whole {
			t.Fatalf("%d frames make %d, want %d", n, frames, whole)
		}

		r, left := NewResampler(rate), in
		var got []float32
		for {
			out := make([]float32, 2*rapid.IntRange(1, 900).Draw(t, "read"))
			needs := r.Needs(len(out) / 2)
			if len(left)/2 < needs {
				break
			}
			if needs > 0 { // one less is not enough
				r.Write(left[:2*(needs-1)])
				made := r.Read(out)
				if made >= len(out)/2 {
					t.Fatalf("%d frames came without the last one needed", made)
				}
				got, out = append(got, out[:2*made]...), out[2*made:]
				r.Write(left[2*(needs-1) : 2*needs])
				left = left[2*needs:]
			}
			made := r.Read(out)
			if made != len(out)/2 {
				t.Fatalf("%d of %d frames came although all that was needed was there", made, len(out)/2)
			}
			got = append(got, out...)
		}
		got = append(got, convert(r, true, left)...)
		if !slices.Equal(got, want) {
			t.Fatalf("%d frames differ from %d in one piece", len(got)/2, len(want)/2)
		}
		if !r.Empty() || !r.Drained() {
			t.Fatal("something is left behind the end")
		}
	})
}

// At the stream's own rate nothing is touched.
func TestOwnRatePassesUnchanged(t *testing.T) {
	in := sine(997, Rate, 3, 5000)
	if out := convert(NewResampler(Rate), true, in[:2000], in[2000:]); !slices.Equal(out, in) {
		t.Error("frames at the stream's rate were changed")
	}
}

// The ends of a song are no clicks: where a tone begins or ends in full swing, the
// frames at the edge stay close to it.
func TestEdges(t *testing.T) {
	for _, rate := range []int{48000, 96000, 32000} {
		const hz = 331
		for from := range 20 {
			n := rate/3 + 17*from
			out := convert(NewResampler(rate), true, sine(hz, rate, 7*from, n))
			at := float64(7*from) / float64(rate)
			want := make([]float32, len(out))
			for i := range len(want) / 2 {
				turn := 2 * math.Pi * hz * (at + float64(i)/Rate)
				want[2*i], want[2*i+1] = float32(0.5*math.Sin(turn)), float32(0.5*math.Cos(turn))
			}
			if d := worst(out, want); d > -56 {
				t.Errorf("%d Hz, cut at frame %d: off by %.1f dB", rate, 7*from, d)
			}
		}
	}
}

func TestResamplerDoesNotAllocate(t *testing.T) {
	r, in, out := NewResampler(48000), sine(441, 48000, 0, 1200), make([]float32, 2*1024)
	step := func() {
		r.Write(in[:2*r.Needs(1024)])
		if r.Read(out) != 1024 {
			t.Fatal("the frames needed were not enough")
		}
	}
	for range 20 {
		step()
	}
	if n := testing.AllocsPerRun(200, step); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkResampler is a second of sound.
func BenchmarkResampler(b *testing.B) {
	for _, rate := range []int{44100, 48000, 96000, 192000} {
		b.Run(fmt.Sprintf("rate=%d", rate), func(b *testing.B) {
			in, out := sine(441, rate, 0, rate), make([]float32, 2*1024)
			b.ReportAllocs()
			for b.Loop() {
				r, made := NewResampler(rate), 0
				for left := in; len(left) > 0; {
					n := min(len(left), 2*r.Needs(1024))
					r.Write(left[:n])
					left = left[n:]
					made += r.Read(out)
				}
				if made < Rate-100 {
					b.Fatal(made)
				}
			}
		})
	}
}
