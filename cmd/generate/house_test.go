package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "musicdb"

// arrows lists, per package, the packages of this module that it may import.
// A package that is not listed may not exist: the house is planned, and a new
// room is entered here in the commit that builds it. "media/..." stands for
// every room of media.
var arrows = map[string][]string{
	"cmd/musicdb":           {"server", "server/...", "conn", "conn/probe", "media/...", "diagrams", "fsm"},
	"cmd/generate":          {"server", "server/asyncapi", "conn", "media/...", "diagrams", "diagrams/render", "fsm"},
	"server":                {"server/wire", "conn", "media/...", "diagrams", "fsm"},
	"server/wire":           {},
	"server/client":         {"server/wire"},
	"server/asyncapi":       {},
	"conn":                  {"fsm"},
	"conn/conformance":      {"conn"},
	"conn/probe":            {},
	"fsm":                   {},
	"fsm/fsmtest":           {"fsm"},
	"diagrams":              {},
	"diagrams/render":       {},
	"media/library":         {"fsm"},
	"media/files":           {"fsm"},
	"media/maintenance":     {"media/library", "media/files", "media/durable"},
	"media/plans/mojibake":  {},
	"media/plans/intake":    {"media/plans", "media/plans/mojibake", "media/library", "media/files", "media/artwork"},
	"media/plans":           {"media/library", "media/files", "media/artwork", "media/maintenance", "media/durable", "media/frames", "fsm"},
	"media/watch":           {"media/library", "media/files", "media/maintenance", "fsm"},
	"media/state":           {"media/durable", "fsm"},
	"media/durable":         {},
	"media/ffmpeg":          {"fsm"},
	"media/ffmpeg/embedded": {},
	"media/search":          {"media/library", "fsm"},
	"media/artwork":         {"media/durable", "media/files", "media/library", "fsm"},
	"media/frames":          {"media/artwork", "media/durable", "media/ffmpeg", "media/files", "media/library", "fsm"},
	"media/queue":           {"media/library", "media/state", "fsm"},
	"media/sound":           {"fsm"},
	"media/icecast":         {"media/sound", "fsm"},
	"media/loudness":        {"media/library", "media/files", "media/ffmpeg", "fsm"},
	"media/mix":             {},
	"media/stream":          {"media/queue", "media/library", "media/files", "media/ffmpeg", "media/hearing", "media/sound", "media/mix", "fsm"},
	"media/hearing":         {"media/sound", "media/ffmpeg", "fsm"},
	"media/doctor":          {"media/library", "media/files", "media/artwork", "media/ffmpeg", "media/plans", "media/plans/mojibake", "media/durable", "fsm"},
	"media/tasks":           {"media/library", "media/files", "media/artwork", "media/search", "media/durable", "media/frames", "media/plans", "media/plans/intake", "fsm"},
	"media/demo":            {"media/demo/score", "media/durable"},
	"media/demo/score":      {},
	"media/demo/synth":      {"media/demo/score"},
	"media/demo/cover":      {},
	"media/demo/compose":    {"media/demo", "media/demo/score", "media/demo/synth", "media/demo/cover"},

	"media/icecast/icecasttest": {}, // tests only
	"media/ffmpeg/ffmpegtest":   {}, // tests only
}

// owners names the only packages that may import a dependency.
var owners = map[string][]string{
	"github.com/looplab/fsm":                {"fsm"},
	"github.com/gobwas/ws":                  {"conn", "server/client"},
	"github.com/klauspost/compress":         {"conn"},
	"golang.org/x/crypto":                   {"conn"},
	"github.com/mattn/go-sqlite3":           {"media/library"},
	"github.com/fsnotify/fsnotify":          {"media/watch"},
	"go.senan.xyz/taglib":                   {"media/files"},
	"github.com/goccy/go-graphviz":          {"diagrams/render"},
	"codeberg.org/gruf/go-ffmpreg":          {"media/ffmpeg/embedded"},
	"github.com/kelseyhightower/envconfig":  {"cmd/musicdb"},
	"github.com/alecthomas/kong":            {"cmd/musicdb"},
	"github.com/coreos/go-systemd":          {"cmd/musicdb"},
	"github.com/prometheus":                 {"server"},
	"github.com/chromedp":                   {"server", "cmd/musicdb"},
	"github.com/santhosh-tekuri/jsonschema": {}, // tests only
}

// testsMay lists what the tests of every package may import beyond whatever
// lies below their package.
var testsMay = []string{"fsm/fsmtest", "media/demo", "conn/conformance", "media/ffmpeg/ffmpegtest"}

