package artwork

import (
	"errors"
	"fmt"
	"io/fs"

	"musicdb/media/durable"
)

// Remove takes a cover and its scaled copies out of the cache. One that is not there
// is removed already. DefaultName is refused: the placeholder is never changed.
func (s *Store) Remove(name string) error {
	if !isElement(name) || name == DefaultName {
		return fmt.Errorf("artwork: cover name %q: %w", name, ErrBadName)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	// The scaled copies first: without their source they would stay for ever.
	var failures []error
	for _, scale := range s.scales {
		failures = append(failures, s.root.Remove(scaleDir(scale)+"/"+name))
	}
	failures = append(failures, s.root.Remove(name))
	for _, err := range failures {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("artwork: removing the cover %q: %w", name, err)
		}
	}
	return durable.SyncDir(s.root, ".")
}
