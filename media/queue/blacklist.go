package queue

import (
	"math"
	"slices"
	"time"

	"musicdb/media/state"
)

// A blacklist remembers what was queued lately, the oldest first.
type blacklist struct {
	file   string // in the state directory
	column string
	slots  []slot
}

type slot struct {
	id int64
	at int64 // Unix time in seconds
}

// age drops what is older than the given time, and of the rest all but the newest
// entries. What comes from the future, by a clock that was wrong and set right since, is
// as old as now; else it would never get old.
func (b *blacklist) age(length int, oldest, now int64) {
	for i := range b.slots {
		b.slots[i].at = min(b.slots[i].at, now)
	}
	b.trim(length, oldest)
}

// trim drops what is older than the given time, and of the rest all but the
// newest entries.
func (b *blacklist) trim(length int, oldest int64) {
	b.slots = slices.DeleteFunc(b.slots, func(s slot) bool { return s.at < oldest })
	if over := len(b.slots) - max(length, 0); over > 0 {
		b.slots = slices.Delete(b.slots, 0, over)
	}
}

// push appends an entry, if the list is switched on, and drops the oldest one
// when there are too many.
func (b *blacklist) push(id, at int64, length int) {
	if length > 0 {
		b.slots = append(b.slots, slot{id, at})
		b.trim(length, math.MinInt64)
	}
}

// ids returns what is on the list, each once, and what was queued longest ago
// first.
func (b *blacklist) ids() []int64 {
	ids := make([]int64, 0, len(b.slots))
	known := make(map[int64]bool, len(b.slots))
	for _, s := range slices.Backward(b.slots) {
		if !known[s.id] {
			known[s.id] = true
			ids = append(ids, s.id)
		}
	}
	slices.Reverse(ids)
	return ids
}

func set(ids []int64) map[int64]bool {
	s := make(map[int64]bool, len(ids))
	for _, id := range ids {
		s[id] = true
	}
	return s
}

// since returns when an id was put on the list last.
func (b *blacklist) since(id int64) (at int64, found bool) {
	for _, s := range slices.Backward(b.slots) {
		if s.id == id {
			return s.at, true
		}
	}
	return 0, false
}

func (b *blacklist) columns() []string { return []string{b.column, "TimeStamp"} }

func (b *blacklist) load(store *state.Store) (damage []state.Damage, err error) {
	read, err := store.RescueCSV(b.file, b.columns())
	if err != nil {
		return nil, err
	}
	damage = read.Damage
	for _, row := range read.Rows {
		id, isID := row[0].Int()
		at, isTime := row[1].Float()
		if !isID || !isTime {
			damage = append(damage, state.Damage{What: "a row without whole number and time"})
			continue
		}
		b.slots = append(b.slots, slot{id, int64(at)})
	}
	if len(damage) > 0 {
		_, err = store.Preserve(b.file)
	}
	return damage, err
}

// save does not wait for the disk: after a power failure a song may come again
// too early, which is not worth as many milliseconds as the queue itself costs.
func (b *blacklist) save(store *state.Store) error {
	rows := make([][]state.Cell, len(b.slots))
	for i, s := range b.slots {
		rows[i] = []state.Cell{state.Number(s.id), state.Number(s.at)}
	}
	return store.WriteHints(b.file, b.columns(), rows)
}

// maxAgeHours keeps absurd settings from overflowing; it is ten thousand years.
const maxAgeHours = 10_000 * 365 * 24

// oldest returns the time before which entries of the blacklists do not count.
func oldest(now time.Time, maxAge int) int64 {
	return now.Unix() - int64(min(max(maxAge, 0), maxAgeHours))*int64(time.Hour/time.Second)
}
