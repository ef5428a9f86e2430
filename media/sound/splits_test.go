package sound

import (
	"bytes"
	"slices"
	"testing"
)

// frameSplitter is what all splitters of frames are.
type frameSplitter[H any] interface {
	Write(p []byte, frame func(h H, whole []byte))
	Skipped() uint64
	Pending() int
}

// splitsAnywhere holds for any bytes, cut anywhere: each byte is in a frame, left out
// or pending; each frame is right by its own header; cutting elsewhere finds the same
// frames.
func splitsAnywhere[H any](t *testing.T, whole, parts frameSplitter[H], stream []byte, cut int, right func(h H, frame []byte) bool) {
	t.Helper()
	var first, second [][]byte
	inFrames := 0
	whole.Write(stream, func(h H, frame []byte) {
		if !right(h, frame) {
			t.Fatalf("frame of %d bytes for %+v", len(frame), h)
		}
		inFrames += len(frame)
		first = append(first, bytes.Clone(frame))
	})
	if sum := inFrames + int(whole.Skipped()) + whole.Pending(); sum != len(stream) {
		t.Fatalf("%d bytes in, %d accounted for", len(stream), sum)
	}
	cut = min(max(cut, 0), len(stream))
	for _, part := range [][]byte{stream[:cut], stream[cut:]} {
		parts.Write(part, func(_ H, frame []byte) { second = append(second, bytes.Clone(frame)) })
	}
	if !slices.EqualFunc(first, second, bytes.Equal) {
		t.Fatalf("%d frames in one piece, %d others cut at %d", len(first), len(second), cut)
	}
}
