package main

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// namesPerLine is how many called methods stand in one line of an arrow's label.
const namesPerLine = 3

// graph draws the types: solid where a field holds the other, with the methods called over it; dotted where it is called
// without being held; dashed where an interface is implemented.
func (t *sourceTypes) graph() structureGraph {
	g := structureGraph{name: structureName}
	for _, n := range t.nodes {
		g.records = append(g.records, n.record())
	}
	for _, a := range t.nodes {
		for _, b := range t.nodes {
			if a == b {
				continue
			}
			label := callLabel(t.calls[[2]*typeNode{a, b}])
			switch {
			case t.holds(a, b):
				g.arrows = append(g.arrows, arrow{a.name, b.name, label, "solid", "normal"})
			case label != "":
				g.arrows = append(g.arrows, arrow{a.name, b.name, label, "dotted", "normal"})
			}
			if a.implements(b) {
				g.arrows = append(g.arrows, arrow{a.name, b.name, "", "dashed", "empty"})
			}
		}
	}
	g.records = append(g.records, record{id: "library", title: library, subtitle: "library", color: uncolored, groups: []group{{members: t.libraryFns}}})
	for _, n := range t.nodes {
		if t.libraryUse[n] {
			g.arrows = append(g.arrows, arrow{n.name, "library", "", "dotted", "normal"})
		}
	}
	return g
}

// record shows the exported methods, and those that only the other types of the drawing call.
func (n *typeNode) record() record {
	var exported, inner []string
	switch under := n.named.Underlying().(type) {
	case *types.Interface:
		for m := range under.Methods() {
			exported = append(exported, m.Name())
		}
	default:
		for m := range n.named.Methods() {
			switch {
			case ast.IsExported(m.Name()):
				exported = append(exported, m.Name())
			case n.called[m.Name()]:
				inner = append(inner, m.Name())
			}
		}
	}
	slices.Sort(exported)
	slices.Sort(inner)
	title := n.title()
	if types.IsInterface(n.named) {
		title += " (interface)"
	}
	return record{id: n.name, title: title, subtitle: n.plays, color: n.color, groups: []group{{members: exported}, {members: inner, italic: true}}}
}

// holds reports whether a field of a leads to b, through pointers, lists, maps, channels, type arguments, and structs of our
// packages that are not drawn themselves.
func (t *sourceTypes) holds(n, other *typeNode) bool {
	seen := make(map[*types.TypeName]bool)
	return slices.ContainsFunc(n.fields, func(field types.Type) bool { return t.leadsTo(field, other.named.Obj(), seen) })
}

func (t *sourceTypes) leadsTo(from types.Type, target *types.TypeName, seen map[*types.TypeName]bool) bool {
	next := func(to types.Type) bool { return t.leadsTo(to, target, seen) }
	switch from := from.(type) {
	case *types.Pointer:
		return next(from.Elem())
	case *types.Slice:
		return next(from.Elem())
	case *types.Array:
		return next(from.Elem())
	case *types.Chan:
		return next(from.Elem())
	case *types.Map:
		return next(from.Key()) || next(from.Elem())
	case *types.Named:
		name := from.Obj()
		switch {
		case name == target:
			return true
		case seen[name]:
			return false
		}
		seen[name] = true
		for arg := range from.TypeArgs().Types() {
			if next(arg) {
				return true
			}
		}
		inner, isStruct := from.Underlying().(*types.Struct)
		if !isStruct || t.byName[name] != nil || name.Pkg() == nil || !slices.ContainsFunc(t.nodes, func(n *typeNode) bool { return n.pkg == name.Pkg().Path() }) {
			return false
		}
		for field := range inner.Fields() {
			if next(field.Type()) {
				return true
			}
		}
	}
	return false
}

// implements reports whether n is a concrete type that implements the other, which is an interface.
func (n *typeNode) implements(other *typeNode) bool {
	iface, ok := other.named.Underlying().(*types.Interface)
	return ok && !types.IsInterface(n.named) && types.Implements(types.NewPointer(n.named), iface)
}

func callLabel(names []string) string {
	names = slices.Sorted(slices.Values(names))
	var lines []string
	for line := range slices.Chunk(names, namesPerLine) {
		lines = append(lines, htmlText(strings.Join(line, ", ")))
	}
	return strings.Join(lines, ",<br/>")
}
