package sound

import (
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

func FuzzADTS(f *testing.F) {
	f.Add(tone(f, AAC)[:2000], 7)
	f.Add([]byte{0xFF, 0xF1, 0x50, 0x80, 0x00, 0xFF, 0xFC, 0xFF, 0xFF, 0xF1}, 3)
	f.Add([]byte{0xFF, 0xF0, 0x50, 0x80, 0x01, 0x3F, 0xFC, 0, 0}, 8)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		splitsAnywhere(t, &ADTSSplitter{}, &ADTSSplitter{}, stream, cut, func(h ADTS, frame []byte) bool {
			again, err := ParseADTS([ADTSSize]byte(frame))
			return err == nil && again == h && len(frame) == h.Size && h.Duration() > 0
		})
	})
}
