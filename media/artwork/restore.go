package artwork

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// Restore puts a file back that was the cover of this name, as [Store.File] has given
// it, be it no picture at all: then it has no scales, as before. Otherwise it is
// [Store.SetNamed].
func (s *Store) Restore(ctx context.Context, name string, data []byte) error {
	err := s.SetNamed(ctx, name, data)
	if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.replace(ctx, name, made{source: data, mode: coverMode}); err != nil {
		return err
	}
	for _, scale := range s.scales { // of the cover that was there meanwhile
		if err := s.root.Remove(scaleDir(scale) + "/" + name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("artwork: removing a scale of the cover %q: %w", name, err)
		}
	}
	return nil
}
