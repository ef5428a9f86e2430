package main

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"musicdb/conn"
	"musicdb/diagrams"
)

// once runs the whole generator for all tests.
var once = sync.OnceValues(func() (files, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	return everything(context.Background(), root)
})

func all(t *testing.T) files {
	t.Helper()
	out, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func rootOf(t *testing.T) string {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestTwoRunsWriteTheSame(t *testing.T) {
	first := all(t)
	second, err := everything(t.Context(), rootOf(t))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(second))) {
		t.Fatal("other files")
	}
	for name := range first {
		if !bytes.Equal(first[name], second[name]) {
			t.Errorf("%s differs from run to run", name)
		}
	}
}

func TestCompareNamesEachDifference(t *testing.T) {
	dir := t.TempDir()
	f := files{"a.md": []byte("a"), "b.svg": []byte("b"), "c.dot": []byte("c")}
	if err := f.write(dir); err != nil {
		t.Fatal(err)
	}
	if err := f.compare(dir); err != nil {
		t.Fatalf("right after writing: %v", err)
	}
	for name, text := range map[string]string{"a.md": "changed", "gone.svg": "left over", "load.go": "not generated"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "c.dot")); err != nil {
		t.Fatal(err)
	}
	err := f.compare(dir)
	if !errors.Is(err, errDiffers) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"a.md differs", "c.dot is missing", "gone.svg is left over"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "load.go") || strings.Contains(err.Error(), "b.svg") {
		t.Errorf("names too much: %v", err)
	}
	if err := f.write(dir); err != nil {
		t.Fatal(err)
	}
	if err := f.compare(dir); err != nil {
		t.Errorf("after writing again: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "load.go")); err != nil {
		t.Errorf("a file that is not generated was touched: %v", err)
	}
}

// A package that declares machines and is not in the list would be missing from the drawings without a word.
func TestEveryPackageWithMachinesIsListed(t *testing.T) {
	root := rootOf(t)
	var found, listed []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "Definitions" {
				dir, err := filepath.Rel(root, filepath.Dir(name))
				if err != nil {
					return err
				}
				found = append(found, path.Join("musicdb", filepath.ToSlash(dir)))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources {
		listed = append(listed, s.path)
	}
	slices.Sort(found)
	slices.Sort(listed)
	if !slices.Equal(found, listed) {
		t.Errorf("packages with Definitions: %v\nlisted: %v", found, listed)
	}
}

func TestEveryMachineHasAPageThatLoads(t *testing.T) {
	for _, p := range machines() {
		if loaded, err := diagrams.Load(p.name); err != nil || loaded.Name != p.file {
			t.Errorf("%s: %v, loaded %q", p.name, err, loaded.Name)
		}
	}
}

func TestDocumentedDrawingIsComplete(t *testing.T) {
	doc := conn.Documented()
	g := documentedDrawing(doc)
	if len(g.Nodes) != 14 || len(g.Links) != 21 {
		t.Errorf("%d states and %d edges", len(g.Nodes), len(g.Links))
	}
	for i, l := range g.Links {
		unlabelled := strings.HasPrefix(doc.Edges[i].Label, "(")
		if l.From == "" || l.To == "" || unlabelled != (len(l.Labels) == 0) {
			t.Errorf("edge %+v is drawn as %+v", doc.Edges[i], l)
		}
	}
	dot := g.DOT()
	for _, want := range []string{`label="Autobahn Magic"`, `label="Listen", color="black", fontcolor="black"`, "shape=doublecircle", "rank=same"} {
		if !strings.Contains(dot, want) {
			t.Errorf("%s is not drawn", want)
		}
	}
}

func TestConnectionPageHasBothDrawingsAndEveryAddedEdge(t *testing.T) {
	out := all(t)
	text := string(out["connection.md"])
	for _, want := range []string{"(connection-documented.svg)", "(connection.svg)", "## Added edges", "## States", "## Events"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not on the page", want)
		}
	}
	for _, e := range conn.AddedEdges() {
		if !strings.Contains(text, "| `"+e.From+"` | `"+e.To+"` | "+e.Reason+" |") {
			t.Errorf("the added edge %+v is not on the page", e)
		}
	}
}

func TestStructureIsReadFromTheTypes(t *testing.T) {
	read, err := readTypes(t.Context(), rootOf(t))
	if err != nil {
		t.Fatal(err)
	}
	g := read.graph()
	for _, want := range []arrow{
		{from: "Engine", to: "Hub", style: "solid", head: "normal"},
		{from: "session", to: "Session", style: "dashed", head: "empty"},
		{from: "Server", to: "Handler", style: "dashed", head: "empty"},
		{from: "Conn", to: "shard", style: "solid", head: "normal"},
		{from: "shard", to: "Session", label: "OnCall, OnWSConnect, OnWSDisconnect", style: "solid", head: "normal"},
	} {
		if !slices.ContainsFunc(g.arrows, func(a arrow) bool {
			return a.from == want.from && a.to == want.to && a.style == want.style && a.head == want.head && (want.label == "" || strings.Contains(strings.ReplaceAll(a.label, "<br/>", " "), want.label))
		}) {
			t.Errorf("%+v is not among %+v", want, g.arrows)
		}
	}
	for _, n := range read.nodes {
		if n.synopsis == "" {
			t.Errorf("%s has no documentation", n.title())
		}
	}
}

func TestStructureRefusesATypeThatIsGone(t *testing.T) {
	before := cast
	defer func() { cast = before }()
	cast = append(slices.Clone(before), part{"WebSocket", "musicdb/conn", "Gone", "blue"})
	if _, err := readTypes(t.Context(), rootOf(t)); err == nil || !strings.Contains(err.Error(), "Gone") {
		t.Errorf("got %v", err)
	}
}

func TestAnotherDescriptionIsFound(t *testing.T) {
	text, err := description()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "asyncapi.json")
	if err := compareDescription(file, text); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	for content, want := range map[string]error{string(text): nil, string(text[1:]): errDiffers} {
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := compareDescription(file, text); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}
