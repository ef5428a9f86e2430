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

// place is the index at which a position is.
func (l list) place(at Position) (int, error) {
	switch at.place {
	case placeNext:
		return min(1, len(l)), nil
	case placeAfter:
		i := l.find(at.entry)
		if i < 0 {
			return 0, &UnknownEntryError{at.entry}
		}
		return i + 1, nil
	default: // placeLast
		return len(l), nil
	}
}

// inserted puts items at a position, in their order.
func (l list) inserted(what Change, at Position, items ...item) (change, error) {
	i, err := l.place(at)
	if err != nil {
		return change{}, err
	}
	after := slices.Grow(l[:i:i], len(l)-i+len(items))
	return change{list: append(append(after, items...), l[i:]...), steps: placed(what, i, items...)}, nil
}

// without removes an item that is not the current one.
func (l list) without(id EntryID) (change, error) {
	i, err := l.movable(id)
	if err != nil {
		return change{}, err
	}
	return change{list: slices.Delete(slices.Clone(l), i, i+1), steps: []step{{what: Removed, item: l[i], at: i}}}, nil
}

// moved puts an item that is not the current one directly behind another one.
// Without steps nothing is different.
func (l list) moved(id, after EntryID) (change, error) {
	i, err := l.movable(id)
	if err != nil {
		return change{}, err
	}
	j := l.find(after)
	switch {
	case j < 0:
		return change{}, &UnknownEntryError{after}
	case j == i || j == i-1:
		return change{list: l}, nil
	case j < i:
		j++
	}
	list := slices.Insert(slices.Delete(slices.Clone(l), i, i+1), j, l[i])
	return change{list: list, steps: []step{{what: Moved, item: l[i], at: j, from: i}}}, nil
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
