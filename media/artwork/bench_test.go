package artwork

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"
)

// BenchmarkSetCover stores covers with all scales. Beside the time that passes it
// tells that of the processors, which a busy machine does not change.
func BenchmarkSetCover(b *testing.B) {
	for _, edge := range []int{600, 1400, 3000} {
		b.Run(fmt.Sprintf("edge=%d", edge), func(b *testing.B) {
			s := opened(b, b.TempDir(), Options{})
			picture := asJPEG(b, photo(edge, edge))
			b.ReportAllocs()
			before, n := processorTime(b), 0
			for b.Loop() {
				n++
				if _, err := s.SetCover(context.Background(), "A", fmt.Sprint(n), picture); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(n), "cpu-ms/op")
		})
	}
}

// BenchmarkColors is what GetCoverColors costs.
func BenchmarkColors(b *testing.B) {
	s := opened(b, b.TempDir(), Options{})
	name, err := s.SetCover(context.Background(), "A", "B", asJPEG(b, photo(600, 600)))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if c, err := s.Colors(context.Background(), name); err != nil || c == DefaultColors {
			b.Fatal(c, err)
		}
	}
}

func processorTime(b *testing.B) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// TestMemoryOfACover keeps what a cover takes to that of its planes and files: no
// copy with four bytes per pixel, no step in floating point.
func TestMemoryOfACover(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	picture := asJPEG(t, photo(600, 600))
	set := func() {
		if _, err := s.SetCover(t.Context(), "A", "B", picture); err != nil {
			t.Fatal(err)
		}
	}
	set()
	if took := allocated(set); took > 3<<20 {
		t.Errorf("%d bytes were taken, want at most 3 MB", took)
	}
	if n := testing.AllocsPerRun(3, set); n > 450 {
		t.Errorf("%.0f allocations, want at most 450", n)
	}
}
