package sound

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/media/ffmpeg/ffmpegtest"
)

func TestParseHeader(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes [4]byte
		want  Header
		size  int
		time  time.Duration
	}{
		{"LAME, 320 kbit/s, joint stereo", [4]byte{0xFF, 0xFB, 0xE0, 0x64}, Header{Version: MPEG1, Bitrate: 320000, SampleRate: 44100, Mode: JointStereo}, 1044, 26122448},
		{"the same with padding", [4]byte{0xFF, 0xFB, 0xE2, 0x64}, Header{Version: MPEG1, Bitrate: 320000, SampleRate: 44100, Padding: true, Mode: JointStereo}, 1045, 26122448},
		{"128 kbit/s at 48 kHz, mono, CRC", [4]byte{0xFF, 0xFA, 0x94, 0xC0}, Header{Version: MPEG1, Protected: true, Bitrate: 128000, SampleRate: 48000, Mode: Mono}, 384, 24 * time.Millisecond},
		{"MPEG-2, 64 kbit/s at 22.05 kHz", [4]byte{0xFF, 0xF3, 0x80, 0x00}, Header{Version: MPEG2, Bitrate: 64000, SampleRate: 22050, Mode: Stereo}, 208, 26122448},
		{"MPEG-2.5, 8 kbit/s at 8 kHz", [4]byte{0xFF, 0xE3, 0x18, 0x80}, Header{Version: MPEG25, Bitrate: 8000, SampleRate: 8000, Mode: DualChannel}, 72, 72 * time.Millisecond},
	} {
		got, err := ParseHeader(c.bytes)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
			continue
		}
		if got.Size() != c.size || got.Duration() != c.time {
			t.Errorf("%s: %d bytes, %v, want %d, %v", c.name, got.Size(), got.Duration(), c.size, c.time)
		}
	}
	for name, b := range map[string][4]byte{
		"ID3":              {'I', 'D', '3', 4},
		"ten sync bits":    {0xFF, 0xDB, 0xE0, 0x64},
		"reserved version": {0xFF, 0xEB, 0xE0, 0x64},
		"layer II":         {0xFF, 0xFD, 0xE0, 0x64},
		"reserved layer":   {0xFF, 0xF9, 0xE0, 0x64},
		"bitrate 15":       {0xFF, 0xFB, 0xF0, 0x64},
		"free bitrate":     {0xFF, 0xFB, 0x00, 0x64},
		"sample rate 3":    {0xFF, 0xFB, 0xEC, 0x64},
	} {
		if h, err := ParseHeader(b); !errors.Is(err, ErrNoFrame) {
			t.Errorf("%s: %+v, %v, want ErrNoFrame", name, h, err)
		}
	}
}

// Frames come out whole and in order however the stream is cut into writes, and
// what lies between them is left out.
func TestSplitter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want [][]byte
		noise := 0
		for range rapid.IntRange(0, 20).Draw(t, "parts") {
			if rapid.Bool().Draw(t, "noise") {
				n := rapid.IntRange(1, 50).Draw(t, "length")
				stream = append(stream, bytes.Repeat([]byte{'x'}, n)...)
				noise += n
				continue
			}
			h := Header{Version: MPEG1, SampleRate: 44100, Mode: JointStereo,
				Bitrate: rapid.SampledFrom([]int{32000, 128000, 320000}).Draw(t, "bitrate"), Padding: rapid.Bool().Draw(t, "padding")}
			frame := make([]byte, h.Size())
			head := h.bytes()
			copy(frame, head[:])
			for i := HeaderSize; i < len(frame); i++ {
				frame[i] = byte(rand.N(256))
			}
			want = append(want, frame)
			stream = append(stream, frame...)
		}
		var s Splitter
		var got [][]byte
		for len(stream) > 0 {
			n := rapid.IntRange(1, min(len(stream), 2000)).Draw(t, "write")
			s.Write(stream[:n], func(_ Header, whole []byte) { got = append(got, bytes.Clone(whole)) })
			stream = stream[n:]
		}
		if len(got) != len(want) {
			t.Fatalf("%d frames, want %d", len(got), len(want))
		}
		for i := range got {
			if !bytes.Equal(got[i], want[i]) {
				t.Fatalf("frame %d differs", i)
			}
		}
		if int(s.Skipped())+s.Pending() != noise {
			t.Fatalf("%d bytes left out and %d pending, want %d", s.Skipped(), s.Pending(), noise)
		}
	})
}

func FuzzSplitter(f *testing.F) {
	var s Silence
	f.Add(s.Next(), 7)
	f.Add(append([]byte("ID3\x04junk"), s.Next()...), 3)
	f.Add([]byte{0xFF, 0xFB, 0xE2, 0x64, 0xFF, 0xFF, 0xFB}, 1)
	f.Add([]byte{0xFF, 0xE3, 0x18, 0x80}, 2)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		splitsAnywhere(t, &Splitter{}, &Splitter{}, stream, cut, func(h Header, frame []byte) bool {
			again, err := ParseHeader([4]byte(frame))
			return err == nil && again == h && len(frame) == h.Size()
		})
	})
}

// Silent frames are accepted by a decoder without a complaint, are silence, and
// add up to the exact bitrate.
func TestSilence(t *testing.T) {
	const frames = 441 * 3 // three periods of the padding
	var s Silence
	var mp3 []byte
	for range frames {
		mp3 = append(mp3, s.Next()...)
	}
	if want := frames * 144 * Bitrate / SampleRate; len(mp3) != want {
		t.Errorf("%d frames take %d bytes, want %d", frames, len(mp3), want)
	}
	pcm := ffmpegtest.Run(t, mp3, "-xerror", "-err_detect", "explode", "-flags2", "-skip_manual", "-f", "mp3", "-i", "pipe:0", "-f", "s16le", "pipe:1")
	if want := make([]byte, frames*SamplesPerFrame*4); !bytes.Equal(pcm, want) {
		t.Errorf("%d bytes of sound, want %d, and all of them zero", len(pcm), len(want))
	}
	if n := testing.AllocsPerRun(100, func() { s.Next() }); n != 0 {
		t.Errorf("%v allocations per silent frame", n)
	}
}
