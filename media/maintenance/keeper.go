package maintenance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"sync"

	"musicdb/media/durable"
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
	broken *move      // noted by an earlier change that could not be brought to an end yet

	reached func(moment) // called at each moment of a move; tests end the process there
}

// moment is a point in a move at which the process may be killed.
type moment string

const (
	momentNoted     moment = "noted"     // what will be done is on the disk
	momentMade      moment = "made"      // the directory of a new artist is there
	momentRenamed   moment = "renamed"   // the file has its new name, the rows do not
	momentCommitted moment = "committed" // both have
)

// Open opens the data directory and brings to an end what a crash has
// interrupted. A change that cannot be brought to an end is no reason not to
// start: it is logged, and tried again before the next change. Nobody else may
// have the data directory open.
func Open(ctx context.Context, o Options) (*Keeper, error) {
	k := &Keeper{o: o, log: o.Log, reached: func(moment) {}}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if k.data, err = os.OpenRoot(o.Dir); err != nil {
		return nil, fmt.Errorf("maintenance: the data directory cannot be opened: %w; check MUSICDB_DIRECTORIES_DATA", err)
	}
	if err := durable.Sweep(k.data, "."); err != nil {
		k.log.Warn("what interrupted writes have left in the data directory could not be removed", "err", err)
	}
	if err := k.settle(ctx); err != nil {
		return nil, errors.Join(err, k.data.Close())
	}
	if err := k.healNoted(ctx); err != nil {
		k.log.Error("an interrupted change of the music directory could not be brought to an end; it is tried again before the next change", "err", err)
	}
	return k, nil
}

// Close releases the data directory. No method may be called after it.
func (k *Keeper) Close() error { return k.data.Close() }

// begin waits for the turn of a change. The returned function ends it. It fails
// while an earlier change is not at its end: there is one note.
func (k *Keeper) begin(ctx context.Context) (end func(), err error) {
	end, unfinished := k.turn(ctx)
	if unfinished != nil {
		end()
		return nil, fmt.Errorf("maintenance: an earlier change must be brought to an end first: %w", unfinished)
	}
	return end, nil
}

// beginUpdate is begin for a change that needs no note, because it renames
// nothing. It may be what the earlier change waits for.
func (k *Keeper) beginUpdate(ctx context.Context) (end func()) {
	end, unfinished := k.turn(ctx)
	if unfinished != nil {
		k.log.Warn("an earlier change could not be brought to an end yet", "err", unfinished)
	}
	return end
}

func (k *Keeper) turn(ctx context.Context) (end func(), unfinished error) {
	k.mu.Lock()
	if k.broken != nil {
		if unfinished = k.heal(ctx, *k.broken); unfinished == nil {
			k.broken = nil
		}
	}
	return k.mu.Unlock, unfinished
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
		if back := k.takeBack(m, renamed); back != nil {
			k.broken = &m // the note stays
			err = errors.Join(err, back)
		}
	}()
	if m.NewArtist {
		if m.NewArtist, err = k.o.Music.MakeArtist(path.Dir(m.New)); err != nil {
			return err
		}
	}
	k.reached(momentMade)
	err = k.edit(ctx, m.undoable(), func(e *library.Edit) error {
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

// takeBack makes a move not made whose rows were not written, and forgets it. It
// fails if the file has the new name all the same: the rows have to follow then.
func (k *Keeper) takeBack(m move, renamed bool) error {
	if renamed {
		if err := k.o.Music.Rename(m.New, m.Old); err != nil {
			return err
		}
	} else if oldThere, newThere, err := k.there(m); err != nil {
		return err
	} else if newThere && !oldThere {
		return fmt.Errorf("maintenance: %q has the name %q now", m.Old, m.New)
	}
	k.takeBackArtist(m)
	k.forget()
	return nil
}
