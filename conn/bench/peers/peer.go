package peers

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
)

// shout is the first byte of a message for everybody.
const shout = '!'

// Purpose is what a server is tuned for where its engine has a choice.
type Purpose string

// The purposes.
const (
	Speed  Purpose = "speed"
	Memory Purpose = "memory"
)

// Options say how a server runs.
type Options struct {
	Purpose Purpose
	TLS     *Identity // nil: plain
	Deflate bool      // compress for whoever offers it

	// Ready must be called with the address once connections are accepted.
	Ready func(net.Addr)
}

// Peer is an engine with its server.
type Peer struct {
	Name   string
	Module string // path of the module, as in go.mod; "" for the floor
	About  string // one line for the table

	Ours     bool // the product's engine
	Variant  bool // the product's engine in another form, beside the comparison
	Floor    bool // no engine: what the system calls alone cost
	ZeroMask bool // takes only messages that are masked with zeros
	TLS      bool // can speak TLS
	Deflate  bool // can compress

	Serve func(Options) error // returns only with an error
}

// All lists the peers in the order of the table.
var All = []Peer{ours, oursByGoroutine, floor, gnetPeer, gwsPeer, nbioPeer, gobwasPeer, gorillaPeer, coderPeer}

// Named finds a peer.
func Named(name string) (Peer, error) {
	i := slices.IndexFunc(All, func(p Peer) bool { return p.Name == name })
	if i < 0 {
		return Peer{}, fmt.Errorf("there is no peer %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return All[i], nil
}

// Names lists the names of all peers.
func Names() []string {
	names := make([]string, len(All))
	for i, p := range All {
		names[i] = p.Name
	}
	return names
}

// listen opens the listener of a server that takes one.
func listen(o Options) (net.Listener, error) {
	l, err := listenPlain(o)
	if err != nil || o.TLS == nil {
		return l, err
	}
	config, err := o.TLS.config()
	return tls.NewListener(l, config), err
}

// listenPlain is listen for a server that speaks TLS by itself.
func listenPlain(o Options) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		o.Ready(l.Addr())
	}
	return l, err
}
