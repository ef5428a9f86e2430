package main

import (
	"fmt"
	"strings"
)

// A record is a box of the structure drawing: a title and groups of members.
type record struct {
	id, title, subtitle, color string
	groups                     []group
}

// A group lists members below a small heading, which may be empty.
type group struct {
	heading string
	members []string
	italic  bool
}

// An arrow joins two records. style is a Graphviz edge style, head an arrowhead.
type arrow struct{ from, to, label, style, head string }

type structureGraph struct {
	name    string
	records []record
	arrows  []arrow
	// sideways lets the graph grow from left to right instead of from top to bottom.
	sideways bool
}

// dot writes the drawing in Graphviz' language, in the order of its parts.
func (g structureGraph) dot() string {
	var b strings.Builder
	direction := "TB"
	if g.sideways {
		direction = "LR"
	}
	fmt.Fprintf(&b, "digraph %q {\n\tgraph [id=%q, rankdir=%s, nodesep=0.35, ranksep=0.5, bgcolor=white, tooltip=\" \"];\n", g.name, g.name, direction)
	b.WriteString("\tnode [fontname=\"Arial\", fontsize=12, shape=plain];\n\tedge [fontname=\"Arial\", fontsize=11, arrowsize=0.8, color=\"#444444\", fontcolor=\"#444444\"];\n")
	for _, r := range g.records {
		fmt.Fprintf(&b, "\t%q [id=%q, tooltip=%q, label=<%s>];\n", g.name+"-"+r.id, g.name+"-"+r.id, r.title, r.html())
	}
	for i, a := range g.arrows {
		label := ""
		if a.label != "" {
			label = fmt.Sprintf(`, label=<<table border="0" cellborder="0" cellspacing="3" cellpadding="0"><tr><td>%s</td></tr></table>>`, a.label)
		}
		fmt.Fprintf(&b, "\t%q -> %q [id=\"%s-e%d\", tooltip=\" \", style=%s, arrowhead=%s%s];\n", g.name+"-"+a.from, g.name+"-"+a.to, g.name, i, a.style, a.head, label)
	}
	b.WriteString("}\n")
	return b.String()
}

func (r record) html() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<table border="0" cellborder="1" cellspacing="0" cellpadding="4" color="%s"><tr><td bgcolor="#f4f4f4"><font color="%s"><b>%s</b>`, r.color, r.color, htmlText(r.title))
	if r.subtitle != "" {
		fmt.Fprintf(&b, `<br/><font point-size="10">%s</font>`, htmlText(r.subtitle))
	}
	b.WriteString("</font></td></tr>")
	for _, gr := range r.groups {
		if len(gr.members) == 0 {
			continue
		}
		b.WriteString(`<tr><td align="left" balign="left">`)
		if gr.heading != "" {
			fmt.Fprintf(&b, `<font point-size="10" color="#666666">%s</font><br/>`, htmlText(gr.heading))
		}
		lines := make([]string, len(gr.members))
		for i, m := range gr.members {
			lines[i] = htmlText(m)
			if gr.italic {
				lines[i] = "<i>" + lines[i] + "</i>"
			}
		}
		b.WriteString(strings.Join(lines, "<br/>") + "</td></tr>")
	}
	b.WriteString("</table>")
	return b.String()
}

var htmlQuotes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func htmlText(s string) string { return htmlQuotes.Replace(s) }

// documentedStructure is the structure drawing of the MusicDB websocket server's documentation.
func documentedStructure() structureGraph {
	return structureGraph{
		name: documentedStructureName,
		records: []record{
			{id: "protocol", title: "WebSocketServerProtocol", subtitle: "library", color: uncolored},
			{id: "factory", title: "WebSocketServerFactory", subtitle: "library", color: uncolored},
			{id: "websocket", title: "WebSocket", color: "blue", groups: []group{
				{heading: "public", members: []string{"SendPacket", "BroadcastPacket"}},
				{heading: "called by the library", members: []string{"onOpen", "onClose", "onMessage"}},
			}},
			{id: "interface", title: "MusicDBWebSocketInterface", color: "red", groups: []group{
				{heading: "called by WebSocket", members: []string{"onWSConnect", "onWSDisconnect", "onCall"}},
				{heading: "private", members: []string{"onStreamEvent", "onQueueEvent"}},
			}},
			{id: "mdbprotocol", title: "MusicDBWebSocketProtocol", color: uncolored},
			{id: "mdbfactory", title: "MusicDBWebSocketFactory", color: uncolored, groups: []group{
				{members: []string{"clients"}},
				{members: []string{"AddToBroadcast", "RemoveFromBroadcast", "BroadcastPacket", "CloseConnections"}},
			}},
			{id: "server", title: "MusicDBWebSocketServer", color: uncolored, groups: []group{
				{members: []string{"factory", "factory.protocol"}},
				{members: []string{"Setup", "Start", "Stop", "HandleEvents"}},
			}},
		},
		arrows: []arrow{
			{from: "protocol", to: "websocket", style: "solid", head: "normal"},
			{from: "websocket", to: "mdbprotocol", style: "solid", head: "normal"},
			{from: "interface", to: "mdbprotocol", style: "solid", head: "normal"},
			{from: "factory", to: "mdbfactory", style: "solid", head: "normal"},
			{from: "mdbprotocol", to: "mdbfactory", style: "dotted", head: "normal"},
			{from: "mdbfactory", to: "server", style: "solid", head: "normal"},
		},
	}
}
