// Package sound is the live stream as bytes: what an encoder has made, on its
// way to everybody who listens.
//
// It owns the formats and how their bytes are cut into frames, the ring that all
// listeners of a format share, the listeners, silence that needs no encoder, and
// the titles that travel between the sound. It refuses to know where sound comes
// from, and it knows no sockets: whoever serves a listener moves the bytes.
//
// One goroutine appends to a Ring; any number may read it, and all other methods
// of Ring and Mount may be called from any goroutine. A Listener, a Feed and a
// Splitter belong to one goroutine each at a time. Start reading at ring.go, then
// mount.go.
package sound
