package queue

// Position is a place in the queue where something is added.
type Position struct {
	place place
	entry EntryID // for placeAfter
}

type place uint8

const (
	placeNext place = iota
	placeLast
	placeAfter
)

// Next is the place behind the current entry, or the first one of an empty queue.
func Next() Position { return Position{place: placeNext} }

// Last is the end of the queue.
func Last() Position { return Position{place: placeLast} }

// After is the place directly behind an entry.
func After(id EntryID) Position { return Position{place: placeAfter, entry: id} }

// ParsePosition reads a position as clients send it: "next", "last" or the id of
// an entry. Errors: [ErrEntryID].
func ParsePosition(text string) (Position, error) {
	switch text {
	case "next":
		return Next(), nil
	case "last":
		return Last(), nil
	}
	id, err := ParseEntryID(text)
	return After(id), err
}
