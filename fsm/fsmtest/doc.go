// Package fsmtest has the tests that every definition of the program must pass, whatever it is about. A package with a machine
// calls Agree on each of its definitions; Replay turns the trace of a failure report back into a test.
package fsmtest
