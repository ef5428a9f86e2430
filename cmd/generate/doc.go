// Command generate writes everything in diagrams that comes from the code: for every machine its drawing and its page, the
// documented drawings beside ours, and the index.
//
//	go run ./cmd/generate          writes
//	go run ./cmd/generate -check   writes nothing, names every file that differs, and exits with 1 if there is one
//
// Only the rendering to SVG needs Graphviz, which diagrams/render runs as WebAssembly; see there for what it leaves in $TMPDIR.
package main
