package mix

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os/exec"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// wave is a header as ffmpeg writes it to a pipe.
func wave(rate uint32, kind, channels, bits uint16, extra string) []byte {
	le := binary.LittleEndian
	b := append([]byte("RIFF"), 0xFF, 0xFF, 0xFF, 0xFF)
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, uint32(16+len(extra)))
	b = le.AppendUint16(b, kind)
	b = le.AppendUint16(b, channels)
	b = le.AppendUint32(b, rate)
	b = le.AppendUint32(b, rate*uint32(channels)*uint32(bits)/8)
	b = le.AppendUint16(b, channels*bits/8)
	b = le.AppendUint16(b, bits)
	b = append(b, extra...)
	b = append(b, "fact\x04\x00\x00\x00????data"...)
	return append(b, 0xFF, 0xFF, 0xFF, 0xFF)
}

func TestReadWave(t *testing.T) {
	good := wave(48000, 3, 2, 32, "\x00\x00")
	r := bytes.NewReader(append(bytes.Clone(good), "first"...))
	rate, frames, err := ReadWave(r)
	if rate != 48000 || err != nil {
		t.Fatalf("%d Hz, %v", rate, err)
	}
	if rest, _ := io.ReadAll(frames); string(rest) != "first" {
		t.Errorf("%q is left behind the header", rest)
	}
	for name, c := range map[string]struct {
		in   []byte
		want error
	}{
		"nothing":         {nil, io.EOF},
		"cut off":         {good[:30], io.ErrUnexpectedEOF},
		"no samples":      {good[:len(good)-8], io.ErrUnexpectedEOF},
		"integers":        {wave(48000, 1, 2, 32, ""), ErrWave},
		"three channels":  {wave(48000, 3, 3, 32, ""), ErrWave},
		"a strange rate":  {wave(44101, 3, 2, 32, ""), ErrWave},
		"no rate":         {wave(0, 3, 2, 32, ""), ErrWave},
		"no format":       {append(bytes.Clone(good[:12]), "data\x00\x00\x00\x00"...), ErrWave},
		"an endless head": {wave(48000, 3, 2, 32, string(make([]byte, maxHeader))), ErrWave},
		"text":            {[]byte("this is no sound at all"), ErrWave},
	} {
		if _, _, err := ReadWave(bytes.NewReader(c.in)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// One channel becomes two, whatever the sizes of reads.
func TestOneChannelIsHeardOnBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 4, 4)).Draw(t, "samples")
		in := append(wave(44100, 3, 1, 32, ""), bytes.Join(samples, nil)...)
		_, frames, err := ReadWave(iotest.OneByteReader(bytes.NewReader(append(in, 1, 2)))) // a sample that is cut off
		if err != nil {
			t.Fatal(err)
		}
		var got, want []byte
		for err == nil {
			var n int
			p := make([]byte, rapid.IntRange(8, 40).Draw(t, "room"))
			n, err = frames.Read(p)
			got = append(got, p[:n]...)
		}
		for _, x := range samples {
			want = append(append(want, x...), x...)
		}
		if !errors.Is(err, io.EOF) || !bytes.Equal(got, want) {
			t.Fatalf("%d samples became %d bytes, %v", len(samples), len(got), err)
		}
	})
}

// The arguments make ffmpeg deliver what is read here, whatever goes in: its own
// rate where there is a table for it, two channels, and no more than full scale
// when six loud channels become two.
func TestWhatFFmpegDelivers(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		rate   int
	}{
		"mono, 8 bit":    {"aevalsrc=exprs=0.5*sin(2*PI*441*t):s=22050:d=0.5,aformat=sample_fmts=u8", 22050},
		"192 kHz":        {"aevalsrc=exprs=0.5*sin(2*PI*441*t)|0.5*sin(2*PI*441*t):s=192000:d=0.5", 192000},
		"a strange rate": {"aevalsrc=exprs=0.5*sin(2*PI*441*t):s=37800:d=0.5", 32000},
		"5.1": {"aevalsrc=exprs=0.98*sin(2*PI*441*t)|0.98*sin(2*PI*441*t)|0.98*sin(2*PI*441*t)|0.98*sin(2*PI*441*t)" +
			"|0.98*sin(2*PI*441*t)|0.98*sin(2*PI*441*t):c=5.1:s=48000:d=0.5", 48000},
	} {
		out, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-f", "lavfi", "-i", c.source}, WaveArgs...)...).Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r := bytes.NewReader(out)
		rate, samples, err := ReadWave(r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		frames := make([]float32, 2*rate)
		rest, _ := io.ReadAll(samples)
		n := Decode(frames, rest)
		if d := float64(n)/float64(rate) - 0.5; math.Abs(d) > 0.001 {
			t.Errorf("%s: half a second took %v s more", name, d)
		}
		var peak float32
		for _, x := range frames[:2*n] {
			peak = max(peak, x)
		}
		if peak < 0.3 || peak > 1 || name == "mono, 8 bit" && peak < 0.48 {
			t.Errorf("%s: the peak is %v", name, peak)
		}
		// A strange rate is converted to one of the table; which one does not matter.
		if name != "a strange rate" && rate != c.rate {
			t.Errorf("%s: %d Hz, want %d", name, rate, c.rate)
		}
	}
}

// What is no number, or far too large, is silence.
func TestDecode(t *testing.T) {
	var b []byte
	for _, x := range []float32{0.25, -1.5, float32(math.NaN()), float32(math.Inf(1)), -1e9, 63} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	got := make([]float32, 10)
	if n := Decode(got, append(b, 1, 2, 3)); n != 3 || [6]float32(got) != [6]float32{0.25, -1.5, 0, 0, 0, 63} {
		t.Errorf("%d frames: %v", n, got)
	}
}

func FuzzReadWave(f *testing.F) {
	f.Add(wave(44100, 3, 2, 32, "\x00\x00"))
	f.Add(wave(192000, 0xFFFE, 2, 32, string(make([]byte, 24))))
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVEdata\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		rate, _, err := ReadWave(bytes.NewReader(in))
		if (err == nil) != (rate > 0) || err == nil && !usable(rate) {
			t.Fatalf("%d Hz and %v", rate, err)
		}
		if err == nil && NewResampler(rate).Needs(10) == 0 {
			t.Fatal("a resampler that needs nothing")
		}
	})
}
