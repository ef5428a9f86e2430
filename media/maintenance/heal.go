package maintenance

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

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
// cannot, the file gets its old name back. It may be interrupted itself.
func (k *Keeper) heal(ctx context.Context, m move) error {
	oldThere, err := k.isThere(m.Old)
	if err != nil {
		return err
	}
	newThere, err := k.isThere(m.New)
	if err != nil {
		return err
	}
	log := k.log.With("old", m.Old, "new", m.New)
	switch {
	case oldThere && newThere:
		// Killed while a file had both names; or somebody has made one of them since.
		dropped, err := k.o.Music.DropSecondName(m.Old, m.New)
		if err != nil {
			return err
		}
		if dropped {
			k.takeBackArtist(m)
			log.Warn("an interrupted renaming was taken back")
		} else {
			log.Warn("after an interrupted renaming both names are there; nothing was changed")
		}
	case newThere && mentions(k.o.Library.Catalogue(), m.Old):
		err := k.o.Library.Edit(ctx, func(e *library.Edit) error { return follow(e, m, nil) })
		if err != nil {
			if back := k.o.Music.Rename(m.New, m.Old); back != nil {
				return errors.Join(err, back)
			}
			k.takeBackArtist(m)
			log.Warn("an interrupted renaming was taken back", "because", err)
			break
		}
		log.Warn("an interrupted renaming was brought to an end")
	case oldThere && !mentions(k.o.Library.Catalogue(), m.Old) && mentions(k.o.Library.Catalogue(), m.New):
		// The disk has lost the new name, although it was asked to keep it.
		if err := k.o.Music.Rename(m.Old, m.New); err != nil {
			return err
		}
		log.Warn("a lost renaming was made again")
	case oldThere:
		k.takeBackArtist(m)
		log.Warn("an interrupted renaming had not begun; nothing was changed")
	}
	k.forget()
	return nil
}

// isThere reports whether a name is taken.
func (k *Keeper) isThere(rel string) (bool, error) {
	_, err := k.o.Music.Stat(rel)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	}
	return false, fmt.Errorf("maintenance: what is at %q cannot be told: %w", rel, err)
}

// takeBackArtist removes the directory that was made for a move which was not
// made. It stays when somebody has put something into it.
func (k *Keeper) takeBackArtist(m move) {
	if !m.NewArtist {
		return
	}
	if err := k.o.Music.RemoveEmpty(path.Dir(m.New)); err != nil {
		k.log.Warn("a new directory of an artist stays although nothing was moved into it", "path", path.Dir(m.New), "err", err)
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
