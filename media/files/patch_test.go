package files

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestPatchesMakeTheFormerFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Runs of a common text, in any order, with something else between them.
		common := make([]byte, rapid.IntRange(2000, 6000).Draw(t, "size"))
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for i := range common {
			common[i] = byte(random.Uint32() % 7 * 36) // few values: much is equal by chance
		}
		piece := rapid.Custom(func(t *rapid.T) []byte {
			from := rapid.IntRange(0, len(common)).Draw(t, "from")
			to := rapid.IntRange(from, len(common)).Draw(t, "to")
			return append(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "own"), common[from:to]...)
		})
		former := bytes.Join(rapid.SliceOfN(piece, 0, 4).Draw(t, "former"), nil)
		present := bytes.Join(rapid.SliceOfN(piece, 0, 4).Draw(t, "present"), nil)
		patch, err := makePatch(context.Background(), source{bytes.NewReader(present), int64(len(present))}, source{bytes.NewReader(former), int64(len(former))})
		if err != nil {
			t.Fatal(err)
		}
		var made bytes.Buffer
		if err := applyPatch(&made, bytes.NewReader(present), int64(len(present)), patch); err != nil || !bytes.Equal(made.Bytes(), former) {
			t.Fatalf("%v: %d bytes, want %d", err, made.Len(), len(former))
		}
		if len(former) > 0 {
			at := rapid.IntRange(0, len(patch)-1).Draw(t, "damaged")
			patch[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			made.Reset()
			err := applyPatch(&made, bytes.NewReader(present), int64(len(present)), patch)
			if err == nil && !bytes.Equal(made.Bytes(), former) {
				t.Fatal("a damaged patch made another file")
			}
			if err != nil && !errors.Is(err, ErrPatch) {
				t.Fatal(err)
			}
		}
	})
}

func FuzzApplyPatch(f *testing.F) {
	present := bytes.Repeat([]byte("present file "), 100)
	former := append([]byte("other head"), present[40:]...)
	patch, err := makePatch(context.Background(), source{bytes.NewReader(present), int64(len(present))}, source{bytes.NewReader(former), int64(len(former))})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(patch)
	f.Add([]byte(patchMagic))
	f.Add(patch[:len(patch)-1])
	f.Fuzz(func(t *testing.T, patch []byte) {
		var made bytes.Buffer
		if err := applyPatch(&made, bytes.NewReader(present), int64(len(present)), patch); err == nil && made.Len() > len(patch)*len(present) {
			t.Fatal("it makes more than it says")
		}
	})
}
