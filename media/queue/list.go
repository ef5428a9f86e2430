package queue

import "slices"

// An item is an entry of a queue of any kind of media.
type item struct {
	id     EntryID
	media  int64
	random bool
}

// A list is the content of a queue, the current item first. Lists are never
// modified: each operation returns a new one, so that readers need no lock.
type list []item

func (l list) find(id EntryID) int {
	return slices.IndexFunc(l, func(i item) bool { return i.id == id })
}

// insert puts items at a position, in their order.
func (l list) insert(at Position, items ...item) (list, error) {
	switch at.place {
	case placeNext:
		return slices.Insert(slices.Clone(l), min(1, len(l)), items...), nil
	case placeAfter:
		i := l.find(at.entry)
		if i < 0 {
			return nil, &UnknownEntryError{at.entry}
		}
		return slices.Insert(slices.Clone(l), i+1, items...), nil
	default: // placeLast
		return append(slices.Clip(l), items...), nil
	}
}

// without removes an item that is not the current one.
func (l list) without(id EntryID) (list, error) {
	i, err := l.movable(id)
	if err != nil {
		return nil, err
	}
	return slices.Delete(slices.Clone(l), i, i+1), nil
}

// move puts an item that is not the current one directly behind another one.
func (l list) move(id, after EntryID) (list, error) {
	i, err := l.movable(id)
	if err != nil {
		return nil, err
	}
	if id == after {
		return l, nil
	}
	moved := l[i]
	return slices.Delete(slices.Clone(l), i, i+1).insert(After(after), moved)
}

// movable finds an item that is not the current one.
func (l list) movable(id EntryID) (int, error) {
	i := l.find(id)
	switch {
	case len(l) == 0:
		return 0, ErrEmpty
	case i < 0:
		return 0, &UnknownEntryError{id}
	case i == 0:
		return 0, ErrIsCurrent
	}
	return i, nil
}
