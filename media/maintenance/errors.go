package maintenance

import (
	"errors"
	"fmt"
)

// ErrRefused is matched by every [RefusedError].
var ErrRefused = errors.New("maintenance: the change is refused")

// RefusedError tells which change was refused before anything was touched.
type RefusedError struct {
	Change string // "rename", "move", "update", "create"
	Path   string
	Why    string // completes the sentence "... because ...", and says what to do
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("maintenance: cannot %s %q: %s", e.Change, e.Path, e.Why)
}

// Is makes errors.Is(err, ErrRefused) true.
func (e *RefusedError) Is(target error) bool { return target == ErrRefused }
