package loudness

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// A Measurement is what was measured of a sound.
type Measurement struct {
	Values
	Range  float64 // LU
	Blocks *Blocks
}

// longest is how much sound is measured, in reports of 100 ms: 100 hours.
const longest = 100 * 3600 * 10

// ErrTooLong says that a file holds more sound than any recording has.
var ErrTooLong = errors.New("it holds more than 100 hours of sound")

var (
	frameMark = []byte("frame:")
	keyMark   = []byte("lavfi.r128.")
)

// peakStep is half the last digit in which peaks are reported; it is added, so
// that no peak is higher than it is said to be.
const peakStep = 0.0005

// readReport reads what the filter ebur128 says about every 100 ms of a sound,
// which is a line "frame:…" and then lines "lavfi.r128.KEY=NUMBER". What it says
// last about the whole is the result.
func readReport(r io.Reader) (Measurement, error) {
	m := Measurement{Values: Values{Loudness: math.Inf(-1)}, Blocks: &Blocks{}}
	lines, frames, whole := bufio.NewScanner(r), 0, math.Inf(-1)
	for lines.Scan() {
		line := lines.Bytes()
		if bytes.HasPrefix(line, frameMark) {
			if frames++; frames > longest {
				return m, ErrTooLong
			}
			continue
		}
		key, number, found := bytes.Cut(line, []byte("="))
		key, ours := bytes.CutPrefix(key, keyMark)
		if !found || !ours {
			continue
		}
		if err := m.note(string(key), number, &whole); err != nil {
			return m, err
		}
	}
	m.Loudness = m.Blocks.Loudness()
	if !math.IsInf(m.Loudness, -1) && !math.IsInf(whole, -1) {
		m.Loudness = whole // which knows nothing of steps
	}
	return m, lines.Err()
}

func (m *Measurement) note(key string, number []byte, whole *float64) error {
	var to *float64
	block := 0.0
	switch key {
	case "M":
		to = &block
	case "I":
		to = whole
	case "LRA":
		to = &m.Range
	case "true_peak":
		to = &m.Peak
	default:
		return nil
	}
	value, err := strconv.ParseFloat(string(number), 64)
	if err != nil {
		return fmt.Errorf("ffmpeg reports %s=%.40q", key, number)
	}
	switch key {
	case "M":
		m.Blocks.Add(value)
		return nil
	case "true_peak":
		value += peakStep
	}
	if math.IsNaN(value) || math.IsInf(value, 0) || key == "true_peak" && value < 0 {
		return fmt.Errorf("ffmpeg reports %s=%.40q", key, number)
	}
	*to = value
	return nil
}
