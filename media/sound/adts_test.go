package sound

import (
	"bytes"
	"errors"
	"testing"
	"time"
)

func TestParseADTS(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes [ADTSSize]byte
		want  ADTS
		time  time.Duration
	}{
		{"LC, 44.1 kHz, stereo", [7]byte{0xFF, 0xF1, 0x50, 0x80, 0x2E, 0x7F, 0xFC}, ADTS{Profile: 1, SampleRate: 44100, Channels: 2, Size: 371, Blocks: 1}, 23219954},
		{"MPEG-2, CRC, 48 kHz, mono, four blocks", [7]byte{0xFF, 0xF8, 0x4C, 0x43, 0xFF, 0xFF, 0xFF}, ADTS{Protected: true, Profile: 1, SampleRate: 48000, Channels: 1, Size: 8191, Blocks: 4}, 85333333},
	} {
		if got, err := ParseADTS(c.bytes); err != nil || got != c.want || got.Duration() != c.time {
			t.Errorf("%s: %+v, %v, %v, want %+v, %v", c.name, got, got.Duration(), err, c.want, c.time)
		}
	}
	for name, b := range map[string][ADTSSize]byte{
		"eleven sync bits":      {0xFF, 0xE1, 0x50, 0x80, 0x2E, 0x7F, 0xFC},
		"a layer":               {0xFF, 0xF3, 0x50, 0x80, 0x2E, 0x7F, 0xFC},
		"rate 13":               {0xFF, 0xF1, 0x74, 0x80, 0x2E, 0x7F, 0xFC},
		"shorter than a header": {0xFF, 0xF1, 0x50, 0x80, 0x00, 0xDF, 0xFC},
		"no room for the CRC":   {0xFF, 0xF0, 0x50, 0x80, 0x01, 0x1F, 0xFC},
	} {
		if h, err := ParseADTS(b); !errors.Is(err, ErrNoADTS) {
			t.Errorf("%s: %+v, %v, want ErrNoADTS", name, h, err)
		}
	}
}

// FuzzADTS holds for any bytes, cut anywhere: each byte is in a frame, left out
// or pending; each frame begins with a header of its own length; cutting
// elsewhere finds the same frames.
func FuzzADTS(f *testing.F) {
	f.Add(tone(f, AAC)[:2000], 7)
	f.Add([]byte{0xFF, 0xF1, 0x50, 0x80, 0x00, 0xFF, 0xFC, 0xFF, 0xFF, 0xF1}, 3)
	f.Add([]byte{0xFF, 0xF0, 0x50, 0x80, 0x01, 0x3F, 0xFC, 0, 0}, 8)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		var whole, parts ADTSSplitter
		var first, second [][]byte
		inFrames := 0
		whole.Write(stream, func(h ADTS, frame []byte) {
			if again, err := ParseADTS([ADTSSize]byte(frame)); err != nil || again != h || len(frame) != h.Size || h.Duration() <= 0 {
				t.Fatalf("frame of %d bytes for %+v: %v", len(frame), h, err)
			}
			inFrames += len(frame)
			first = append(first, bytes.Clone(frame))
		})
		if sum := inFrames + int(whole.Skipped()) + whole.Pending(); sum != len(stream) {
			t.Fatalf("%d bytes in, %d accounted for", len(stream), sum)
		}
		cut = min(max(cut, 0), len(stream))
		for _, part := range [][]byte{stream[:cut], stream[cut:]} {
			parts.Write(part, func(_ ADTS, frame []byte) { second = append(second, bytes.Clone(frame)) })
		}
		if !bytes.Equal(bytes.Join(first, nil), bytes.Join(second, nil)) || len(first) != len(second) {
			t.Fatalf("%d frames in one piece, %d cut at %d", len(first), len(second), cut)
		}
	})
}
