// Package peers is one echo server, written on each of the engines that are compared.
//
// Every server does the same work: it echoes text messages, sends a message whose
// first byte is '!' to all connections, the sender included, speaks TLS where it is
// given a configuration, and compresses what it sends where it is told to and the
// client offers it. Each is written as the documentation of its engine says is fastest
// or, where memory is measured, smallest; a comment says where that is from. None
// checks more than its engine does by itself.
//
// A server runs until its process is killed. Start reading at Peer in peer.go.
package peers