// testsOwn lists dependencies that the tests of a package may import although
// the package may not, because a test plays the other end.
var testsOwn = map[string][]string{
	"github.com/gobwas/ws":                  {"server", "cmd/musicdb"},     // hostile clients write their own frames
	"github.com/santhosh-tekuri/jsonschema": {"server", "server/asyncapi"}, // answers are held against their description
	"github.com/mattn/go-sqlite3":           {"cmd/musicdb"},               // plays are counted in the table that MusicDB 8 reads
}

// TestHouse walks every Go file of the module and fails on an import that the
// plan of the house does not have.
func TestHouse(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}

	walk(t, root, func(pkg, file string, syntax *ast.File) {
		seen[pkg] = true
		allowed, planned := arrows[pkg]
		if !planned {
			t.Errorf("%s: package %s is not in the plan of the house; enter it in arrows", file, pkg)
			return
		}
		isTest := strings.HasSuffix(file, "_test.go")
		for _, spec := range syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if inner, ours := strings.CutPrefix(imported, module+"/"); ours {
				if inner == pkg || matches(allowed, inner) {
					continue
				}
				if isTest && (matches(testsMay, inner) || strings.HasPrefix(inner, pkg+"/") || below(pkg)[inner]) {
					continue
				}
				t.Errorf("%s imports %s: %s may import only %v", file, inner, pkg, allowed)
				continue
			}
			for dependency, owner := range owners {
				if isTest {
					owner = slices.Concat(owner, testsOwn[dependency])
				}
				if (imported == dependency || strings.HasPrefix(imported, dependency+"/")) && !slices.Contains(owner, pkg) {
					t.Errorf("%s imports %s: only %v may", file, imported, owner)
				}
			}
			if imported == "net/http" && pkg == "conn" && !isTest {
				t.Errorf("%s imports net/http: the websocket listener parses its upgrade itself", file)
			}
		}
	})

	for pkg := range arrows {
		if !seen[pkg] {
			t.Errorf("the plan has a package %s, the tree has not", pkg)
		}
	}
}

// TestEveryPackageIntroducesItself asks for a doc.go with a package comment in
// every package.
func TestEveryPackageIntroducesItself(t *testing.T) {
	root := filepath.Join("..", "..")
	introduced := map[string]bool{}
	walk(t, root, func(pkg, file string, syntax *ast.File) {
		if _, known := introduced[pkg]; !known {
			introduced[pkg] = false
		}
		if path.Base(file) == "doc.go" && syntax.Doc != nil {
			introduced[pkg] = true
		}
	})
	for pkg, ok := range introduced {
		if !ok {
			t.Errorf("%s has no doc.go with a package comment", pkg)
		}
	}
}

// TestOnlyTheCommandReadsTheEnvironment keeps every setting where it can be
// listed: packages get plain option fields.
func TestOnlyTheCommandReadsTheEnvironment(t *testing.T) {
	root := filepath.Join("..", "..")
	walk(t, root, func(pkg, file string, syntax *ast.File) {
		if pkg == "cmd/musicdb" || strings.HasSuffix(file, "_test.go") {
			return
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "os" && (sel.Sel.Name == "Getenv" || sel.Sel.Name == "LookupEnv") {
					t.Errorf("%s reads the environment with os.%s", file, sel.Sel.Name)
				}
			}
			return true
		})
	})
}

// walk parses every Go file below root and calls visit with its package's
// path inside the module.
func walk(t *testing.T, root string, visit func(pkg, file string, syntax *ast.File)) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := entry.Name(); base == "testdata" || base == "var" || base == "bin" || strings.HasPrefix(base, ".") && base != ".." {
				return fs.SkipDir
			}
			if name != root {
				if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
					return fs.SkipDir
				}
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		syntax, err := parser.ParseFile(files, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		inner, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		inner = filepath.ToSlash(inner)
		visit(path.Dir(inner), inner, syntax)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// below returns every package that pkg can reach along the arrows.
func below(pkg string) map[string]bool {
	reached := map[string]bool{}
	var follow func(string)
	follow = func(from string) {
		for to := range arrows {
			if !reached[to] && matches(arrows[from], to) {
				reached[to] = true
				follow(to)
			}
		}
	}
	follow(pkg)
	return reached
}

func matches(allowed []string, pkg string) bool {
	for _, a := range allowed {
		if prefix, all := strings.CutSuffix(a, "..."); a == pkg || all && strings.HasPrefix(pkg, prefix) {
			return true
		}
	}
	return false
}
