// Package render turns Graphviz' language into SVG. It is the only importer of go-graphviz, which runs Graphviz as WebAssembly
// inside this process: no program has to be installed, and the same text gives the same bytes on every machine.
//
// It is used when the drawings are generated and never by the daemon: importing go-graphviz compiles its WebAssembly
// before main starts (1.4 s and 50 MB the first time) and keeps the result in the folder go-graphviz below $TMPDIR, for
// whoever comes next. Where other users can write to $TMPDIR, set it to a folder of your own before generating.
//
// SVG may be called from any goroutine; calls take turns, because the library keeps one global module.
package render
