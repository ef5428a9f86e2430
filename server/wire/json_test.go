package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// standard is what encoding/json writes, without the escapes for HTML.
func standard(t interface{ Fatal(...any) }, value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func checkString(t interface {
	Fatal(...any)
	Errorf(string, ...any)
}, s string) {
	if got, want := string(AppendString([]byte("x"), s)), "x"+standard(t, s); got != want {
		t.Errorf("%q is written %s, want %s", s, got, want)
	}
}

func TestAppendString(t *testing.T) {
	for _, s := range []string{"", "plain", `"\`, "\x00\x01\b\f\n\r\t\x1f\x7f", "</script>&", "\u2027\u2028\u2029\u202a", "ä\xff\xc3ö", "\xed\xa0\x80", "\ufffd", "👩‍🚀", "a\u2028"} {
		checkString(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		checkString(t, rapid.String().Draw(t, "text"))
		checkString(t, string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
	})
}

func FuzzAppendString(f *testing.F) {
	f.Add("Où Es-Tu\n\xff\"\\\u2028")
	f.Fuzz(func(t *testing.T, s string) { checkString(t, s) })
}

func TestAppendNumbers(t *testing.T) {
	check := func(t interface {
		Fatal(...any)
		Errorf(string, ...any)
	}, f float64) {
		if got, want := string(AppendFloat([]byte("e-0"), f)), "e-0"+standard(t, f); got != want {
			t.Errorf("%g is written %s, want %s", f, got, want)
		}
	}
	for _, f := range []float64{0, math.Copysign(0, -1), 1, 0.1, -0.5, 1e-6, 9.99e-7, 1e-9, -1e-10, 1e-100, 1e20, 1e21, 1e22, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		check(t, f)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.Float64().Filter(func(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }).Draw(t, "f"))
		n := rapid.Int64().Draw(t, "n")
		s := rapid.String().Draw(t, "s")
		got := AppendMaybeString(AppendMaybeInt(AppendMaybeString(AppendMaybeInt(AppendInt(nil, n), &n), &s), nil), nil)
		if want := standard(t, n) + standard(t, n) + standard(t, s) + "nullnull"; string(got) != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
	for f, want := range map[float64]string{math.Inf(1): "1.7976931348623157e+308", math.Inf(-1): "-1.7976931348623157e+308"} {
		if got := string(AppendFloat(nil, f)); got != want {
			t.Errorf("%g is written %s", f, got)
		}
	}
	if got := string(AppendFloat(nil, math.NaN())); got != "0" {
		t.Errorf("NaN is written %s", got)
	}
}
