package conformance

import (
	"errors"
	"fmt"
)

// inflated is a message of the server that may be compressed. It must be compressed if
// that was agreed upon and due says so.
type inflated struct {
	op      byte
	payload []byte
	due     bool
}

func (m inflated) expect(c *conversation) error {
	f, err := c.next()
	if err != nil {
		return fmt.Errorf("want %s: %w", m, err)
	}
	got, squeezed := f.payload, f.first&rsv1 != 0
	if f.first&^rsv1 != fin|m.op {
		return fmt.Errorf("want %s, got %s", m, f)
	}
	switch {
	case squeezed && !c.agreed.on:
		return errors.New("RSV1 without an agreement")
	case squeezed:
		if got, err = c.inner.message(f.payload); err != nil {
			return fmt.Errorf("inflating %s: %w", f, err)
		}
	case m.due:
		return fmt.Errorf("want %s compressed, got %s", m, f)
	}
	if string(got) != string(m.payload) {
		return fmt.Errorf("want %s, got%s", m, shown(got))
	}
	return nil
}

func (m inflated) String() string { return opNames[m.op] + shown(m.payload) }
