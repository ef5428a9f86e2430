package synth

import (
	"fmt"
	"math"
	"testing"

	"musicdb/media/demo/score"
)

const testRate = 32000

// power is that of one frequency (Goertzel's algorithm).
func power(windowed []float64, freq float64) float64 {
	c := 2 * math.Cos(2*math.Pi*freq/testRate)
	var s1, s2 float64
	for _, v := range windowed {
		s1, s2 = v+c*s1-s2, s1
	}
	return s1*s1 + s2*s2 - c*s1*s2
}

// TestInstrumentsAreInTune plays single notes over the range of each instrument
// and looks for the loudest frequency near the one that was asked for.
func TestInstrumentsAreInTune(t *testing.T) {
	low := map[score.Instrument]bool{score.Upright: true, score.Sub: true, score.Triangle: true}
	for name, play := range patches {
		if name == score.Drums || name == score.ChipKit {
			continue
		}
		pitches := []int{55, 74}
		if low[name] {
			pitches = []int{31, 43}
		}
		for _, pitch := range pitches {
			want := score.Frequency(pitch)
			left, right := play(tone{freq: want, pitch: pitch, velocity: .7, held: .9, rate: testRate, seed: 5})
			n := min(len(left), int(.8*testRate))
			mono := make([]float64, n)
			for i := range mono {
				mono[i] = (left[i] + right[i]) * (.5 - .5*math.Cos(2*math.Pi*float64(i)/float64(n)))
			}
			best, at := 0.0, 0.0
			for cents := -48.0; cents <= 48; cents += 4 {
				if p := power(mono, want*math.Pow(2, cents/1200)); p > best {
					best, at = p, cents
				}
			}
			most := 8.0
			if name == score.Pad { // seven saws, up to ten cents apart, beat
				most = 13
			}
			if math.Abs(at) > most {
				t.Errorf("%s plays note %d by %.0f cents wrong", name, pitch, at)
			}
		}
	}
}

// TestInstrumentsEndInSilence: a cut-off or endless note would click.
func TestInstrumentsEndInSilence(t *testing.T) {
	for name, play := range patches {
		pitches := []int{60}
		if name == score.Drums || name == score.ChipKit {
			pitches = []int{score.Kick, score.Rim, score.Snare, score.Brush, score.HiHat, score.Ride, score.Frame, score.Shaker}
		}
		for _, pitch := range pitches {
			left, right := play(tone{freq: score.Frequency(pitch), pitch: pitch, velocity: 1, held: .3, rate: testRate, seed: 1})
			if len(left) != len(right) || len(left) > 12*testRate {
				t.Fatalf("%s %d: %d and %d samples", name, pitch, len(left), len(right))
			}
			peak := 0.0
			for i := range left {
				peak = max(peak, math.Abs(left[i]), math.Abs(right[i]))
			}
			end := max(math.Abs(left[len(left)-1]), math.Abs(right[len(right)-1]))
			if !(peak > .005 && peak < 3) || end > .02*peak {
				t.Errorf("%s %d: peak %.3f, last sample %.4f", name, pitch, peak, end)
			}
		}
	}
}

// TestLoudness uses the definition in ITU-R BS.1770-4: a sine of 997 Hz in one
// channel at full scale measures −3.01 LUFS.
func TestLoudness(t *testing.T) {
	for _, rate := range []float64{24000, 48000} {
		sine, silence := make([]float64, int(3*rate)), make([]float64, int(3*rate))
		for i := range sine {
			sine[i] = math.Sin(2 * math.Pi * 997 * float64(i) / rate)
		}
		if got := Loudness(sine, silence, rate); math.Abs(got+3.01) > .05 {
			t.Errorf("at %g Hz one channel measures %.2f LUFS, want −3.01", rate, got)
		}
		if got := Loudness(sine, sine, rate); math.Abs(got) > .05 {
			t.Errorf("at %g Hz both channels measure %.2f LUFS, want 0.00", rate, got)
		}
	}
}

// TestLimit checks the ceiling on sounds that start, stop and jump.
func TestLimit(t *testing.T) {
	dice := noise(99)
	left, right := make([]float64, 2*testRate), make([]float64, 2*testRate)
	for i := range left {
		left[i], right[i] = dice.next(), dice.next()
		if i/4000%3 == 0 {
			left[i] *= 6
		}
	}
	limit(left, right, .5, testRate)
	for i := range left {
		if math.Abs(left[i]) > .5+1e-9 || math.Abs(right[i]) > .5+1e-9 {
			t.Fatalf("sample %d is %.3f, %.3f", i, left[i], right[i])
		}
	}
}

func TestSlidingMin(t *testing.T) {
	dice := noise(3)
	in := make([]float64, 200)
	for i := range in {
		in[i] = dice.next()
	}
	for _, w := range []int{0, 1, 7, 300} {
		got := slidingMin(in, w)
		for i := range in {
			want := math.Inf(1)
			for j := max(0, i-w); j <= min(len(in)-1, i+w); j++ {
				want = min(want, in[j])
			}
			if got[i] != want {
				t.Fatalf("width %d, place %d: %g, want %g", w, i, got[i], want)
			}
		}
	}
}

// shortPiece has one voice for each of the given instruments.
func shortPiece(instruments ...score.Instrument) score.Piece {
	p := score.Piece{Slug: "test", Meter: 4, Beats: 4, Tail: .5, Tempi: []score.Tempo{{BPM: 120}},
		Space: score.Space{Decay: 1, Wet: .2, Delay: .5}}
	for i, name := range instruments {
		p.Voices = append(p.Voices, score.Voice{Name: fmt.Sprint(i), Instrument: name, Room: .4, Echo: .2,
			Notes: []score.Note{{At: 0, Length: 1, Pitch: 60, Velocity: .7}, {At: 3.9, Length: 4, Pitch: 67, Velocity: .7}}})
	}
	return p
}

func TestRenderIsRepeatableAndAsLongAsThePiece(t *testing.T) {
	p := shortPiece(score.Harp, score.Pad, score.Drums)
	left, right, err := Render(&p, testRate)
	if err != nil {
		t.Fatal(err)
	}
	if want := int(2.5 * testRate); len(left) != want || len(right) != want {
		t.Fatalf("%d and %d samples, want %d", len(left), len(right), want)
	}
	top := decibels(ceiling) + 1e-9
	again, _, err := Render(&p, testRate)
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		if left[i] != again[i] {
			t.Fatalf("sample %d differs", i)
		}
		if math.Abs(left[i]) > top || math.Abs(right[i]) > top || math.IsNaN(left[i]+right[i]) {
			t.Fatalf("sample %d is %g, %g", i, left[i], right[i])
		}
	}
	if got := Loudness(left, right, testRate); math.Abs(got-targetLoudness) > 1 {
		t.Errorf("loudness %.1f LUFS, want %.0f", got, targetLoudness)
	}
}

func TestRenderNamesAnUnknownInstrument(t *testing.T) {
	p := shortPiece("theremin")
	if _, _, err := Render(&p, testRate); err == nil || err.Error() != `synth: test: nothing plays "theremin"` {
		t.Errorf("error %v", err)
	}
}

func TestEveryVoiceHasAPlayer(t *testing.T) {
	for _, p := range score.Pieces() {
		for _, v := range p.Voices {
			if patches[v.Instrument] == nil {
				t.Errorf("%s: nothing plays %q", p.Slug, v.Instrument)
			}
		}
	}
}
