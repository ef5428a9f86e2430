package stream

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"musicdb/media/ffmpeg/ffmpegtest"
)

// coding is how one part of a tone is stored.
type coding struct {
	format string // extension
	args   []string
}

var (
	mp3    = coding{"mp3", []string{"-c:a", "libmp3lame", "-b:a", "320k"}}
	flac   = coding{"flac", []string{"-c:a", "flac"}}
	m4a    = coding{"m4a", []string{"-c:a", "aac", "-b:a", "320k", "-aac_coder", "fast"}}
	alac   = coding{"m4a", []string{"-c:a", "alac"}}
	vorbis = coding{"ogg", []string{"-c:a", "libvorbis", "-q:a", "10"}}
	opus   = coding{"opus", []string{"-c:a", "libopus", "-b:a", "320k"}}
)

const (
	toneHz = 331.0
	// Encoders that lose something deviate most from a tone that is cut in full
	// swing, so a tone in their formats is -28 dB loud.
	softTone = 0.04
	loudTone = 0.5
)

// part is a piece of a tone in a file.
type part struct {
	track
	frames int
	own    float64 // what the file itself leaves the tone by at its ends, in dB of full scale
}

// cut makes one tone and cuts it into as many parts as there are codings, each at
// another place of the wave.
func cut(t testing.TB, level float64, rate int, codings ...coding) (parts []part) {
	t.Helper()
	dir, from := t.TempDir(), 0
	for i, c := range codings {
		n := rate*5/4 + 1237*(i+1)
		wav := filepath.Join(dir, "part.wav")
		must(t, os.WriteFile(wav, toneWave(level, rate, from, n), 0o600))
		file := filepath.Join(dir, fmt.Sprintf("%d.%s", i, c.format))
		ffmpegtest.Run(t, nil, append(append([]string{"-i", wav}, c.args...), file)...)
		data, err := os.ReadFile(file)
		must(t, err)
		p := part{track: track{name: fmt.Sprintf("%d", i), data: data, format: c.format}, frames: n, own: -200}
		alone := floats(ffmpegtest.Run(t, nil, "-i", file, "-f", "f32le", "-ac", "2", "-ar", fmt.Sprint(rate), "pipe:1"))
		for k := range 2 * edge {
			at := (k + n - edge) % n
			want := level * math.Cos(2*math.Pi*toneHz*float64(from+at)/float64(rate))
			p.own = max(p.own, 20*math.Log10(math.Abs(alone[at]-want)))
		}
		parts = append(parts, p)
		from += n
	}
	return parts
}

// edge is how much of a part is looked at around a joint, in frames.
const edge = 4000

// floats are the left samples of frames of 32-bit floating point.
func floats(pcm []byte) wave {
	s := make(wave, len(pcm)/8)
	for i := range s {
		s[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(pcm[8*i:])))
	}
	return s
}

// stationOf plays parts, and then another tone.
func stationOf(t *testing.T, parts []part) *station {
	var tracks []track
	for _, p := range parts {
		tracks = append(tracks, p.track)
	}
	return newStation(t, append(tracks, track{name: "end", hz: 1764, length: 60 * time.Second})...)
}

// toneWave is a WAVE file of 16 bit with a part of an endless tone.
func toneWave(level float64, rate, from, n int) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), uint32(36+4*n))
	b = le.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = le.AppendUint16(le.AppendUint16(b, 1), 2)
	b = le.AppendUint32(le.AppendUint32(b, uint32(rate)), uint32(4*rate))
	b = le.AppendUint16(le.AppendUint16(b, 4), 16)
	b = le.AppendUint32(append(b, "data"...), uint32(4*n))
	for i := range n {
		v := uint16(int16(math.Round(32767 * level * math.Cos(2*math.Pi*toneHz*float64(from+i)/float64(rate)))))
		b = le.AppendUint16(le.AppendUint16(b, v), v)
	}
	return b
}

