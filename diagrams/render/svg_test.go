package render_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"musicdb/diagrams/render"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const graph = `digraph "g" { graph [id="g"]; "a" [id="g-s0", label="A & B", fontname="Arial"]; "a" -> "b" [id="g-e0", label=<<i>x</i>>]; }`

func TestSVGIsWellFormedAndKeepsIDs(t *testing.T) {
	svg, err := render.SVG(t.Context(), graph)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(svg, []byte("<svg")) || bytes.Contains(svg, []byte("<!--")) {
		t.Errorf("begins with %.60q", svg)
	}
	ids := make(map[string]int)
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok {
			for _, a := range start.Attr {
				if a.Name.Local == "id" {
					ids[a.Value]++
				}
				if a.Name.Local == "font-family" && a.Value != "Arial,Helvetica,sans-serif" && a.Value != "Times,serif" {
					t.Errorf("font %q", a.Value)
				}
			}
		}
	}
	for _, id := range []string{"g", "g-s0", "g-e0"} {
		if ids[id] != 1 {
			t.Errorf("id %q is there %d times", id, ids[id])
		}
	}
}

func TestSVGIsTheSameEveryTime(t *testing.T) {
	want, err := render.SVG(t.Context(), graph)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got, err := render.SVG(t.Context(), graph); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v: another picture", err)
			}
		})
	}
	wg.Wait()
}

func TestSVGRefusesWhatIsNoGraph(t *testing.T) {
	for _, text := range []string{"", "graph", "digraph {", "digraph { a -> ; }", "<svg/>"} {
		if svg, err := render.SVG(t.Context(), text); !errors.Is(err, render.ErrSyntax) {
			t.Errorf("%q: %v, %.40q", text, err, svg)
		}
	}
	if _, err := render.SVG(t.Context(), graph); err != nil {
		t.Errorf("a sound graph after the broken ones: %v", err)
	}
}
