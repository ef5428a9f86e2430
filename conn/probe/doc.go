// Package probe answers a measuring tool's questions about the process it runs in:
// memory figures and profiles, over a TCP connection of its own.
//
// It owns the questions and the form of the answers. It refuses to know what is being
// measured, and to be part of the daemon: only the echo server and the benchmarks
// listen for it. Whoever reaches its address can make the process work; keep it on
// loopback.
//
// Serve runs on the caller's goroutine and answers one question after the other.
// Start reading at Serve.
package probe
