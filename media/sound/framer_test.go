package sound

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/media/ffmpeg/ffmpegtest"
)

// encodings are how ffmpeg is asked for each format.
var encodings = map[Format][]string{
	MP3:  {"-c:a", "libmp3lame", "-b:a", "320k", "-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3"},
	Opus: {"-c:a", "libopus", "-b:a", "160k", "-page_duration", "60000", "-f", "ogg"},
	AAC:  {"-c:a", "aac", "-b:a", "192k", "-f", "adts"},
	FLAC: {"-c:a", "flac", "-frame_size", "2048", "-page_duration", "20000", "-f", "ogg"},
}

// tone is four seconds of a sine wave in a format.
func tone(t testing.TB, f Format) []byte {
	t.Helper()
	return ffmpegtest.Run(t, nil, append(append([]string{"-f", "lavfi", "-i", "aevalsrc=exprs=0.5*sin(2*PI*441*t)|0.5*sin(2*PI*441*t):s=44100:d=4"}, encodings[f]...), "pipe:1")...)
}

// What real encoders deliver comes out whole and in order, in frames that last
// as long as their sound, however it is cut into writes.
func TestFramersOnRealEncoders(t *testing.T) {
	for _, f := range Formats() {
		stream := tone(t, f)
		rapid.Check(t, func(t *rapid.T) {
			framer := f.NewFramer()
			var again []byte
			var sounds time.Duration
			heads, frames := 0, 0
			for rest := stream; len(rest) > 0; {
				n := rapid.IntRange(1, min(len(rest), 20_000)).Draw(t, "write")
				framer.Write(rest[:n], func(frame Frame) {
					if frame.Head != nil {
						heads++
						if frames > 0 {
							t.Fatalf("%v: a head in front of frame %d", f, frames)
						}
					}
					frames++
					sounds += frame.Sounds
					again = append(append(again, frame.Head...), frame.Bytes...)
				})
				rest = rest[n:]
			}
			if !bytes.Equal(again, stream) || framer.Skipped() != 0 {
				t.Fatalf("%v: %d of %d bytes came out, %d left out", f, len(again), len(stream), framer.Skipped())
			}
			if want := map[Format]int{Opus: 1, FLAC: 1}[f]; heads != want {
				t.Fatalf("%v: %d heads, want %d", f, heads, want)
			}
			// The encoders' own delay is part of the sound.
			if sounds < 4*time.Second-time.Microsecond || sounds > 4*time.Second+120*time.Millisecond {
				t.Fatalf("%v: the frames last %v", f, sounds)
			}
			if frames < 60 {
				t.Fatalf("%v: %d frames are too few to join between", f, frames)
			}
		})
	}
}

// One who joins in the middle hears the rest: what the ring delivers from there
// is decoded without a complaint, as long as the burst says.
func TestJoinInTheMiddleIsDecoded(t *testing.T) {
	demuxer := map[Format]string{MP3: "mp3", Opus: "ogg", AAC: "aac", FLAC: "ogg"}
	for _, f := range Formats() {
		r := NewRing()
		f.NewFramer().Write(tone(t, f), func(frame Frame) {
			if frame.Head != nil {
				r.SetHead(frame.Head)
			}
			r.Append(frame.Bytes, frame.Sounds)
		})
		at, heard := r.Join(1500 * time.Millisecond)
		heard = bytes.Clone(heard)
		if (f == Opus || f == FLAC) != (len(heard) > 0) {
			t.Errorf("%v: a head of %d bytes", f, len(heard))
		}
		for {
			piece, err := r.Read(at)
			must(t, err)
			if len(piece.Sound) == 0 {
				break
			}
			heard, at = append(heard, piece.Sound...), piece.Next
		}
		pcm := ffmpegtest.Run(t, heard, "-xerror", "-f", demuxer[f], "-i", "pipe:0", "-f", "s16le", "-ac", "2", "-ar", "44100", "pipe:1")
		sounds := time.Duration(len(pcm)/4) * time.Second / SampleRate
		if sounds < 1400*time.Millisecond || sounds > 1700*time.Millisecond {
			t.Errorf("%v: %v are heard of a burst of 1.5 s", f, sounds)
		}
		// Whole periods of 100 samples: a tone that is only shifted repeats itself.
		from := len(pcm) / 2 / 400 * 400
		for i := from; i < from+40_000; i += 2 {
			a, b := sample(pcm[i:]), sample(pcm[i+400:])
			if d := a - b; d < -800 || d > 800 {
				t.Fatalf("%v: sample %d is %d, a period later %d", f, i/2, a, b)
			}
		}
	}
}

func sample(b []byte) int { return int(int16(uint16(b[0]) | uint16(b[1])<<8)) }

// A new head reaches those who listen already, in front of its first frame, and
// those who join behind it.
func TestHeads(t *testing.T) {
	r := NewRing()
	early, head := r.Join(time.Second)
	if head != nil {
		t.Errorf("an empty ring has the head %q", head)
	}
	r.SetHead([]byte("<one>"))
	r.Append([]byte("a"), time.Second)
	r.Append([]byte("b"), time.Second)
	r.SetHead([]byte("<two>"))
	waiting, head := r.Join(0)
	if head != nil {
		t.Errorf("one who joins behind the last frame gets %q twice", head)
	}
	r.Append([]byte("c"), time.Second)
	r.Append([]byte("d"), time.Second)
	read := func(at Position) (all string) {
		for {
			piece, err := r.Read(at)
			must(t, err)
			if len(piece.Sound) == 0 {
				return all
			}
			all, at = all+string(piece.Sound), piece.Next
		}
	}
	if got := read(early); got != "<one>ab<two>cd" {
		t.Errorf("the first listener hears %q", got)
	}
	if got := read(waiting); got != "<two>cd" {
		t.Errorf("one who joined between the streams hears %q", got)
	}
	for i, want := range []string{"<two>", "<two>d", "<two>cd", "<one>b<two>cd", "<one>ab<two>cd", "<one>ab<two>cd"} {
		at, head := r.Join(time.Duration(i) * time.Second)
		if got := string(head) + read(at); got != want {
			t.Errorf("one who joins with a burst of %d s hears %q, want %q", i, got, want)
		}
	}
}

// A packet that goes on is never torn apart: whoever joins gets whole packets.
func TestPacketOverSeveralPages(t *testing.T) {
	f := Opus.NewFramer()
	var got []string
	write := func(p []byte) {
		f.Write(p, func(frame Frame) {
			got = append(got, fmt.Sprintf("%d+%d %v", len(frame.Head), len(frame.Bytes), frame.Sounds))
		})
	}
	write(page(0x02, 0, 19))
	write(page(0x00, 0, 40))
	write(page(0x00, -1, 255))
	write(page(0x01, 4800, 10))
	write(page(0x00, 9600, 20))
	write(page(0x01, 14400, 20)) // its beginning was lost
	if want := fmt.Sprint([]string{"115+321 100ms", "0+48 100ms"}); fmt.Sprint(got) != want {
		t.Errorf("frames %v, want %v", got, want)
	}
	if f.Skipped() != 48 {
		t.Errorf("%d bytes left out, want the last page", f.Skipped())
	}
}