// played plays all tracks of a station and returns the recorded sound.
func played(t *testing.T, s *station, change func(*Options)) wave {
	t.Helper()
	n := int64(0)
	for range s.library.Catalogue().Songs() {
		n++
		s.enqueue(n)
	}
	s.start(StartPlay, change)
	heard := s.listen()
	s.until("the last song", func(now State) bool { return now.Entry.SongID == n && now.Seconds > 1 })
	if starved := s.stream.Status().Pump.StarvedSamples; starved > 0 {
		t.Errorf("%d samples were missing when they were due", starved)
	}
	return decode(t, heard())
}

// fit is the best sine wave of the tone's frequency in a part of the sound, as
// a*cos + b*sin counted from the sample `from`.
func (s wave) fit(from, to int) (a, b float64) {
	for i := from; i < to; i++ {
		w := 2 * math.Pi * toneHz * float64(i) / SampleRate
		a += s[i] * math.Cos(w)
		b += s[i] * math.Sin(w)
	}
	n := float64(to-from) / 2
	return a / n, b / n
}

// late is by how many samples a part of the sound is behind the sample 0.
func late(a, b float64) float64 {
	return math.Atan2(b, a) / (2 * math.Pi * toneHz) * SampleRate
}

// checkSeamless fits one sine wave to the whole of the parts. The tone behind each
// joint must not be shifted, and nothing around it may leave the wave by more than
// -50 dB of full scale, or by more than the files themselves do.
func checkSeamless(t *testing.T, s wave, level float64, parts []part, rate int) {
	t.Helper()
	start := 0
	for math.Abs(s[start]) < level/4 {
		start++
	}
	whole, at := 0, []int{start}
	for _, p := range parts {
		whole += p.frames
		at = append(at, start+int(int64(whole)*SampleRate/int64(rate)))
	}
	a, b := s.fit(start+edge, at[len(parts)]-edge)
	residual := func(from, to int) float64 {
		var peak float64
		for i := from; i < to; i++ {
			w := 2 * math.Pi * toneHz * float64(i) / SampleRate
			peak = max(peak, math.Abs(s[i]-a*math.Cos(w)-b*math.Sin(w)))
		}
		return 20 * math.Log10(peak)
	}
	// Samples by which part i is later than the first one.
	shift := func(i int) float64 {
		const period = SampleRate / toneHz
		d := late(s.fit(at[i]+edge, at[i+1]-edge)) - late(s.fit(at[0]+edge, at[1]-edge))
		return d - period*math.Round(d/period)
	}
	for i, p := range parts[1:] {
		i, allowed := i+1, 0.05
		if p.format == opus.format {
			allowed = 0.3 // its filter against direct current turns the phase
		}
		joint := fmt.Sprintf("joint %d, %s to %s", i, parts[i-1].format, p.format)
		peak, own := residual(at[i]-edge, at[i]+edge), max(parts[i-1].own, p.own)
		t.Logf("%-21s shift %+.3f, %.1f dBFS (the files %.1f), %.1f behind it", joint, shift(i), peak, own, residual(at[i]+edge, at[i+1]-edge))
		if d := shift(i); math.Abs(d) > allowed {
			t.Errorf("%s: %.2f samples are too many or missing", joint, d)
		}
		if peak > max(-50, own+1) {
			t.Errorf("%s: the tone is left by %.1f dBFS, by %.1f in the files", joint, peak, own)
		}
	}
}

// A tone cut into ten files of all formats is one tone again.
func TestToneInTenFilesIsSeamless(t *testing.T) {
	t.Parallel()
	parts := cut(t, softTone, SampleRate, mp3, flac, m4a, vorbis, mp3, mp3, m4a, alac, opus, flac)
	s := stationOf(t, parts)
	checkSeamless(t, played(t, s, nil), softTone, parts, SampleRate)
}

// Albums without loss are seamless at full level too, at every rate: the joints are
// not to be found.
func TestLosslessAlbumIsSeamless(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{44100, 48000, 96000} {
		parts := cut(t, loudTone, rate, flac, alac, flac)
		s := stationOf(t, parts)
		checkSeamless(t, played(t, s, nil), loudTone, parts, rate)
		s.end()
	}
}
