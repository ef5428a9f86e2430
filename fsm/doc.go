// Package fsm is the one way to define a machine in this program, to run it, and to see what it does.
//
// A machine is data: typed states and events with their documentation, and a table of rows from, on, to. Define refuses a table
// that could get stuck, has parts nobody reaches, or says something twice. From a Definition come, without a second
// description anywhere: two runners, the drawing, the page, and the names of the metrics.
//
//   - Runner runs one instance with effects, on looplab/fsm. Any goroutine may fire; transitions take turns.
//   - Ledger runs the many instances that one goroutine owns: no lock, no allocation, five bytes per instance. Others see
//     what the owner has published.
//   - SharedLedger runs the many instances of many goroutines: the counters are atomic, each instance has one owner at a time.
//
// All refuse an event that the table does not have: with a *RefusedError, counted, and never in silence. No function but the
// runners' Fire moves a state.
//
// The package refuses to know what its machines are about, to start goroutines, and to read a clock for the compiled runners:
// whoever fires brings the time along.
//
// Start reading at Define, then Runner or Ledger.
package fsm
