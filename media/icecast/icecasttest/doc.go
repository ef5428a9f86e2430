// Package icecasttest runs a real Icecast server for tests: Debian's icecast2, on
// loopback, as a user without rights, with everything it writes in a temporary
// directory. A Server can be killed, frozen and started again on the same port, and
// its mounts recorded. Its methods belong to the goroutine of the test.
package icecasttest
