package library

import (
	"strconv"
	"strings"
	"testing"
)

func FuzzParseIntegers(f *testing.F) {
	for _, seed := range []string{"1 2 3 ", "-1 0 -0 ", "9223372036854775807 -9223372036854775808 1 ", "1 2", "1 2 3", "", " ", "- 1 2 ", "1  2 ", "a b c "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var a, b, c int64
		if err := parseIntegers([]byte(text), &a, &b, &c); err != nil {
			return
		}
		again := formatted(a, b, c)
		var d, e, g int64
		if err := parseIntegers([]byte(again), &d, &e, &g); err != nil || a != d || b != e || c != g {
			t.Fatalf("%q is %d %d %d, but %q is %d %d %d: %v", text, a, b, c, again, d, e, g, err)
		}
	})
}

func TestParseIntegers(t *testing.T) {
	want := []int64{0, 7, -1, 1<<63 - 1, -1 << 63}
	got := make([]int64, len(want))
	text := formatted(want...)
	if text != "0 7 -1 9223372036854775807 -9223372036854775808 " {
		t.Fatalf("the test writes %q", text)
	}
	if err := parseIntegers([]byte(text), &got[0], &got[1], &got[2], &got[3], &got[4]); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d, want %d", got[i], want[i])
		}
	}
	for _, bad := range []string{"", "1", "1 ", "1 x ", "1 2", "- 1 ", "1  2 ", "1 2.5 "} {
		var a, b int64
		if err := parseIntegers([]byte(bad), &a, &b); err == nil {
			t.Errorf("%q was read as %d %d", bad, a, b)
		} else if !strings.Contains(err.Error(), "2 integers") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func formatted(numbers ...int64) string {
	var b strings.Builder
	for _, n := range numbers {
		b.WriteString(strconv.FormatInt(n, 10) + " ")
	}
	return b.String()
}
