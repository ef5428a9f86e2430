package doctor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"
)

// wav is a WAV of 32 bit floats as ffmpeg writes it into a pipe.
func wav(rate, channels int, samples ...float32) []byte {
	var out bytes.Buffer
	for _, v := range []any{[]byte("RIFF\xff\xff\xff\xffWAVEfmt "), uint32(16), uint16(3), uint16(channels), uint32(rate), uint32(4 * rate * channels),
		uint16(4 * channels), uint16(32), []byte("LIST"), uint32(3), []byte("odd\x00"), []byte("data"), uint32(math.MaxUint32), samples} {
		_ = binary.Write(&out, binary.LittleEndian, v) // a buffer takes everything
	}
	return out.Bytes()
}

// stretch is one value for a while.
func stretch(value float32, n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = value
	}
	return s
}

func join(parts ...[]float32) (all []float32) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func TestAnEarHearsSilenceAndClipping(t *testing.T) {
	const rate = 100
	for name, c := range map[string]struct {
		channels int
		samples  []float32
		want     heard
		is       string
	}{
		"sound":          {1, stretch(0.5, 200), heard{frames: 200, loudest: 0.5}, ""},
		"nothing":        {1, nil, heard{}, ""},
		"silence":        {1, stretch(0.0001, 200), heard{frames: 200, loudest: 0.0001, silence: 200}, "silent"},
		"a pause":        {1, join(stretch(-0.5, 10), stretch(0, 2999), stretch(0.5, 10)), heard{frames: 3019, loudest: 0.5, silence: 2999, silenceAt: 10}, ""},
		"a long pause":   {1, join(stretch(-0.5, 10), stretch(0, 3000), stretch(0.5, 10)), heard{frames: 3020, loudest: 0.5, silence: 3000, silenceAt: 10}, "part"},
		"a long end":     {1, join(stretch(0.5, 10), stretch(0, 3000)), heard{frames: 3010, loudest: 0.5, silence: 3000, silenceAt: 10}, "part"},
		"one channel":    {2, join(stretch(0.5, 10), []float32{0, 0, 0, 0.5}, stretch(0, 20)), heard{frames: 17, loudest: 0.5, silence: 10, silenceAt: 7}, ""},
		"peaks":          {1, join(stretch(1, 3), stretch(0.1, 50), stretch(-1, 3), stretch(0.1, 50)), heard{frames: 106, loudest: 1}, ""},
		"clipped":        {1, join(stretch(0.1, 50), stretch(-1, 5), stretch(0.1, 50), stretch(1, 4), stretch(0, 1)), heard{frames: 110, loudest: 1, clipped: 9, silence: 1, silenceAt: 109}, "clipped"},
		"hardly clipped": {1, join(stretch(1, 4), stretch(0.5, 4000)), heard{frames: 4004, loudest: 1, clipped: 4}, ""},
	} {
		c.want.rate, c.want.channels = rate, c.channels
		var seconds float64
		h, err := listenTo(bytes.NewReader(wav(rate, c.channels, c.samples...)), func(s float64) { seconds += s })
		if err != nil || h != c.want {
			t.Errorf("%s: %+v, %v; want %+v", name, h, err, c.want)
		}
		is := ""
		switch {
		case h.silent():
			is = "silent"
		case h.silentPart():
			is = "part"
		case h.isClipped():
			is = "clipped"
		}
		if is != c.is {
			t.Errorf("%s: is %q, want %q", name, is, c.is)
		}
		if math.Abs(seconds-h.seconds(h.frames)) > 1e-9 {
			t.Errorf("%s: %v seconds were told", name, seconds)
		}
	}
}

func TestWhatIsNoSoundIsRefused(t *testing.T) {
	good := wav(100, 1, 0.5)
	for name, content := range map[string][]byte{
		"nothing": nil, "text": []byte("this is no WAV file at all"), "no sound": good[:len(good)-12], "no channels": wav(100, 0), "no rate": wav(0, 1),
		"16 bits": bytes.Replace(good, []byte{32, 0, 'L'}, []byte{16, 0, 'L'}, 1),
	} {
		if h, err := listenTo(bytes.NewReader(content), nil); !errors.Is(err, errSound) {
			t.Errorf("%s: %+v, %v", name, h, err)
		}
	}
}

func FuzzListen(f *testing.F) {
	f.Add(wav(44100, 2, 0.5, 0.5, 1, 1))
	f.Add([]byte("RIFF....WAVEfmt \x10\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		h, err := listenTo(bytes.NewReader(content), nil)
		if err == nil && (h.silence > h.frames || h.clipped > h.frames*int64(h.channels) || h.silenceAt+h.silence > h.frames) {
			t.Errorf("impossible: %+v", h)
		}
	})
}

func TestComplaintsAreForPeople(t *testing.T) {
	got := plainComplaint("[flac @ 0x55d0c] CRC error at PTS 119808; file:/srv/a.flac: bad; [mp3 @ 0x1] x", "/srv/a.flac")
	if want := "[flac] CRC error at PTS 119808; the file: bad; [mp3] x"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if long := plainComplaint(string(bytes.Repeat([]byte("ä"), 500)), "x"); len(long) > maxComplaint+10 {
		t.Errorf("%d bytes", len(long))
	}
}

func BenchmarkEar(b *testing.B) {
	sound := wav(44100, 2, stretch(0.5, 2*44100*10)...)
	b.SetBytes(int64(len(sound)))
	b.ReportAllocs()
	for b.Loop() {
		if h, err := listenTo(bytes.NewReader(sound), nil); err != nil || h.frames != 441000 {
			b.Fatal(h, err)
		}
	}
}
