// Command bench compares the connection engine with other engines in Go and with the
// bare system calls: the same echo server on each, the same work for each, in child
// processes that take turns. It writes a table with ratios and says for each target of
// the engine whether it is reached. README.md says how to read it.
//
// This package owns the modes, the order of the runs, the processes and the table. The
// servers are in package peers, the work in package load. It is a module of its own, so
// that no peer becomes a dependency of the product, and it refuses to be one itself.
//
// Everything runs on the main goroutine; the children do the work. Start reading in
// main.go, then modes.go, which is the list of what is measured.
package main
