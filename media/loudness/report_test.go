package loudness

import (
	"errors"
	"math"
	"strings"
	"testing"
)

const report = `frame:0    pts:0       pts_time:0
lavfi.r128.M=-120.691
lavfi.r128.S=-120.691
lavfi.r128.I=-70.000
lavfi.r128.LRA=0.000
lavfi.r128.true_peaks_ch0=0.070
lavfi.r128.true_peak=0.070
frame:1    pts:4410    pts_time:0.1
lavfi.r128.M=-22.951
lavfi.r128.I=-23.049
lavfi.r128.LRA=1.500
lavfi.r128.true_peak=0.071
`

func TestReadReport(t *testing.T) {
	m, err := readReport(strings.NewReader(report))
	if err != nil || m.Loudness != -23.049 || m.Range != 1.5 || m.Peak != 0.0715 {
		t.Errorf("%+v, %v", m.Values, err)
	}
	if l := m.Blocks.Loudness(); !near(l, -23, 1e-9) {
		t.Errorf("the blocks say %v", l)
	}
	if m, err := readReport(strings.NewReader("")); err != nil || !math.IsInf(m.Loudness, -1) || m.Peak != 0 {
		t.Errorf("no sound: %+v, %v", m.Values, err)
	}
	if _, err := readReport(strings.NewReader("lavfi.r128.I=loud\n")); err == nil {
		t.Error("what is no number was read")
	}
	if _, err := readReport(strings.NewReader(strings.Repeat("frame:1\n", longest+1))); !errors.Is(err, ErrTooLong) {
		t.Errorf("endless sound: %v", err)
	}
}

func FuzzReadReport(f *testing.F) {
	for _, s := range []string{report, "lavfi.r128.true_peak=inf\n", "lavfi.r128.M=nan\n", "lavfi.r128.LRA=-inf\n", "lavfi.r128.=1\nframe:", "=\n\n", "lavfi.r128.I=1e309"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := readReport(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, n := range []float64{m.Peak, m.Range} {
			if math.IsNaN(n) || math.IsInf(n, 0) {
				t.Errorf("%q becomes %+v", text, m.Values)
			}
		}
		if math.IsNaN(m.Loudness) || math.IsInf(m.Loudness, 1) || math.IsInf(m.Loudness, -1) != math.IsInf(m.Blocks.Loudness(), -1) {
			t.Errorf("%q becomes %+v", text, m.Values)
		}
	})
}
