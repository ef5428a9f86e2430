package maintenance

import (
	"context"

	"musicdb/media/library"
)

// Turn waits for the turn of a change that somebody else makes to the music directory
// and the library: until the returned function is called, no method of the Keeper
// changes anything. An earlier change that could not be brought to an end is tried
// again; if that fails still, so does Turn.
func (k *Keeper) Turn(ctx context.Context) (end func(), err error) { return k.begin(ctx) }

// Follow lets all rows follow a file or directory that gets another path, as the
// renaming methods do: the row of what is renamed itself takes its names from the new
// path, those below it keep theirs. It fails with a *[files.NamingError] when the new
// name is outside the conventions and a row would need it, and with a
// *[library.EntryError] when another row has a new path.
func Follow(e *library.Edit, oldpath, newpath string) error {
	return follow(e, move{Old: oldpath, New: newpath}, nil)
}
