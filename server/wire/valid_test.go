package wire

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// FuzzValid holds our check equal to that of encoding/json.
func FuzzValid(f *testing.F) {
	for _, seed := range []string{
		``, ` `, `null`, `nul`, `true`, `falsee`, `"`, `""`, `"\u00aF"`, `"\u00g0"`, `"\x"`, `"\`, "\"\x1f\"", "\"01234567\x00\"", "\"é\xff\u2028\"",
		`0`, `-`, `-0`, `01`, `1.`, `1.5e`, `1.5e+3`, `-1E-2`, `.5`, `+1`, `{}`, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1 , "b" : [ ] }`, `[`, `[1,]`, `[1 2]`, `[[],{}]`,
		`{"a":"` + strings.Repeat("0", 100) + `"}`, `{"a":"` + strings.Repeat("0", 100), `{} x`, "\ufeff{}",
		"\"!!!!!!\"\"", "\"\x80\x9f\xa2\xdc\xff\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, want := valid(text), json.Valid(text); got != want {
			t.Errorf("%q: %v, encoding/json says %v", text, got, want)
		}
	})
}

// A character that is none anywhere in a long string is seen.
func TestEveryPlaceOfAStringIsLookedAt(t *testing.T) {
	for size := range 40 {
		text := []byte(`"` + strings.Repeat("\x7f", size) + `"`)
		if !valid(text) {
			t.Fatalf("%q is refused", text)
		}
		for i := 1; i <= size; i++ {
			for _, c := range []byte{0, 0x1f, '\\', '"'} {
				spoilt := bytes.Clone(text)
				spoilt[i] = c
				if valid(spoilt) != json.Valid(spoilt) {
					t.Errorf("%q: %v", spoilt, valid(spoilt))
				}
			}
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	for _, pair := range []string{"[]", "{}"} {
		for _, depth := range []int{maxDepth - 1, maxDepth, maxDepth + 1, 1_000_000} {
			inner := strings.Repeat(pair[:1], depth)
			if pair == "{}" {
				inner = strings.Repeat(`{"a":`, depth-1) + "{"
			}
			for _, text := range []string{inner, inner + strings.Repeat(pair[1:], depth)} {
				if got, want := valid([]byte(text)), json.Valid([]byte(text)); got != want {
					t.Errorf("%s, %d deep: %v, want %v", pair, depth, got, want)
				}
			}
		}
	}
}
