package main

import (
	"context"
	"fmt"
	"strings"

	"musicdb/conn"
	"musicdb/fsm"
)

const documentedName = "connection-documented"

// addConnection writes the documented lifecycle of a connection, and the connection's page with both drawings and how the one
// refines the other.
func (f files) addConnection(ctx context.Context) error {
	if err := f.addDrawing(ctx, documentedDrawing(conn.Documented()), false); err != nil {
		return err
	}
	d := conn.Lifecycle.Describe()
	name := d.FileName()
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", d.Name, d.Doc)
	b.WriteString("## The documented lifecycle\n\n")
	b.WriteString("As the MusicDB websocket server documents it: the library, the connection and the interface take turns.\n\n")
	fmt.Fprintf(&b, "![The documented lifecycle of a connection](%s.svg)\n\n", documentedName)
	b.WriteString("## The refined lifecycle\n\n")
	b.WriteString("As it runs here: the same life with every visit, failure and time limit a state of its own.\n\n")
	fmt.Fprintf(&b, "![The refined lifecycle of a connection](%s.svg)\n\n", name)
	writeProjection(&b)
	writeAddedEdges(&b)
	b.WriteString(d.Tables())
	f[name+".md"] = []byte(b.String())
	return nil
}

// documentedDrawing draws exactly what is documented. A label in parentheses is a remark on an unlabelled edge.
func documentedDrawing(doc conn.Drawing) fsm.Drawing {
	g := fsm.Drawing{Name: documentedName}
	ids := make(map[string]string)
	for i, n := range doc.Nodes {
		if !n.Drawn {
			continue
		}
		ids[n.Name] = fmt.Sprintf("%s-s%d", documentedName, i)
		label := n.Label
		if label == "" {
			label = n.Name
		}
		g.Nodes = append(g.Nodes, fsm.Node{ID: ids[n.Name], Label: label, Hint: n.Name + " (" + n.Layer.Name + ")", Layer: n.Layer, Rank: n.Rank, Start: n.Start})
	}
	for i, e := range doc.Edges {
		link := fsm.Link{ID: fmt.Sprintf("%s-e%d", documentedName, i), From: ids[e.From], To: ids[e.To], Hint: e.From + " → " + e.To + ": " + e.Label}
		if !strings.HasPrefix(e.Label, "(") {
			link.Labels = []fsm.Label{{Text: e.Label}}
		}
		g.Links = append(g.Links, link)
	}
	return g
}

func writeProjection(b *strings.Builder) {
	b.WriteString("## How the one refines the other\n\n")
	b.WriteString("Every state of the refined lifecycle stands for one state of the documented one. A step between two states with the same image is no step there; every other step is an edge of the documented drawing or one of the added edges below.\n\n")
	b.WriteString("| documented state | layer | refined states |\n|---|---|---|\n")
	for _, n := range conn.Documented().Nodes {
		var images []string
		for _, s := range conn.Lifecycle.States() {
			if conn.Projection(s.State) == n.Name {
				images = append(images, s.Name)
			}
		}
		name := "`" + n.Name + "`"
		if n.Label != "" && n.Label != n.Name {
			name += " (drawn as “" + strings.ReplaceAll(n.Label, "_", `\_`) + "”)"
		}
		if !n.Drawn {
			name += " (documented, not drawn)"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", name, n.Layer.Name, strings.Join(images, ", "))
	}
	b.WriteString("\n")
}

func writeAddedEdges(b *strings.Builder) {
	b.WriteString("## Added edges\n\nSteps that the documented drawing does not have.\n\n| from | to | reason |\n|---|---|---|\n")
	for _, e := range conn.AddedEdges() {
		fmt.Fprintf(b, "| `%s` | `%s` | %s |\n", e.From, e.To, strings.ReplaceAll(e.Reason, "|", `\|`))
	}
	b.WriteString("\n")
}
