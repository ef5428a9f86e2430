package fsm

import (
	"fmt"
	"slices"
	"strings"
)

const (
	font        = "Arial" // Graphviz knows its widths; render adds the fonts to fall back on
	remarkWidth = 20      // characters after which a remark beside an arrow goes on in the next line
	nameWidth   = 18      // the same for a list of names
	plainColor  = "#444444"
	endFill     = "#e4e4e4"
)

// DOT writes the machine's drawing in Graphviz' language. The same machine always gives the same text.
func (d Description) DOT() string { return d.Drawing().DOT() }

// DOT writes the graph in Graphviz' language.
func (g Drawing) DOT() string {
	var b strings.Builder
	direction := "TB"
	if g.Sideways {
		direction = "LR"
	}
	fmt.Fprintf(&b, "digraph %s {\n", quote(g.Name))
	fmt.Fprintf(&b, "\tgraph [id=%[4]s, rankdir=%[1]s, fontname=%[3]s, fontsize=12, nodesep=0.18, ranksep=0.3, labelloc=b, bgcolor=white, tooltip=\" \", label=%[2]s];\n", direction, g.legend(), quote(font), quote(g.Name))
	fmt.Fprintf(&b, "\tnode [fontname=%s, fontsize=13, shape=box, style=\"rounded,filled\", fillcolor=white, height=0.36, margin=\"0.1,0.04\"];\n", quote(font))
	fmt.Fprintf(&b, "\tedge [fontname=%s, fontsize=11, arrowsize=0.7];\n", quote(font))
	for _, n := range g.Nodes {
		writeNode(&b, n)
	}
	for _, rank := range g.ranks() {
		fmt.Fprintf(&b, "\t{ rank=same; %s; }\n", strings.Join(rank, "; "))
	}
	for _, l := range g.Links {
		writeLink(&b, l)
	}
	b.WriteString("}\n")
	return b.String()
}

func writeNode(b *strings.Builder, n Node) {
	color := colorOf(n.Layer)
	fmt.Fprintf(b, "\t%s [id=%s, label=%s, color=%s, fontcolor=%s, tooltip=%s", quote(n.ID), quote(n.ID), quote(n.Label), color, color, quote(n.Hint))
	switch {
	case n.Start:
		b.WriteString(", shape=doublecircle, style=filled, fontsize=12, margin=0")
	case n.End:
		fmt.Fprintf(b, ", penwidth=2.5, fillcolor=%s", quote(endFill))
	}
	b.WriteString("];\n")
}

func writeLink(b *strings.Builder, l Link) {
	if l.From == l.To && len(l.Labels) > 0 {
		writeLoop(b, l)
		return
	}
	color := colorOf(l.Layer)
	fmt.Fprintf(b, "\t%s -> %s [id=%s, color=%s, fontcolor=%s, tooltip=%s, labeltooltip=%s", quote(l.From), quote(l.To), quote(l.ID), color, color, quote(l.Hint), quote(l.Hint))
	if len(l.Labels) > 0 {
		fmt.Fprintf(b, ", label=%s", labelHTML(l.Labels))
	}
	writeWeight(b, l)
}

// writeWeight ends an arrow with what its line looks like.
func writeWeight(b *strings.Builder, l Link) {
	if l.Dotted {
		b.WriteString(", style=dotted")
	}
	if slices.ContainsFunc(l.Labels, func(n Label) bool { return n.Strong }) {
		b.WriteString(", penwidth=2.2")
	}
	b.WriteString("];\n")
}

// writeLoop writes an arrow that stays where it is as a short one from its own names to the state. Graphviz keeps no room free
// for the labels of loops: other arrows would be drawn through them.
func writeLoop(b *strings.Builder, l Link) {
	color, names := colorOf(l.Layer), quote(l.ID+"-names")
	fmt.Fprintf(b, "\t%s [class=names, shape=plain, style=\"\", fontsize=11, fontcolor=%s, tooltip=%s, label=%s];\n", names, color, quote(l.Hint), labelHTML(l.Labels))
	fmt.Fprintf(b, "\t{ rank=same; %s; %s; }\n", quote(l.From), names)
	fmt.Fprintf(b, "\t%s -> %s [id=%s, dir=back, color=%s, fontcolor=%s, tooltip=%s", quote(l.From), names, quote(l.ID), color, color, quote(l.Hint))
	writeWeight(b, l)
}

