package maintenance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"musicdb/media/files"
	"musicdb/media/library"
)

// Options are the parts of a Keeper.
type Options struct {
	Library *library.Library
	Music   *files.Music
	Ignore  files.Ignore // names that are no music
	Dir     string       // the data directory, where a change is noted
	Log     *slog.Logger // nil discards
}

// Keeper changes the music directory and the library together.
type Keeper struct {
	o    Options
	log  *slog.Logger
	data *os.Root

	mu     sync.Mutex // held from the look at the files to the commit
	broken *move      // noted by an earlier change that could not be brought to an end

	reached func(moment) // called at each moment of a move; tests end the process there
}

// moment is a point in a move at which the process may be killed.
type moment string

const (
	momentNoted     moment = "noted"     // what will be done is on the disk
	momentRenamed   moment = "renamed"   // the file has its new name, the rows do not
	momentCommitted moment = "committed" // both have
)

// Open opens the data directory and brings to an end what a crash has
// interrupted. A change that cannot be brought to an end is no reason not to
// start: it is logged, and tried again before the next change.
func Open(ctx context.Context, o Options) (*Keeper, error) {
	k := &Keeper{o: o, log: o.Log, reached: func(moment) {}}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if k.data, err = os.OpenRoot(o.Dir); err != nil {
		return nil, fmt.Errorf("maintenance: the data directory cannot be opened: %w; check MUSICDB_DIRECTORIES_DATA", err)
	}
	if err := k.healNoted(ctx); err != nil {
		k.log.Error("an interrupted change of the music directory could not be brought to an end; it is tried again before the next change", "err", err)
	}
	return k, nil
}

// Close releases the data directory. No method may be called after it.
func (k *Keeper) Close() error { return k.data.Close() }

// begin waits for the turn of a change. The returned function ends it.
func (k *Keeper) begin(ctx context.Context) (end func(), err error) {
	k.mu.Lock()
	if k.broken == nil {
		return k.mu.Unlock, nil
	}
	if err := k.heal(ctx, *k.broken); err != nil {
		k.mu.Unlock()
		return nil, fmt.Errorf("maintenance: an earlier change must be brought to an end first: %w", err)
	}
	k.broken = nil
	return k.mu.Unlock, nil
}

// carryOut renames a file or directory and writes the rows that go with it, both
// or none. rows runs first, so that what the database refuses is refused before a
// file is touched; only the commit itself can fail after the rename, which is
// taken back then.
func (k *Keeper) carryOut(ctx context.Context, m move, rows func(*library.Edit) error) (err error) {
	if err := k.note(m); err != nil {
		return err
	}
	k.reached(momentNoted)
	renamed, committed := false, false
	defer func() {
		if committed {
			return
		}
		if renamed {
			if back := k.o.Music.Rename(m.New, m.Old); back != nil {
				k.broken = &m // the note stays
				err = errors.Join(err, back)
				return
			}
		}
		k.takeBackArtist(m)
		k.forget()
	}()
	err = k.o.Library.Edit(ctx, func(e *library.Edit) error {
		if err := rows(e); err != nil {
			return err
		}
		if err := k.o.Music.Rename(m.Old, m.New); err != nil {
			return err
		}
		renamed = true
		k.reached(momentRenamed)
		return nil
	})
	if err != nil {
		return err
	}
	committed = true
	k.reached(momentCommitted)
	k.forget()
	return nil
}
