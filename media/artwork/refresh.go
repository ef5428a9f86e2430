package artwork

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"musicdb/media/durable"
)

// refresh makes the scaled copy of an existing cover if it is missing or older
// than its source. Where that fails, an existing copy is still good enough.
func (s *Store) refresh(ctx context.Context, name string, scale int) error {
	fresh, _, err := s.isFresh(name, scale)
	if fresh || err != nil {
		return err
	}
	s.decoding.Lock()
	defer s.decoding.Unlock()
	s.writing.Lock()
	defer s.writing.Unlock()
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
	if scaled.ModTime().Before(source.ModTime()) {
		return false, true, nil
	}
	whole, err := s.isWhole(scaleDir(scale) + "/" + name)
	return whole, true, err
}

// isWhole reports whether a file of the cache has its last bytes. Scales are not
// forced to the disk, so that a power failure may have taken them.
func (s *Store) isWhole(name string) (bool, error) {
	f, err := s.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false, fmt.Errorf("artwork: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() < 2 {
		return false, err
	}
	var end [2]byte
	if _, err := f.ReadAt(end[:], info.Size()-2); err != nil {
		return false, fmt.Errorf("artwork: %w", err)
	}
	return endsAsJPEG(end[:]), nil
}

// rescale makes one scaled copy from the source on disk. The caller holds
// s.decoding and s.writing.
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
	small, err := encode(fit(p.pixels, scale))
	if err == nil {
		err = durable.Replace(s.root, scaleDir(scale)+"/"+name, small, durable.File{Mode: mode, Exact: true, Hint: true})
	}
	if err != nil {
		return fmt.Errorf("artwork: cover %q: %w", name, err)
	}
	return nil
}
