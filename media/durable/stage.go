package durable

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path"
)

// Staged is a file that is complete under a temporary name. Its own name still
// holds what it held. Several that belong together are staged first, so that a full
// disk is found out while nothing has changed yet.
type Staged struct {
	root            *os.Root
	name, temporary string
}

// Stage writes data under a temporary name beside the file of that name inside
// root. Unless f.Hint is set it is on the disk when Stage returns nil. Commit or
// Discard must follow.
func Stage(root *os.Root, name string, data []byte, f File) (*Staged, error) {
	f = f.kept(root, name)
	s := &Staged{root, name, path.Join(path.Dir(name), temporary+rand.Text())}
	if err := create(root, s.temporary, data, f); err != nil {
		return nil, errors.Join(fmt.Errorf("writing %q: %w", name, err), s.Discard())
	}
	return s, nil
}

// Commit gives the file its name. That it has it is on the disk after [SyncDir].
// When Commit fails the name holds what it held, and the temporary file is gone.
func (s *Staged) Commit() error {
	if err := s.root.Rename(s.temporary, s.name); err != nil {
		return errors.Join(fmt.Errorf("writing %q: %w", s.name, err), s.Discard())
	}
	return nil
}

// Discard removes the temporary file. After Commit there is none.
func (s *Staged) Discard() error { return remove(s.root, s.temporary) }
