package fsm

import (
	"slices"
	"strconv"
	"strings"
)

// Drawing is a graph with everything that Graphviz has to know about it, in the order in which it is written.
type Drawing struct {
	Name  string // the graph's name; ids in the picture begin with it
	Title string // shown above the legend; may be empty
	Nodes []Node
	Links []Link
	// Sideways lets the graph grow from left to right instead of from top to bottom.
	Sideways bool
	Strong   string // what bold names stand for; empty if nothing is bold
}

// Node is a state as it is drawn.
type Node struct {
	ID    string // unique in the page, e.g. "connection-s3"
	Label string
	Hint  string // what the pointer shows
	Layer Layer
	Rank  string // nodes with the same non-empty rank stand side by side
	Start bool   // drawn as a double circle
	End   bool   // drawn filled, with a thick border
}

// Link is an arrow. Several labels are written one below the other.
type Link struct {
	ID       string
	From, To string // node ids
	Labels   []Label
	Hint     string
	Layer    Layer // its colour; the zero value is grey
	Dotted   bool
}

// Label is what stands beside an arrow: a name, and below it a remark in small type, such as a guard.
type Label struct {
	Text, Remark string
	Strong       bool // in bold, and its arrow is thick
}

// slug is the machine's name as it can stand in a file name and in an id of a page.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name)
}

// FileName is the machine's name as it stands in the names of generated files and in the ids of a picture.
func (d Description) FileName() string { return slug(d.Name) }

// StateID is the id of a state's element in the picture.
func (d Description) StateID(state int) string {
	return d.FileName() + "-s" + strconv.Itoa(state)
}

// EdgeID is the id of the arrow that stands for an edge. Edges between the same two states share one arrow, named after the
// first of them.
func (d Description) EdgeID(edge int) string {
	for i, e := range d.Edges {
		if e.From == d.Edges[edge].From && e.To == d.Edges[edge].To {
			return d.FileName() + "-e" + strconv.Itoa(i)
		}
	}
	return ""
}

// Drawing turns the machine into a graph.
func (d Description) Drawing() Drawing {
	g := Drawing{Name: d.FileName()}
	for i, s := range d.States {
		g.Nodes = append(g.Nodes, Node{
			ID: d.StateID(i), Label: s.Name, Hint: s.Name + ": " + s.Doc, Layer: s.Layer, Rank: s.Rank,
			Start: i == d.Initial, End: s.Terminal,
		})
	}
	at := make(map[string]int)
	for i, e := range d.Edges {
		ev := d.Events[e.On]
		id := d.EdgeID(i)
		hint := d.States[e.From].Name + " → " + d.States[e.To].Name + " on " + ev.Name + ": " + ev.Doc
		j, drawn := at[id]
		if !drawn {
			j = len(g.Links)
			at[id] = j
			g.Links = append(g.Links, Link{ID: id, From: d.StateID(e.From), To: d.StateID(e.To), Layer: ev.Layer, Hint: hint})
		} else {
			g.Links[j].Hint += "\n" + hint
			if g.Links[j].Layer != ev.Layer {
				g.Links[j].Layer = Layer{}
			}
		}
		g.Links[j].Labels = append(g.Links[j].Labels, Label{Text: ev.Name, Remark: e.Guard})
	}
	return g
}

// Strengthen returns the drawing with the edges in bold for which strong says so, by their index in the description. What bold
// means is told in the legend.
func (d Description) Strengthen(g Drawing, meaning string, strong func(edge int) bool) Drawing {
	g.Links, g.Strong = slices.Clone(g.Links), meaning
	for i := range g.Links {
		l := &g.Links[i]
		l.Labels = slices.Clone(l.Labels)
		at := 0
		for j := range d.Edges {
			if d.EdgeID(j) == l.ID {
				l.Labels[at].Strong = strong(j)
				at++
			}
		}
	}
	return g
}

// layers returns the layers of the nodes in the order of their first appearance.
func (g Drawing) layers() []Layer {
	var out []Layer
	seen := make(map[Layer]bool)
	for _, n := range g.Nodes {
		if n.Layer.Name != "" && !seen[n.Layer] {
			seen[n.Layer] = true
			out = append(out, n.Layer)
		}
	}
	return out
}
