package main

import (
	"fmt"
	"strings"
)

// addIndex writes the page that leads to all others.
func (f files) addIndex() {
	var b strings.Builder
	b.WriteString("# Drawings\n\nEverything here is generated from the code that runs (`make generate`); a check fails when a file and the code disagree.\n\n")
	b.WriteString("| machine | package | whose life it is |\n|---|---|---|\n")
	for _, p := range machines() {
		fmt.Fprintf(&b, "| [%s](%s.md) | `%s` | %s |\n", p.name, p.file, p.pkg, p.about)
	}
	fmt.Fprintf(&b, "\n[Structure](%s.md): the types that take part in a connection, beside the documented classes.\n", structureName)
	f["index.md"] = []byte(b.String())
}
