package queue

// An Actor is on whose behalf a queue is changed: a client, by its connection. The
// zero Actor is the server itself, when it plays on.
type Actor struct {
	Connection uint64 // as it is numbered in the log, beginning with 1 in each process
	Client     string // where it comes from: the address without port; "" if that is not known
}

// IsServer reports whether nobody but the server itself has acted.
func (a Actor) IsServer() bool { return a.Connection == 0 }
