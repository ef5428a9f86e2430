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
// file, more than two channels mixed down so that their sum cannot clip.
var WaveArgs = []string{
	"-map", "0:a:0", "-map_metadata", "-1",
	"-af", "aresample=rematrix_maxval=1,aformat=sample_fmts=flt:channel_layouts=stereo:sample_rates=" + rates,
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

// ReadWave reads the header of a RIFF WAVE stream of 32-bit float samples in two
// channels, up to the first sample, and returns the sample rate in Hz. What
// follows is frames of [BytesPerFrame], little-endian, to the end of the stream;
// the length in the header is that of a stream nobody could go back in. Errors:
// [ErrWave], io.EOF when there is nothing at all, and those of r.
func ReadWave(r io.Reader) (rate int, err error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, err
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return 0, fmt.Errorf("%w: no RIFF WAVE header", ErrWave)
	}
	for left := int64(maxHeader); ; {
		if _, err := io.ReadFull(r, head[:8]); err != nil {
			return 0, unexpected(err)
		}
		name, size := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:8]))
		if name == "data" {
			if rate == 0 {
				return 0, fmt.Errorf("%w: samples of an unknown format", ErrWave)
			}
			return rate, nil
		}
		size += size & 1 // chunks are padded to an even length
		if left -= 8 + size; left < 0 {
			return 0, fmt.Errorf("%w: more than %d bytes before the samples", ErrWave, maxHeader)
		}
		if name == "fmt " && size >= 16 {
			if rate, err = waveFormat(r); err != nil {
				return 0, err
			}
			size -= 16
		}
		if _, err := io.CopyN(io.Discard, r, size); err != nil {
			return 0, unexpected(err)
		}
	}
}

// waveFormat reads the first 16 bytes of the format chunk.
func waveFormat(r io.Reader) (rate int, err error) {
	var b [16]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return 0, unexpected(err)
	}
	le := binary.LittleEndian
	const float, extensible = 3, 0xFFFE
	kind, channels, bits := le.Uint16(b[0:]), le.Uint16(b[2:]), le.Uint16(b[14:])
	rate = int(le.Uint32(b[4:]))
	if kind != float && kind != extensible || channels != 2 || bits != 32 {
		return 0, fmt.Errorf("%w: format %d, %d channels, %d bit", ErrWave, kind, channels, bits)
	}
	if !usable(rate) {
		return 0, fmt.Errorf("%w: %d Hz", ErrWave, rate)
	}
	return rate, nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
