package artwork

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
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
// and ErrDamaged tell what is wrong with the picture; then nothing was changed.
func (s *Store) SetCover(ctx context.Context, artist, album string, picture []byte) (name string, err error) {
	name = Name(artist, album)
	if err := s.SetNamed(ctx, name, picture); err != nil {
		return "", fmt.Errorf("artwork: cover of %q by %q: %w", album, artist, err)
	}
	return name, nil
}

// SetNamed is SetCover for a name that is already known, as the database has it.
// DefaultName is refused: the placeholder is never changed.
func (s *Store) SetNamed(ctx context.Context, name string, picture []byte) error {
	if !isElement(name) || name == DefaultName {
		return fmt.Errorf("cover name %q: %w", name, ErrBadName)
	}
	s.decoding.Lock()
	defer s.decoding.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := s.decode(picture)
	if err != nil {
		return err
	}
	stored := picture
	if !p.storable {
		if stored, err = encode(p.pixels); err != nil {
			return fmt.Errorf("converting to JPEG: %w", err)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	// The source goes first: should we be killed before the last scale is
	// written, the scales left over are older than their source, and refresh
	// makes them again.
	if err := durable.Replace(s.root, name, stored, durable.File{Mode: coverMode, Exact: true}); err != nil {
		return err
	}
	return s.writeScales(ctx, name, p.pixels, coverMode)
}

// writeScales writes all scaled copies, each made from the next larger one.
// The caller holds s.decoding.
func (s *Store) writeScales(ctx context.Context, name string, pixels image.Image, mode fs.FileMode) error {
	for i := len(s.scales) - 1; i >= 0; i-- {
		if err := ctx.Err(); err != nil {
			return err
		}
		pixels = fit(pixels, s.scales[i])
		if err := s.writeScale(name, s.scales[i], pixels, mode); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) writeScale(name string, scale int, pixels image.Image, mode fs.FileMode) error {
	data, err := encode(pixels)
	if err != nil {
		return fmt.Errorf("scaling to %d pixels: %w", scale, err)
	}
	return durable.Replace(s.root, scaleDir(scale)+"/"+name, data, durable.File{Mode: mode, Exact: true})
}

// refresh makes the scaled copy of an existing cover if it is missing or older
// than its source. Where that fails, an existing copy is still good enough.
func (s *Store) refresh(ctx context.Context, name string, scale int) error {
	fresh, _, err := s.isFresh(name, scale)
	if fresh || err != nil {
		return err
	}
	s.decoding.Lock()
	defer s.decoding.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	// Another caller may have made it while this one waited.
	fresh, exists, err := s.isFresh(name, scale)
	if fresh || err != nil {
		return err
	}
	err = s.rescale(name, scale)
	if err != nil && exists {
		s.log.Warn("the scaled cover is older than its source and could not be made again", "cover", name, "scale", scale, "error", err)
		return nil
	}
	return err
}

// isFresh compares the times of the scaled copy and its source. The error is
// fs.ErrNotExist when there is no source.
func (s *Store) isFresh(name string, scale int) (fresh, exists bool, err error) {
	source, err := s.root.Stat(name)
	if err != nil {
		return false, false, fmt.Errorf("artwork: source of the scaled cover: %w", err)
	}
	if !source.Mode().IsRegular() {
		return false, false, fmt.Errorf("artwork: %q is not a cover: %w", name, fs.ErrNotExist)
	}
	scaled, err := s.root.Stat(scaleDir(scale) + "/" + name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, false, nil
	case err != nil:
		return false, false, fmt.Errorf("artwork: %w", err)
	}
	return !scaled.ModTime().Before(source.ModTime()), true, nil
}

// rescale makes one scaled copy from the source on disk. The caller holds
// s.decoding.
func (s *Store) rescale(name string, scale int) error {
	f, err := s.root.Open(name)
	if err != nil {
		return fmt.Errorf("artwork: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("artwork: reading %q: %w", name, err)
	}
	p, err := s.decode(data)
	if err != nil {
		return fmt.Errorf("artwork: cover %q: %w", name, err)
	}
	mode := coverMode
	if name == DefaultName {
		mode = defaultMode
	}
	if err := s.writeScale(name, scale, fit(p.pixels, scale), mode); err != nil {
		return fmt.Errorf("artwork: cover %q: %w", name, err)
	}
	return nil
}
