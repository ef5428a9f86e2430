// Package plans changes the music directory and the library only after the user has
// seen what would be changed and has agreed.
//
// A [Plan] is data: operations out of a closed set, each with what it expects to
// find and what it leaves, and the doubts of whoever has made it. A [Keeper] keeps
// plans, applies them and takes them back. Nothing is written before [Keeper.Apply];
// a plan whose files or rows are not what it expects becomes stale before anything
// is touched. [Keeper.Undo] takes an applied plan back as one step, also days later,
// unless something that it has left has changed since; then it says what.
//
// Each operation on a file is noted in our own database before and after it is
// made, with what it takes to make it not made; all rows are written in one
// transaction. After a kill at any moment [Open] finds out whether that transaction
// was committed: if so the plan is applied, if not all its files are put back.
//
// What enters the library gets the permissions of music behind that transaction; the
// former ones are noted before, and an undo brings them back.
//
// The package refuses to overwrite a file, to leave the music directory, to remove
// a file, and to change what has changed since it was looked at. It takes turns with
// package maintenance, whose changes are in the same journal and are taken back in
// the same way. It makes no plans: those who know what should be changed do.
//
// All methods of [Keeper] may be called from any goroutine; one plan is applied or
// undone at a time. What has begun is finished even if its context ends.
//
// Start reading at plan.go and operation.go, then keeper.go and apply.go; what a
// plan's life is, is in machine.go.
package plans
