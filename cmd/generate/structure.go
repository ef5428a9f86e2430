package main

import (
	"context"
	"fmt"
	"strings"
)

const (
	structureName           = "structure"
	documentedStructureName = "structure-documented"
)

// A part is one of our types that plays a part of the documented structure.
type part struct {
	plays string // the documented class
	pkg   string
	name  string // the type
	color string // of the documented class
}

// cast says which documented class each of our types stands for. Only this is written by hand: members, holders, callers and
// implementations are read from the source, and a type that is gone is an error.
var cast = []part{
	{"WebSocketServerProtocol", "musicdb/conn", "decoder", uncolored},
	{"WebSocketServerProtocol", "musicdb/conn", "outbox", uncolored},
	{"WebSocket", "musicdb/conn", "Conn", "blue"},
	{"WebSocket", "musicdb/conn", "shard", "blue"},
	{"MusicDBWebSocketInterface", "musicdb/conn", "Session", "red"},
	{"MusicDBWebSocketProtocol", "musicdb/conn", "Handler", uncolored},
	{"MusicDBWebSocketFactory", "musicdb/conn", "Hub", uncolored},
	{"MusicDBWebSocketServer", "musicdb/conn", "Engine", uncolored},
}

const uncolored = "#444444"

// addStructure writes the documented structure, ours, and the page with both.
func (f files) addStructure(ctx context.Context, root string) error {
	types, err := readTypes(ctx, root)
	if err != nil {
		return fmt.Errorf("read the types: %w", err)
	}
	if err := f.addLargest(ctx, documentedStructureName, documentedStructure().dot()); err != nil {
		return err
	}
	ours := types.graph()
	upright := ours.dot()
	ours.sideways = true
	if err := f.addLargest(ctx, structureName, upright, ours.dot()); err != nil {
		return err
	}
	f[structureName+".md"] = []byte(structurePage(types))
	return nil
}

func structurePage(t *sourceTypes) string {
	var b strings.Builder
	b.WriteString("# Structure\n\nWho is built on whom: what the MusicDB websocket server documents, and the types that play these parts here.\n\n")
	b.WriteString("## The documented structure\n\nAn arrow leads from a base to what is derived from it or holds it; a dotted one says “is used by”.\n\n")
	fmt.Fprintf(&b, "![The documented structure](%s.svg)\n\n", documentedStructureName)
	b.WriteString("## Our structure\n\nRead from the Go types; what leads through types that are not drawn is drawn as an arrow between those that are. Solid: holds, and calls these methods. Dotted: calls without holding. Dashed with an open head: implements. In italics: methods that only these types call.\n\n")
	fmt.Fprintf(&b, "![Our structure](%s.svg)\n\n", structureName)
	b.WriteString("## Who plays which part\n\n| documented | here | what it is |\n|---|---|---|\n")
	for _, n := range t.nodes {
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", n.plays, n.title(), strings.NewReplacer("|", `\|`, "*", `\*`).Replace(n.synopsis))
	}
	return b.String()
}
