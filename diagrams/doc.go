// Package diagrams holds what cmd/generate writes: for every machine of the program its drawing (DOT and SVG) and its page
// (Markdown), the documented drawings beside ours, and the index. The files are embedded, so that the program can show and
// write them without Graphviz.
//
// It imports nothing of the program and draws nothing. Its content never changes while the program runs; any goroutine may read it.
// Start reading at index.md, or at Load.
package diagrams
