package mix

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrWave is returned for a stream that is not what [WaveArgs] ask ffmpeg for.
var ErrWave = errors.New("not a stream of stereo floating point samples")

// rates are those that a Resampler converts with a table of moderate size. The
// decoder converts all others to the nearest one of them.
const rates = "8000|11025|12000|16000|22050|24000|32000|44100|48000|88200|96000|176400|192000"

// WaveArgs are the arguments with which ffmpeg writes the first sound track of
// its input as [ReadWave] expects it, to its standard output: at the rate of the
// file, one channel as one, more than two mixed down so that their sum cannot clip.
var WaveArgs = []string{
	"-map", "0:a:0", "-map_metadata", "-1",
	"-af", "aresample=rematrix_maxval=1,aformat=sample_fmts=flt:channel_layouts=stereo|mono:sample_rates=" + rates,
	"-c:a", "pcm_f32le", "-bitexact", "-f", "wav", "pipe:1",
}

// BytesPerFrame is the size of a frame behind the header.
const BytesPerFrame = 2 * 4

// Decode reads whole frames from bytes as they stand behind the header and
// returns how many there were. What is no number, or far beyond full scale,
// becomes silence: a broken file must not spoil what is mixed with it.
func Decode(frames []float32, bytes []byte) int {
	n := min(len(frames)/2, len(bytes)/BytesPerFrame)
	for i := range 2 * n {
		x := math.Float32frombits(binary.LittleEndian.Uint32(bytes[4*i:]))
		if !(x > -farOver && x < farOver) {
			x = 0
		}
		frames[i] = x
	}
	return n
}

// farOver is 36 dB above full scale.
const farOver = 64

// maxHeader bounds how much stands before the first sample.
const maxHeader = 1 << 16

// ReadWave reads the header of a RIFF WAVE stream of 32-bit float samples in one
// or two channels, up to the first sample, and returns the sample rate in Hz and
// a reader of what follows: frames of [BytesPerFrame], little-endian, to the end
// of the stream. The length in the header is that of a stream nobody could go back
// in. A single channel is heard on both sides, as loud as it is; ffmpeg would take
// 3 dB off. Errors: [ErrWave], io.EOF when there is nothing at all, and those of r.
func ReadWave(r io.Reader) (rate int, frames io.Reader, err error) {
	rate, channels, err := readHeader(r)
	if err != nil {
		return 0, nil, err
	}
	if channels == 1 {
		return rate, &doubled{r: r}, nil
	}
	return rate, r, nil
}

func readHeader(r io.Reader) (rate, channels int, err error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, err
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return 0, 0, fmt.Errorf("%w: no RIFF WAVE header", ErrWave)
	}
	for left := int64(maxHeader); ; {
		if _, err := io.ReadFull(r, head[:8]); err != nil {
			return 0, 0, unexpected(err)
		}
		name, size := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:8]))
		if name == "data" {
			if rate == 0 {
				return 0, 0, fmt.Errorf("%w: samples of an unknown format", ErrWave)
			}
			return rate, channels, nil
		}
		size += size & 1 // chunks are padded to an even length
		if left -= 8 + size; left < 0 {
			return 0, 0, fmt.Errorf("%w: more than %d bytes before the samples", ErrWave, maxHeader)
		}
		if name == "fmt " && size >= 16 {
			if rate, channels, err = waveFormat(r); err != nil {
				return 0, 0, err
			}
			size -= 16
		}
		if _, err := io.CopyN(io.Discard, r, size); err != nil {
			return 0, 0, unexpected(err)
		}
	}
}

// waveFormat reads the first 16 bytes of the format chunk.
func waveFormat(r io.Reader) (rate, channels int, err error) {
	var b [16]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return 0, 0, unexpected(err)
	}
	le := binary.LittleEndian
	const float, extensible = 3, 0xFFFE
	kind, bits := le.Uint16(b[0:]), le.Uint16(b[14:])
	channels, rate = int(le.Uint16(b[2:])), int(le.Uint32(b[4:]))
	if kind != float && kind != extensible || channels != 1 && channels != 2 || bits != 32 {
		return 0, 0, fmt.Errorf("%w: format %d, %d channels, %d bit", ErrWave, kind, channels, bits)
	}
	if !usable(rate) {
		return 0, 0, fmt.Errorf("%w: %d Hz", ErrWave, rate)
	}
	return rate, channels, nil
}

// doubled makes frames of the samples of one channel.
type doubled struct {
	r    io.Reader
	buf  [4096]byte
	held int // bytes in buf: the beginning of a sample that was cut
}

// Read needs room for a frame.
func (d *doubled) Read(p []byte) (n int, err error) {
	if len(p) < BytesPerFrame {
		return 0, io.ErrShortBuffer
	}
	const one = BytesPerFrame / 2
	for n == 0 && err == nil {
		var got int
		got, err = d.r.Read(d.buf[d.held:min(len(d.buf), len(p)/2/one*one)])
		d.held += got
		whole := d.held / one * one
		for at := 0; at < whole; at += one {
			n += copy(p[n:], d.buf[at:at+one])
			n += copy(p[n:], d.buf[at:at+one])
		}
		d.held = copy(d.buf[:], d.buf[whole:d.held])
	}
	return n, err
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
