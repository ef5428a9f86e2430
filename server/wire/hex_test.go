package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// naiveHex is decodeHex by the standard library. Space is allowed between bytes.
func naiveHex(text []byte) ([]byte, bool) {
	decoded := []byte{}
	for len(text) > 0 {
		if bytes.IndexByte([]byte(" \t\n\v\f\r"), text[0]) >= 0 {
			text = text[1:]
			continue
		}
		if len(text) < 2 {
			return nil, false
		}
		pair, err := hex.DecodeString(string(text[:2]))
		if err != nil {
			return nil, false
		}
		decoded, text = append(decoded, pair...), text[2:]
	}
	return decoded, true
}

func FuzzHex(f *testing.F) {
	for _, seed := range []string{"", "0", "00", "zz", "00 01 02", "0 0", " 0aF ", "0123456789abcdefABCDEF", "0001020g", "000102030405060g", "0001020304050607 08090a0b0c0d0e0", "\xff\xff", "00\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want, wantOK := naiveHex(text)
		got, ok := decodeHex(bytes.Clone(text))
		if ok != wantOK || !bytes.Equal(got, want) {
			t.Errorf("%q: %x, %v; want %x, %v", text, got, ok, want, wantOK)
		}
	})
}

// Every pair of bytes is judged rightly at every place among eight digits.
func TestEveryPairAmongEightDigits(t *testing.T) {
	for place := range 7 {
		for pair := range 1 << 16 {
			text := []byte("89abCD01")
			text[place], text[place+1] = byte(pair>>8), byte(pair)
			want, err := hex.DecodeString(string(text))
			if n := decodePairs(make([]byte, 4), text); (n == 4) != (err == nil) {
				t.Fatalf("%q: %d bytes, %v", text, n, err)
			}
			if got := bytes.Clone(text); err == nil && (decodePairs(got, got) != 4 || !bytes.Equal(got[:4], want)) {
				t.Fatalf("%q: %x", text, got[:4])
			}
		}
	}
}

func TestHexArgument(t *testing.T) {
	schema := NewSchema[struct {
		Data Hex `json:"chunkdata"`
	}]()
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "data")
		digits := hex.EncodeToString(data)
		if rapid.Bool().Draw(t, "upper") {
			digits = strings.ToUpper(digits)
		}
		if rapid.Bool().Draw(t, "escaped") && len(data) > 0 {
			digits = fmt.Sprintf(`\u%04x`, digits[0]) + digits[1:] + `\t`
		}
		message := []byte(`{"taskid":"a","chunkdata":"` + digits + `","offset":7}`)
		a, err := schema.Decode(message)
		if err != nil || !bytes.Equal(a.Data, data) {
			t.Fatalf("%s: %x, %v", message, a.Data, err)
		}
	})
	for value, want := range map[string]error{`"0"`: ErrHex, `"zz"`: ErrHex, `"0 0"`: ErrHex, `"\u00300"`: nil, `"é0"`: ErrHex, `7`: ErrType, `null`: ErrType, `["00"]`: ErrType, `""`: nil} {
		if _, err := schema.Decode(json.RawMessage(`{"chunkdata":` + value + `}`)); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: %v, want %v", value, err, want)
		}
	}
}

// chunkMessage is a call with 409,600 bytes of a file.
func chunkMessage(tb testing.TB) (message, chunk []byte) {
	tb.Helper()
	chunk = make([]byte, 409_600)
	for i := range chunk {
		chunk[i] = byte(i * i >> 7)
	}
	arguments, err := json.Marshal(map[string]string{"taskid": "97ccaa07-3a08-579c-881c-e3fb6858b87d", "chunkdata": hex.EncodeToString(chunk)})
	if err != nil {
		tb.Fatal(err)
	}
	return Request{Method: Call, Function: "UploadChunk", Arguments: arguments}.Encode(secret), chunk
}

type chunkArguments struct {
	TaskID Text `json:"taskid"`
	Chunk  Hex  `json:"chunkdata"`
}

func readChunk(message []byte, key Key, schema *Schema[chunkArguments]) (chunkArguments, error) {
	r, err := Decode(message, key)
	if err != nil {
		return chunkArguments{}, err
	}
	return schema.Decode(r.Arguments)
}

// Nothing of the size of a chunk is made when one is read.
func TestAChunkIsNotCopied(t *testing.T) {
	message, chunk := chunkMessage(t)
	sent, key, schema := bytes.Clone(message), NewKey(secret), NewSchema[chunkArguments]()
	result := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			copy(message, sent)
			if a, err := readChunk(message, key, schema); err != nil || len(a.Chunk) != len(chunk) {
				b.Fatal(err)
			}
		}
	})
	if n := result.AllocedBytesPerOp(); n > 2048 {
		t.Errorf("%d bytes are allocated for a chunk", n)
	}
	copy(message, sent)
	if a, err := readChunk(message, key, schema); err != nil || !bytes.Equal(a.Chunk, chunk) {
		t.Errorf("another chunk came, %v", err)
	}
}

func BenchmarkReadChunk(b *testing.B) {
	message, chunk := chunkMessage(b)
	sent, key, schema := bytes.Clone(message), NewKey(secret), NewSchema[chunkArguments]()
	b.SetBytes(int64(len(chunk)))
	b.ReportAllocs()
	for b.Loop() {
		copy(message, sent)
		if a, err := readChunk(message, key, schema); err != nil || len(a.Chunk) != len(chunk) || a.Chunk[len(chunk)-1] != chunk[len(chunk)-1] {
			b.Fatal(err)
		}
	}
}

// BenchmarkHex decodes a chunk, and as the standard library does it.
func BenchmarkHex(b *testing.B) {
	_, chunk := chunkMessage(b)
	digits := []byte(hex.EncodeToString(chunk))
	text, out := make([]byte, len(digits)), make([]byte, len(chunk))
	for name, decode := range map[string]func() []byte{
		"own":      func() []byte { copy(text, digits); got, _ := decodeHex(text); return got },
		"standard": func() []byte { copy(text, digits); n, _ := hex.Decode(out, text); return out[:n] },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(chunk)))
			b.ReportAllocs()
			for b.Loop() {
				if got := decode(); len(got) != len(chunk) || got[77] != chunk[77] {
					b.Fatal("wrong bytes")
				}
			}
		})
	}
}

// BenchmarkValid checks a chunk's message, and as the standard library does it.
func BenchmarkValid(b *testing.B) {
	message, _ := chunkMessage(b)
	for name, check := range map[string]func([]byte) bool{"own": valid, "standard": json.Valid} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(message)))
			for b.Loop() {
				if !check(message) {
					b.Fatal("refused")
				}
			}
		})
	}
}
