package artwork

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"musicdb/media/durable"
)

// MaxBytes is the largest picture file that is accepted.
const MaxBytes = 32 << 20

// SetCover stores a picture (JPEG, PNG, GIF or WebP) as the cover of an album
// and makes all its scales. It returns the file name in the cache, which the
// caller keeps with the album. An existing cover of the same album is replaced.
//
// A JPEG picture that needs no change is stored byte for byte; everything else
// becomes a JPEG, transparent parts on white. The errors ErrFormat, ErrTooLarge
// and ErrDamaged tell what is wrong with the picture. With any error the old cover
// is there as it was. The end of the process leaves the old cover or the new one.
func (s *Store) SetCover(ctx context.Context, artist, album string, data []byte) (name string, err error) {
	name = Name(artist, album)
	if err := s.SetNamed(ctx, name, data); err != nil {
		return "", fmt.Errorf("artwork: cover of %q by %q: %w", album, artist, err)
	}
	return name, nil
}

// SetNamed is SetCover for a name that is already known, as the database has it.
// DefaultName is refused: the placeholder is never changed.
func (s *Store) SetNamed(ctx context.Context, name string, data []byte) error {
	if !isElement(name) || name == DefaultName {
		return fmt.Errorf("cover name %q: %w", name, ErrBadName)
	}
	c, err := s.make(ctx, func() (made, picture, error) {
		p, err := s.decode(data)
		return made{source: data, mode: coverMode}, p, err
	})
	if err != nil {
		return err
	}
	defer s.writing.Unlock()
	return s.replace(ctx, name, c)
}

// made is a cover as it will be in the cache, with its scales in the order of
// Store.scales.
type made struct {
	source []byte
	scales [][]byte
	mode   fs.FileMode
}

// make gets a picture and makes everything that is written of it, each scale from
// the next larger one. When it succeeds the caller holds s.writing: what was made
// first is written first, and meanwhile the next one is decoded.
func (s *Store) make(ctx context.Context, get func() (made, picture, error)) (made, error) {
	s.decoding.Lock()
	defer s.decoding.Unlock()
	if err := ctx.Err(); err != nil {
		return made{}, err
	}
	m, p, err := get()
	if err != nil {
		return made{}, err
	}
	if !p.storable {
		if m.source, err = encode(p.pixels); err != nil {
			return made{}, fmt.Errorf("converting to JPEG: %w", err)
		}
	}
	m.scales = make([][]byte, len(s.scales))
	// Sizes come from the picture itself, so that roundings do not add up. One that
	// fits already is the same in several scales.
	size := p.pixels.Bounds().Size()
	for i, same := len(s.scales)-1, m.source; i >= 0; i-- {
		if err := ctx.Err(); err != nil {
			return made{}, err
		}
		w, h := fitted(size.X, size.Y, s.scales[i], s.scales[i])
		if small := resized(p.pixels, w, h); small != p.pixels {
			if same, err = encode(small); err != nil {
				return made{}, fmt.Errorf("scaling to %d pixels: %w", s.scales[i], err)
			}
			p.pixels = small
		}
		m.scales[i] = same
	}
	s.writing.Lock()
	return m, nil
}

// replace writes a cover and its scales. All of them are complete under temporary
// names before the first one gets its own: a full disk, a directory that must not
// be written, or the end of the process leaves the old cover. The source comes
// first: from then on the old scales are older than their source, and refresh makes
// again what was not renamed any more. The scales are not forced to the disk for
// the same reason. The caller holds s.writing.
func (s *Store) replace(ctx context.Context, name string, m made) (err error) {
	var staged []*durable.Staged
	defer func() {
		for _, f := range staged {
			err = errors.Join(err, f.Discard())
		}
	}()
	stage := func(name string, data []byte, how durable.File) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := durable.Stage(s.root, name, data, how)
		if err == nil {
			staged = append(staged, f)
		}
		return err
	}
	if err := stage(name, m.source, durable.File{Mode: m.mode, Exact: true}); err != nil {
		return err
	}
	for i, data := range m.scales {
		if err := stage(scaleDir(s.scales[i])+"/"+name, data, durable.File{Mode: m.mode, Exact: true, Hint: true}); err != nil {
			return err
		}
	}
	for i, f := range staged {
		switch err := f.Commit(); {
		case err == nil:
		case i == 0:
			return err
		default:
			s.log.Warn("a scaled cover could not be written; it is made again when it is asked for", "cover", name, "error", err)
		}
	}
	return durable.SyncDir(s.root, ".")
}

// JPEG returns a picture as this package would store it: upright, opaque, a JPEG
// file. Errors: as [Store.SetCover].
func (s *Store) JPEG(ctx context.Context, data []byte) ([]byte, error) {
	s.decoding.Lock()
	defer s.decoding.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p, err := s.decode(data)
	switch {
	case err != nil:
		return nil, fmt.Errorf("artwork: %w", err)
	case p.storable:
		return data, nil
	}
	return encode(p.pixels)
}
