package queue

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"musicdb/media/library"
	"musicdb/media/state"
)

// A selector is the part of a random selection that does not depend on the kind
// of media: the user's settings, the clock and the dice. It is guarded by the lock of the queue it belongs to.
type selector struct {
	library *library.Library
	state   *state.Store
	log     *slog.Logger
	now     func() time.Time
	rand    *rand.Rand

	settings state.Randy // as read last
	told     bool        // the user knows why nothing is found
}

func newSelector(o Options) selector {
	return selector{
		library: o.Library, state: o.State, log: o.Log, now: o.Now, rand: o.Rand,
		settings: state.DefaultRandy(),
	}
}

// refresh reads the settings again and returns what they say about the
// blacklists, and the time before which entries of those do not count.
func (s *selector) refresh() (lengths state.BlackLists, limit int64) {
	settings, err := s.state.Randy()
	if err != nil {
		s.log.Error("settings of the random selection cannot be read, going on with the last ones", "error", err)
		settings = s.settings
	}
	s.settings = settings
	return settings.BlackLists, oldest(s.now(), settings.BlackLists.MaxAge)
}

// restore loads what was queued lately.
func (s *selector) restore(lists ...*blacklist) error {
	for _, list := range lists {
		damage, err := list.load(s.state)
		if err != nil {
			return err
		}
		if len(damage) > 0 {
			s.log.Warn("parts of a list of what was queued lately could not be restored; the file is kept beside it",
				"file", list.file, "damage", damage[0].String(), "damages", len(damage))
		}
	}
	return nil
}

// keep saves what was queued lately.
func (s *selector) keep(lists ...*blacklist) {
	for _, list := range lists {
		if err := list.save(s.state); err != nil {
			s.log.Error("what was queued lately could not be saved", "error", err)
		}
	}
}
