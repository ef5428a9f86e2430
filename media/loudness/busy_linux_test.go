package loudness

import (
	"os"
	"testing"
)

func TestBusyIsWhatOthersUse(t *testing.T) {
	const before = "cpu  1000 1000 1000 1000 1000 0 0 0 0 0\ncpu0 1 2 3\n"
	for name, c := range map[string]struct {
		now  string
		busy bool
	}{
		"idle":                    {"cpu  1010 1000 1000 1090 1000 0 0 0 0 0\n", false},
		"most is used":            {"cpu  1050 1000 1020 1030 1000 0 0 0 0 0\n", true},
		"most is used by us":      {"cpu  1010 1080 1010 1000 1000 0 0 0 0 0\n", false},
		"most waits for disks":    {"cpu  1000 1000 1000 1020 1080 0 0 0 0 0\n", true},
		"no time has passed":      {before, false},
		"counted back, as it may": {"cpu  900 1000 1000 1200 1000 0 0 0 0 0\n", false},
	} {
		first, ok := parseLoad([]byte(before))
		now, also := parseLoad([]byte(c.now))
		if !ok || !also || now.busySince(first) != c.busy {
			t.Errorf("%s: %v, want %v", name, now.busySince(first), c.busy)
		}
	}
	text, err := os.ReadFile("/proc/stat")
	must(t, err)
	if l, ok := parseLoad(text); !ok || l.all == 0 || l.busySince(load{}) {
		t.Errorf("this machine's figures: %+v, %v", l, ok)
	}
}

func FuzzParseLoad(f *testing.F) {
	for _, s := range []string{"cpu  1 2 3 4 5 6 7 8 9 10\n", "cpu 1 2", "", "intr 5", "cpu -1 2 3 4 5 6 7 8"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if l, ok := parseLoad(text); l.others > l.all || !ok && l != (load{}) {
			t.Errorf("%q becomes %+v, %v", text, l, ok)
		}
	})
}
