package diagrams

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"testing"
)

func TestLoad(t *testing.T) {
	p, err := Load("connection")
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "connection" || !bytes.HasPrefix(p.SVG, []byte("<svg")) || !bytes.HasPrefix(p.DOT, []byte("digraph")) || !bytes.HasPrefix(p.Markdown, []byte("# connection")) {
		t.Errorf("got %.40q %.40q %.40q", p.SVG, p.DOT, p.Markdown)
	}
}

func TestLoadOfAnUnknownPage(t *testing.T) {
	for _, name := range []string{"", "nothing", "../go", "index", "connection.svg", "/etc/passwd"} {
		if _, err := Load(name); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestNamesAreThoseThatLoad(t *testing.T) {
	names := Names()
	if !slices.Contains(names, "connection") || !slices.Contains(names, "structure") || slices.Contains(names, "index") || !slices.IsSorted(names) {
		t.Errorf("got %v", names)
	}
}

// Each page is there with all its pictures, and nothing is embedded that no page shows.
func TestEveryPictureIsShownByAPage(t *testing.T) {
	files, err := fs.Glob(FS, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	var pages []byte
	for _, f := range files {
		text, err := FS.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, text...)
	}
	pictures, err := fs.Glob(FS, "*.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pictures {
		if !bytes.Contains(pages, []byte("("+p+")")) {
			t.Errorf("no page shows %s", p)
		}
	}
}
