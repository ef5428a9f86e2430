package queue

import (
	"errors"
	"math/big"
	"strings"
	"testing"
)

// An id is a random UUID of version 4, as a decimal number.
func TestNewEntryIDs(t *testing.T) {
	seen := map[EntryID]bool{}
	for range 2000 {
		id := newEntryID()
		n, ok := new(big.Int).SetString(string(id), 10)
		if !ok || n.BitLen() > 128 {
			t.Fatalf("id %q is no number of 128 bits", id)
		}
		var uuid [16]byte
		n.FillBytes(uuid[:])
		if uuid[6]>>4 != 4 || uuid[8]>>6 != 2 || seen[id] {
			t.Fatalf("id %x is not a new UUID of version 4", uuid)
		}
		seen[id] = true
		if parsed, err := ParseEntryID(string(id)); err != nil || parsed != id {
			t.Fatalf("id %s is read as %s, %v", id, parsed, err)
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]EntryID{
		"0": "0", "000": "0", "12345": "12345", "0012": "12",
		"340282366920938463463374607431768211455": "340282366920938463463374607431768211455",
	} {
		if got, err := ParseEntryID(text); err != nil || got != want {
			t.Errorf("%q is read as %q, %v, want %q", text, got, err, want)
		}
		if got, err := ParsePosition(text); err != nil || got != After(want) {
			t.Errorf("position %q is read as %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "abc", "-1", "+1", "1.0", " 1", "1\n", "0x10", "1_000", "٣", "Next",
		"340282366920938463463374607431768211456", strings.Repeat("9", 40), strings.Repeat("9", 100_000)} {
		if got, err := ParseEntryID(text); !errors.Is(err, ErrEntryID) || len(err.Error()) > 300 {
			t.Errorf("%.20q is read as %q, %v", text, got, err)
		}
		if got, err := ParsePosition(text); !errors.Is(err, ErrEntryID) {
			t.Errorf("position %.20q is read as %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]Position{"next": Next(), "last": Last()} {
		if got, err := ParsePosition(text); err != nil || got != want {
			t.Errorf("position %q is read as %v, %v", text, got, err)
		}
	}
}

func FuzzParsePosition(f *testing.F) {
	for _, seed := range []string{"next", "last", "0", "007", "168493523207840521806064336792025247758", "x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := ParsePosition(text)
		n, isNumber := new(big.Int).SetString(text, 10)
		isID := isNumber && n.BitLen() <= 128 && strings.Trim(text, "0123456789") == ""
		if (err == nil) != (isID || text == "next" || text == "last") {
			t.Fatalf("%q is read as %v, %v", text, at, err)
		}
		if isID && at != After(EntryID(n.String())) {
			t.Fatalf("%q is read as %v", text, at)
		}
	})
}
