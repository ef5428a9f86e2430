package hearing

import (
	"errors"
	"testing"

	"musicdb/media/sound"
)

// What ffmpeg's encoder writes is read as what it is: music has coded values,
// silence has none, in every version, with one channel and with two.
func TestSideInfo(t *testing.T) {
	for name, options := range map[string][]string{
		"the stream's own":     {"-ar", "44100", "-ac", "2", "-b:a", "320k", "-reservoir", "0", "-joint_stereo", "1"},
		"MPEG-1, mono":         {"-ar", "48000", "-ac", "1", "-b:a", "128k", "-reservoir", "0"},
		"MPEG-2, stereo":       {"-ar", "22050", "-ac", "2", "-b:a", "64k", "-reservoir", "0"},
		"MPEG-2, mono":         {"-ar", "16000", "-ac", "1", "-b:a", "32k", "-reservoir", "0"},
		"MPEG-2.5, stereo":     {"-ar", "11025", "-ac", "2", "-b:a", "32k", "-reservoir", "0"},
		"with a bit reservoir": {"-ar", "44100", "-ac", "2", "-b:a", "128k"},
	} {
		for source, silent := range map[string]bool{"sine=f=441:d=2": false, "anullsrc=d=2": true} {
			var split sound.Splitter
			frames, wrong, borrowed := 0, 0, 0
			split.Write(encoded(t, source, options...), func(h sound.Header, frame []byte) {
				info, err := parseSideInfo(frame)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if h.Bitrate > 0 && info.Bits > 8*4*h.Size() {
					t.Errorf("%s: %d bits of values in a frame of %d bytes", name, info.Bits, len(frame))
				}
				if frames++; info.empty() != silent {
					wrong++
				}
				borrowed += info.Reservoir
			})
			// The encoder begins with the silence of its own delay.
			if frames < 20 || wrong > 3 || silent && wrong > 0 {
				t.Errorf("%s, %s: %d of %d frames are taken for the opposite", name, source, wrong, frames)
			}
			if !silent && (borrowed > 0) != (name == "with a bit reservoir") {
				t.Errorf("%s: %d bytes are borrowed from other frames", name, borrowed)
			}
		}
	}
	var s sound.Silence
	if info, err := parseSideInfo(s.Next()); err != nil || !info.empty() {
		t.Errorf("our own silent frame is read as %+v, %v", info, err)
	}
}

func TestSideInfoRefuses(t *testing.T) {
	var s sound.Silence
	frame := s.Next()
	for _, c := range []struct {
		name  string
		bytes []byte
		want  error
	}{
		{"nothing", nil, sound.ErrNoFrame},
		{"half a header", frame[:3], sound.ErrNoFrame},
		{"no header", make([]byte, 1044), sound.ErrNoFrame},
		{"a header alone", frame[:4], errShort},
		{"all but a byte", frame[:4+31], errShort},
	} {
		if _, err := parseSideInfo(c.bytes); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := parseSideInfo(frame[:4+32]); err != nil {
		t.Errorf("the side information alone: %v", err)
	}
}

// FuzzSideInfo holds for any bytes: what is read lies within what its fields can
// hold, depends on the side information alone, and empty is what the stream's
// listeners can rely on: no field but private bits is set.
func FuzzSideInfo(f *testing.F) {
	var s sound.Silence
	f.Add(s.Next())
	f.Add([]byte{0xFF, 0xFB, 0xE0, 0x64, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Add(append([]byte{0xFF, 0xF3, 0x80, 0xC0}, make([]byte, 200)...))
	f.Add(append([]byte{0xFF, 0xFA, 0xE0, 0x64, 9, 9, 0xFF, 0xFF, 0xFF}, make([]byte, 60)...))
	f.Fuzz(func(t *testing.T, frame []byte) {
		info, err := parseSideInfo(frame)
		if err != nil {
			if info != (sideInfo{}) {
				t.Fatalf("%+v beside %v", info, err)
			}
			allEmpty(frame)
			return
		}
		if info.Reservoir < 0 || info.Reservoir > 511 || info.Bits < 0 || info.Bits > 4*4095 || info.Coded < 0 || info.Coded > 4*2*511 {
			t.Fatalf("beyond what the fields can hold: %+v", info)
		}
		again, err := parseSideInfo(frame[:min(len(frame), sound.HeaderSize+2+32)])
		if err != nil || again != info {
			t.Fatalf("%+v, and without the rest of the frame %+v, %v", info, again, err)
		}
		if allEmpty(frame) && !info.empty() {
			t.Fatal("a frame with values among empty ones")
		}
	})
}
