package cover

import (
	"bytes"
	"image"
	"image/color"
	"testing"
)

func TestAlbum(t *testing.T) {
	for title, ext := range map[string]string{"Slow Weather": "jpg", "Sixteen Colours": "png"} {
		p, err := Album(title)
		if err != nil {
			t.Fatal(err)
		}
		m, _, err := image.Decode(bytes.NewReader(p.Data))
		if err != nil {
			t.Fatal(err)
		}
		if p.Ext != ext || m.Bounds() != image.Rect(0, 0, Edge, Edge) || len(p.Data) > 40_000 {
			t.Errorf("%s: %s, %v, %d bytes", title, p.Ext, m.Bounds(), len(p.Data))
		}
		colours := map[color.Color]bool{}
		for i := range Edge {
			colours[m.At(i, i)] = true
			colours[m.At(Edge/2, i)] = true
		}
		if len(colours) < 8 {
			t.Errorf("%s shows %d colours", title, len(colours))
		}
	}
	if _, err := Album("Untitled"); err == nil || err.Error() != `cover: no picture for the album "Untitled"` {
		t.Errorf("error %v", err)
	}
}

// TestSpriteIsWhole: all rows have half the width of the picture in known
// colours.
func TestSpriteIsWhole(t *testing.T) {
	rows := 0
	for row := range bytes.FieldsSeq([]byte(pixels)) {
		rows++
		if len(row) != 12 {
			t.Errorf("row %d has %d pixels", rows, len(row))
		}
		for _, c := range row {
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				t.Errorf("row %d: colour %q", rows, c)
			}
		}
	}
	if rows != 24 {
		t.Errorf("%d rows, want 24", rows)
	}
}
