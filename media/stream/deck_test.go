package stream

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/fsm"
	"musicdb/media/mix"
)

// decoded is a song that is completely decoded, of samples in steps of 16 bit.
func decoded(rate int, samples []int16) *source {
	s := &source{pcm: newPCM(), resampler: mix.NewResampler(rate), gain: 1, log: slog.New(slog.DiscardHandler)}
	s.machine = fsm.NewRunner(decoding, nil, fsm.Effects[DecodingState, DecodingEvent]{})
	s.pcm.open(rate, time.Hour*time.Duration(len(samples)+2)/time.Duration(rate)/3600)
	for _, v := range samples {
		b := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(v)/32768))
		s.pcm.added(copy(s.pcm.space(), b))
	}
	s.pcm.end()
	return s
}

// failLog fails a test over whatever is logged: the deck logs refused events only.
type failLog struct{ t *rapid.T }

func (f failLog) Enabled(context.Context, slog.Level) bool      { return true }
func (f failLog) WithAttrs([]slog.Attr) slog.Handler            { return f }
func (f failLog) WithGroup(string) slog.Handler                 { return f }
func (f failLog) Handle(_ context.Context, r slog.Record) error { f.t.Fatal(r.Message); return nil }
func testDeck(t *rapid.T) *deck {
	d := newDeck(func(string) {}, func() {}, slog.New(failLog{t}), nil)
	d.mute(false)
	return d
}

// fillSome takes frames from a deck as left and right samples.
func fillSome(d *deck, frames int) (out []int16) {
	block := make([]byte, frames*bytesPerSample)
	d.fill(block)
	for i := 0; i < len(block); i += 2 {
		out = append(out, int16(binary.LittleEndian.Uint16(block[i:])))
	}
	return out
}

// Songs of 16 bit at the stream's rate that follow each other come out bit by bit,
// whatever the sizes of blocks, and each ends once, in order.
func TestDeckIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := testDeck(t)
		var songs []*source
		var want, got []int16
		for range rapid.IntRange(1, 4).Draw(t, "songs") {
			samples := rapid.SliceOfN(rapid.Int16(), 2, 600).Draw(t, "samples")
			samples = samples[:len(samples)/2*2]
			songs = append(songs, decoded(mix.Rate, samples))
			want = append(want, samples...)
		}
		d.play(songs[0])
		var ended []*source
		for len(ended) < len(songs) {
			if current, next := d.onDeck(); current != nil && next == nil {
				if i := slices.Index(songs, current) + 1; i < len(songs) {
					d.cue(songs[i], 0)
				}
			}
			got = append(got, fillSome(d, rapid.IntRange(1, 60).Draw(t, "block"))...)
			ended = append(ended, d.takeEnded()...)
			if len(ended) < len(songs) && len(ended) > 0 {
				if current, _ := d.onDeck(); current == nil { // a block held a whole song
					d.play(songs[len(ended)])
					got = got[:len(want)-remaining(songs[len(ended):])]
				}
			}
		}
		if !slices.Equal(ended, songs) {
			t.Fatalf("%d songs ended, want %d in order", len(ended), len(songs))
		}
		if !slices.Equal(got[:len(want)], want) {
			t.Fatal("the samples are not those of the songs")
		}
		for _, v := range got[len(want):] {
			if v != 0 {
				t.Fatal("something sounds behind the last song")
			}
		}
	})
}

// remaining is how many samples, left and right, songs still hold.
func remaining(songs []*source) (n int) {
	for _, s := range songs {
		held, _ := s.pcm.held()
		n += 2 * held
	}
	return n
}

// Whatever is done to a deck in whatever order: its state says what lies on it, no
// event is refused, no song ends twice, and what was sent is what was asked for.
func TestDeckUnderAnyOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, muted := testDeck(t), false
		over := map[*source]bool{}
		song := func() *source {
			rate := rapid.SampledFrom([]int{44100, 48000, 22050}).Draw(t, "rate")
			v := int16(rapid.IntRange(0, 16000).Draw(t, "level"))
			return decoded(rate, slices.Repeat([]int16{v}, 2*rapid.IntRange(1, 40_000).Draw(t, "frames")))
		}
		t.Repeat(map[string]func(*rapid.T){
			"play": func(t *rapid.T) { d.play(song()) },
			"stop": func(*rapid.T) { d.play(nil) },
			"skip": func(*rapid.T) { d.skip() },
			"mute": func(t *rapid.T) { muted = rapid.Bool().Draw(t, "muted"); d.mute(muted) },
			"cue": func(t *rapid.T) {
				d.cue(song(), time.Duration(rapid.SampledFrom([]int{0, 300, 700}).Draw(t, "fade"))*time.Millisecond)
			},
			"fill": func(t *rapid.T) {
				for _, v := range fillSome(d, rapid.IntRange(1, 5000).Draw(t, "frames")) {
					// Nothing that lies on the deck is below 0, but for a little ringing
					// where songs of 48 kHz meet; a sum that wrapped around would be.
					if v < -5000 {
						t.Fatalf("a sample of %d", v)
					}
				}
			},
			"": func(t *rapid.T) {
				for _, s := range d.takeEnded() {
					if over[s] {
						t.Fatal("a song ended twice")
					}
					over[s] = true
				}
				current, _ := d.onDeck()
				want := map[DeckState]bool{DeckSolo: current != nil && !muted, DeckCrossfade: current != nil && !muted,
					DeckHeld: current != nil && muted, DeckBare: current == nil && !muted, DeckSilenced: current == nil && muted}
				if state := d.machine.State(); !want[state] {
					t.Fatalf("the deck is %v with song %v, muted %v", deckMachine.StateName(state), current != nil, muted)
				}
				if over[current] {
					t.Fatal("a song that has ended is the current one")
				}
			},
		})
	})
}