// labelHTML sets names in normal and remarks in small type, strong names in bold. Plain names share lines where there are many
// of them. The padding keeps the text off its arrow.
func labelHTML(labels []Label) string {
	var lines, names []string
	strong := map[string]bool{}
	for _, l := range labels {
		if l.Remark == "" {
			names = append(names, l.Text)
			strong[l.Text] = l.Strong
		}
	}
	if len(names) > 2 {
		for i := range names[1:] {
			names[i] += ","
		}
		names = fill(names, nameWidth)
	}
	for _, line := range names {
		words := strings.Fields(line)
		for i, w := range words {
			words[i] = weighed(w, strong[strings.TrimSuffix(w, ",")])
		}
		lines = append(lines, strings.Join(words, " "))
	}
	for _, l := range labels {
		if l.Remark == "" {
			continue
		}
		lines = append(lines, weighed(l.Text, l.Strong))
		for _, remark := range fill(strings.Fields("["+l.Remark+"]"), remarkWidth) {
			lines = append(lines, `<font point-size="10"><i>`+escape(remark)+"</i></font>")
		}
	}
	return `<<table border="0" cellborder="0" cellspacing="3" cellpadding="0"><tr><td>` + strings.Join(lines, "<br/>") + "</td></tr></table>>"
}

// weighed is a name, in bold if it is strong.
func weighed(name string, strong bool) string {
	if strong {
		return "<b>" + escape(name) + "</b>"
	}
	return escape(name)
}

// fill puts words into lines of at most width bytes, longer words aside.
func fill(words []string, width int) []string {
	lines := words[:1:1]
	for _, w := range words[1:] {
		if last := &lines[len(lines)-1]; len(*last)+1+len(w) <= width {
			*last += " " + w
		} else {
			lines = append(lines, w)
		}
	}
	return lines
}

// ranks groups the node ids that shall stand side by side, in the order of the nodes.
func (g Drawing) ranks() [][]string {
	var out [][]string
	at := make(map[string]int)
	for _, n := range g.Nodes {
		if n.Rank == "" {
			continue
		}
		i, seen := at[n.Rank]
		if !seen {
			i = len(out)
			at[n.Rank] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], quote(n.ID))
	}
	return out
}

// legend explains the colours and shapes that the drawing uses.
func (g Drawing) legend() string {
	var parts []string
	if g.Title != "" {
		parts = append(parts, "<b>"+escape(g.Title)+"</b>")
	}
	for _, l := range g.layers() {
		parts = append(parts, fmt.Sprintf(`<font color=%s>&#9632;&#160;%s</font>`, colorOf(l), escape(l.Name)))
	}
	start, end := false, false
	for _, n := range g.Nodes {
		start, end = start || n.Start, end || n.End
	}
	if start {
		parts = append(parts, "double circle: start")
	}
	if end {
		parts = append(parts, "thick and grey: end")
	}
	if slices.ContainsFunc(g.Links, func(l Link) bool { return l.From == l.To }) {
		parts = append(parts, "arrow from its names: stays")
	}
	if g.Strong != "" {
		parts = append(parts, "<b>bold</b>: "+escape(g.Strong))
	}
	return `<<table border="0" cellborder="0" cellspacing="8"><tr><td>` + strings.Join(parts, "</td><td>") + "</td></tr></table>>"
}

func colorOf(l Layer) string {
	if l.Color == "" {
		return quote(plainColor)
	}
	return quote(l.Color)
}

var dotQuotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func quote(s string) string { return `"` + dotQuotes.Replace(s) + `"` }

var htmlQuotes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escape(s string) string { return htmlQuotes.Replace(s) }
