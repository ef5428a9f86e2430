package queue

import (
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"musicdb/media/library"
	"musicdb/media/state"
)

// A selector is the part of a random selection that does not depend on the kind
// of media: the user's settings, the clock, the dice, and the memory of a search
// that found nothing. It is guarded by the lock of the queue it belongs to.
type selector struct {
	library *library.Library
	state   *state.Store
	log     *slog.Logger
	now     func() time.Time
	rand    *rand.Rand

	settings state.Randy // as read last
	barren   *barren     // where the last search found nothing; nil: it found something
}

func newSelector(o Options) selector {
	return selector{
		library: o.Library, state: o.State, log: o.Log, now: o.Now, rand: o.Rand,
		settings: state.DefaultRandy(),
	}
}

// A barren is a combination of wishes that nothing fulfils. Whoever asks for the
// state of a silent station makes the selection try again, so it remembers.
type barren struct {
	generation  uint64 // of the catalogue
	genres      map[int64][]int64
	constraints state.Constraints
	told        bool // the user has been told
}

func (b *barren) is(w wishes) bool {
	return b != nil && b.generation == w.catalogue.Generation() && b.constraints == w.constraints &&
		maps.EqualFunc(b.genres, w.selection.Genres, slices.Equal)
}

// wishes are what the user wants to hear and see.
type wishes struct {
	catalogue   *library.Catalogue
	selection   library.Selection
	constraints state.Constraints
}

func (s *selector) wishes() wishes {
	w := wishes{catalogue: s.library.Catalogue(), constraints: s.settings.Constraints}
	w.selection = w.catalogue.Select(s.state.Choice())
	return w
}

// search picks by the present wishes, unless it is known that nothing fulfils
// them. tell says once, until something is found again, why nothing is chosen;
// it reports false where that needs no explanation.
func (s *selector) search(pick func(wishes) (int64, bool), tell func(w wishes, told bool) bool) (media int64, found bool) {
	w := s.wishes()
	if s.barren.is(w) {
		return 0, false
	}
	if media, found = pick(w); found {
		s.barren = nil
		return media, true
	}
	told := s.barren != nil && s.barren.told
	s.barren = &barren{w.catalogue.Generation(), w.selection.Genres, w.constraints, tell(w, told)}
	return 0, false
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
