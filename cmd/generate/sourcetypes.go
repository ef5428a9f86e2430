package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/doc"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// library is the package that does what the documented library did.
const library = "github.com/gobwas/ws"

// A typeNode is one of our types as the source shows it.
type typeNode struct {
	part
	synopsis string
	named    *types.Named
	fields   []types.Type
	called   map[string]bool // own methods that other nodes call
}

func (n *typeNode) title() string { return n.pkg[strings.LastIndex(n.pkg, "/")+1:] + "." + n.name }

// sourceTypes are the types of the structure and what the source says about how they hang together.
type sourceTypes struct {
	nodes      []*typeNode
	byName     map[*types.TypeName]*typeNode
	calls      map[[2]*typeNode][]string // caller, callee: methods in the order of their first call
	libraryUse map[*typeNode]bool
	libraryFns []string
}

// readTypes loads the packages whose types take part and finds who implements, holds and calls whom.
func readTypes(ctx context.Context, root string) (*sourceTypes, error) {
	config := &packages.Config{Context: ctx, Dir: root, Mode: packages.LoadSyntax}
	loaded, err := packages.Load(config, "./conn", "./server")
	if err != nil {
		return nil, err
	}
	t := &sourceTypes{byName: make(map[*types.TypeName]*typeNode), calls: make(map[[2]*typeNode][]string), libraryUse: make(map[*typeNode]bool)}
	for _, p := range loaded {
		if len(p.Errors) > 0 {
			return nil, p.Errors[0]
		}
	}
	for _, c := range cast {
		if err := t.add(loaded, c); err != nil {
			return nil, err
		}
	}
	if err := t.addImplementers(loaded); err != nil {
		return nil, err
	}
	uses := make(map[*types.Func][]*types.Func)
	for _, p := range loaded {
		for _, file := range p.Syntax {
			readUses(uses, p, file)
		}
	}
	for fn := range uses {
		t.readCalls(uses, fn)
	}
	for _, names := range t.calls {
		slices.Sort(names)
	}
	slices.Sort(t.libraryFns)
	t.libraryFns = slices.Compact(t.libraryFns)
	return t, nil
}

func (t *sourceTypes) add(loaded []*packages.Package, c part) error {
	for _, p := range loaded {
		if p.PkgPath != c.pkg {
			continue
		}
		obj, ok := p.Types.Scope().Lookup(c.name).(*types.TypeName)
		if !ok {
			break
		}
		named, ok := obj.Type().(*types.Named)
		if !ok {
			break
		}
		n := &typeNode{part: c, named: named, synopsis: typeComment(p, c.name), called: make(map[string]bool)}
		if s, ok := named.Underlying().(*types.Struct); ok {
			for field := range s.Fields() {
				n.fields = append(n.fields, field.Type())
			}
		}
		t.nodes = append(t.nodes, n)
		t.byName[obj] = n
		return nil
	}
	return fmt.Errorf("no type %s in %s; it is part of the structure drawing", c.name, c.pkg)
}

// addImplementers finds the types outside an interface's package that implement it.
func (t *sourceTypes) addImplementers(loaded []*packages.Package) error {
	for _, n := range slices.Clone(t.nodes) {
		iface, ok := n.named.Underlying().(*types.Interface)
		if !ok {
			continue
		}
		for _, p := range loaded {
			for _, name := range p.Types.Scope().Names() {
				obj, ok := p.Types.Scope().Lookup(name).(*types.TypeName)
				if !ok || obj.IsAlias() || t.byName[obj] != nil || types.IsInterface(obj.Type()) || !types.Implements(types.NewPointer(obj.Type()), iface) {
					continue
				}
				if err := t.add(loaded, part{plays: n.plays, pkg: p.PkgPath, name: name, color: n.color}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// readUses records which functions each function of a file uses.
func readUses(uses map[*types.Func][]*types.Func, p *packages.Package, file *ast.File) {
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		user, ok := p.TypesInfo.Defs[fn.Name].(*types.Func)
		if !ok {
			continue
		}
		uses[user] = nil
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if used, ok := p.TypesInfo.Uses[id].(*types.Func); ok {
					uses[user] = append(uses[user], used.Origin())
				}
			}
			return true
		})
	}
}

// readCalls records the calls that a node's method makes, also through functions and through methods of types that are not
// drawn: what they do, they do for their caller.
func (t *sourceTypes) readCalls(uses map[*types.Func][]*types.Func, method *types.Func) {
	caller := t.receiver(method)
	seen := make(map[*types.Func]bool)
	var follow func(fn *types.Func)
	follow = func(fn *types.Func) {
		for _, used := range uses[fn] {
			if seen[used] {
				continue
			}
			seen[used] = true
			t.call(caller, used)
			if t.receiver(used) == nil {
				follow(used)
			}
		}
	}
	if caller != nil {
		follow(method)
	}
}

// receiver is the node that a method belongs to, or nil.
func (t *sourceTypes) receiver(fn *types.Func) *typeNode {
	recv := fn.Signature().Recv()
	if recv == nil {
		return nil
	}
	typ := recv.Type()
	if pointer, ok := typ.(*types.Pointer); ok {
		typ = pointer.Elem()
	}
	named, ok := typ.(*types.Named)
	if !ok {
		return nil
	}
	return t.byName[named.Origin().Obj()]
}

func (t *sourceTypes) call(caller *typeNode, fn *types.Func) {
	if fn.Pkg() != nil && fn.Pkg().Path() == library {
		if fn.Signature().Recv() == nil {
			t.libraryFns = append(t.libraryFns, fn.Name())
		}
		t.libraryUse[caller] = true
		return
	}
	callee := t.receiver(fn)
	if caller == nil || callee == nil || caller == callee {
		return
	}
	callee.called[fn.Name()] = true
	key := [2]*typeNode{caller, callee}
	if !slices.Contains(t.calls[key], fn.Name()) {
		t.calls[key] = append(t.calls[key], fn.Name())
	}
}

// typeComment is the first sentence of a type's documentation.
func typeComment(p *packages.Package, name string) string {
	for _, file := range p.Syntax {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.Name == name {
					comment := ts.Doc
					if comment == nil {
						comment = gen.Doc
					}
					return new(doc.Package).Synopsis(comment.Text())
				}
			}
		}
	}
	return ""
}
