package fsm

import (
	"fmt"
	"strings"
)

// Markdown writes the machine's page: its drawing (the path of the picture, as seen from the page), the states with the ways out of
// them, and the events with who raises them. The same machine always gives the same text.
func (d Description) Markdown(picture string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", cellText(d.Name), cellText(d.Doc))
	if picture != "" {
		fmt.Fprintf(&b, "![The states and events of %s](%s)\n\n", cellText(d.Name), picture)
	}
	return b.String() + d.Tables()
}

// Tables writes the second half of the page alone: the table of states and the table of events.
func (d Description) Tables() string {
	var b strings.Builder
	d.writeStates(&b)
	d.writeEvents(&b)
	return b.String()
}

func (d Description) writeStates(b *strings.Builder) {
	b.WriteString("## States\n\n| state | layer | why an instance is here | ways out |\n|---|---|---|---|\n")
	for i, s := range d.States {
		name := "**" + cellText(s.Name) + "**"
		switch {
		case i == d.Initial:
			name += " (start)"
		case s.Terminal:
			name += " (end)"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", name, cellText(s.Layer.Name), cellText(s.Doc), d.exits(i))
	}
	b.WriteString("\n")
}

// exits lists the edges out of a state, one per line of the table's cell.
func (d Description) exits(state int) string {
	var out []string
	for _, e := range d.Edges {
		if e.From != state {
			continue
		}
		line := cellText(d.Events[e.On].Name)
		if e.Guard != "" {
			line += ` *\[` + cellText(e.Guard) + `\]*`
		}
		line += " → " + cellText(d.States[e.To].Name)
		if e.Why != "" {
			line += " – " + cellText(e.Why)
		}
		out = append(out, line)
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, "<br>")
}

func (d Description) writeEvents(b *strings.Builder) {
	b.WriteString("## Events\n\n| event | raised by | layer | what it means | where it counts |\n|---|---|---|---|---|\n")
	for i, ev := range d.Events {
		var where []string
		for _, e := range d.Edges {
			if e.On == i {
				where = append(where, cellText(d.States[e.From].Name))
			}
		}
		fmt.Fprintf(b, "| **%s** | %s | %s | %s | %s |\n", cellText(ev.Name), cellText(ev.By), cellText(ev.Layer.Name), cellText(ev.Doc), strings.Join(where, ", "))
	}
	b.WriteString("\nAn event in any other state is refused, counted and reported; the state stays as it is.\n")
}

var markdownQuotes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "[", `\[`, "]", `\]`, "_", `\_`, "<", "&lt;", "`", "\\`", "\n", " ")

// cellText keeps a text from being read as markup, or from ending its cell.
func cellText(s string) string { return markdownQuotes.Replace(s) }
