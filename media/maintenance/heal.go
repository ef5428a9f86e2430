package maintenance

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"strings"

	"musicdb/media/files"
	"musicdb/media/library"
)

// healNoted brings the noted move to an end, if there is one.
func (k *Keeper) healNoted(ctx context.Context) error {
	m, found, err := k.noted()
	if err != nil || !found {
		return err
	}
	if err := k.heal(ctx, m); err != nil {
		k.broken = &m
		return err
	}
	return nil
}

// heal brings a move to an end that was interrupted anywhere. The files decide:
// where the new name is there and the old one is not, the rows follow; where they
// cannot, the file gets its old name back. Where neither is there, nothing can be
// decided yet. It may be interrupted itself.
func (k *Keeper) heal(ctx context.Context, m move) error {
	if m.creates() {
		if _, known := k.o.Library.Catalogue().ArtistByPath(m.New); !known {
			k.takeBackArtist(m)
		}
		k.forget()
		return nil
	}
	if err := k.putBack(m); err != nil {
		return err
	}
	oldThere, newThere, err := k.there(m)
	if err != nil {
		return err
	}
	rows := k.o.Library.Catalogue()
	oldKnown, newKnown := mentions(rows, m.rows()), mentions(rows, m.New)
	log := k.log.With("old", m.Old, "new", m.New)
	switch {
	case oldThere && newThere && oldKnown && newKnown:
		log.Warn("after an interrupted renaming files and rows of both names are there; nothing was changed")
	case oldThere && newThere:
		if err := k.dropSecondName(m, oldKnown || !newKnown, log); err != nil {
			return err
		}
	case newThere && oldKnown:
		err := k.edit(ctx, m.undoable(), func(e *library.Edit) error { return follow(e, m, nil) })
		if errors.Is(err, library.ErrExists) {
			// It would have been refused: the names have been used anew since.
			log.Warn("after an interrupted renaming there are rows of both names; nothing was changed", "because", err)
			break
		}
		if err != nil {
			if back := k.o.Music.Rename(m.New, m.Old); back != nil {
				return errors.Join(err, back)
			}
			k.takeBackArtist(m)
			log.Warn("an interrupted renaming was taken back", "because", err)
			break
		}
		log.Warn("an interrupted renaming was brought to an end")
	case newThere && !oldThere && !newKnown:
		// No row tells whether it was committed; if so, it can be taken back.
		if err := k.enter(ctx, m); err != nil {
			return err
		}
	case oldThere && newKnown && !oldKnown:
		// The disk has lost the new name, although it was asked to keep it.
		if err := k.o.Music.Rename(m.Old, m.New); err != nil {
			return err
		}
		log.Warn("a lost renaming was made again")
	case oldThere:
		k.takeBackArtist(m)
		log.Warn("an interrupted renaming had not begun; nothing was changed")
	case !newThere && oldKnown:
		return fmt.Errorf("maintenance: when %q was renamed to %q the server was interrupted, and now neither is there; "+
			"see that the music directory is mounted, or, if it was moved or deleted, update or remove its entry in the library", m.Old, m.New)
	}
	k.forget()
	return nil
}

// dropSecondName ends a renaming that was killed while a file had both names, and
// leaves two files alone, of which somebody has made one since.
func (k *Keeper) dropSecondName(m move, keepOld bool, log *slog.Logger) error {
	keep, drop := m.Old, m.New
	if !keepOld {
		keep, drop = drop, keep
	}
	dropped, err := k.o.Music.DropSecondName(keep, drop)
	switch {
	case err != nil:
		return err
	case dropped:
		log.Warn("a file had both names after an interrupted renaming", "keeps", keep)
	default:
		log.Warn("after an interrupted renaming both names are there; nothing was changed")
	}
	return nil
}

// there reports which names of a move are taken. Two spellings of one name are
// looked up in the list of the directory, because a file system that takes them for
// the same finds either.
func (k *Keeper) there(m move) (oldThere, newThere bool, err error) {
	exists := k.o.Music.Exists
	if m.respells() {
		exists = k.o.Music.HasName
	}
	oldThere, oldErr := exists(m.Old)
	newThere, newErr := exists(m.New)
	if err := errors.Join(oldErr, newErr); err != nil {
		return false, false, fmt.Errorf("maintenance: where the music is cannot be told: %w", err)
	}
	return oldThere, newThere, nil
}

// respells reports whether only the case or the Unicode form of a name changes.
func (m move) respells() bool { return path.Dir(m.Old) == path.Dir(m.New) && files.Alike(m.Old, m.New) }

// putBack gives what was between two spellings of its name the old one.
func (k *Keeper) putBack(m move) error {
	if !m.respells() {
		return nil
	}
	halfway, err := k.o.Music.Exists(files.Between(m.Old))
	if err != nil || !halfway {
		return err
	}
	return k.o.Music.Rename(m.New, m.Old)
}

// takeBackArtist removes the directory that was made for a move which was not
// made. It stays when somebody has put something into it.
func (k *Keeper) takeBackArtist(m move) {
	if !m.NewArtist {
		return
	}
	if err := k.o.Music.RemoveEmpty(m.artist()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		k.log.Warn("a new directory of an artist stays although he was not entered, or nothing was moved into it", "path", m.artist(), "err", err)
	}
}

// mentions reports whether a row has the path, or one below it.
func mentions(c *library.Catalogue, rel string) bool {
	for _, a := range c.Artists() {
		if a.Path == rel {
			return true
		}
	}
	for _, a := range c.Albums() {
		if within(rel, a.Path) {
			return true
		}
	}
	for s := range c.Songs() {
		if within(rel, s.Path) {
			return true
		}
	}
	for _, v := range c.Videos() {
		if within(rel, v.Path) {
			return true
		}
	}
	return false
}

// within reports whether a path is dir or lies below it.
func within(dir, rel string) bool {
	rest, ok := strings.CutPrefix(rel, dir)
	return ok && (rest == "" || rest[0] == '/')
}
