package queue

// Prospect names what the random selection has to offer.
type Prospect uint8

const (
	// Fresh: there are songs that were not heard lately.
	Fresh Prospect = iota
	// Repeating: all songs that the wishes allow were heard lately, or others of
	// their album or artist. The stream repeats what was heard longest ago.
	Repeating
	// NoSongs: no song satisfies the user's wishes. When the queue has ended there
	// is silence until songs are added to it, or the wishes or the library change.
	NoSongs
	// EmptyLibrary: the library has no song at all.
	EmptyLibrary
)

func (p Prospect) String() string {
	return [...]string{"Fresh", "Repeating", "NoSongs", "EmptyLibrary"}[p]
}

// An Outlook is what the random selection would choose from now.
type Outlook struct {
	Prospect Prospect
	InForce
	Census     Census // of the library
	Heard      Counts // songs of the pool that are kept out because of what was queued lately
	Relaxed    Rule   // what the stream would relax of that: NoRule, ArtistHeard, AlbumHeard or SongHeard
	Candidates int    // songs that have the same chance to be the stream's next random choice
}

// Outlook tells what the random selection has to offer, by the settings as they
// are now. It waits for changes of the queue that are under way.
func (s *Songs) Outlook() Outlook {
	l := s.look()
	return l.outlook()
}

// Refresh brings the index of the random selection up to date, so that the next
// choice does not have to: to be called when its settings or much of the library
// have changed. In a library of a million songs it takes a moment.
func (s *Songs) Refresh() { s.look() }

// A look is all that a choice depends on, as it is at one moment, and shared with
// nobody: what is done with it changes nothing.
type look struct {
	pool *pool
	lately
	now   int64
	basis Pick // without choice
}

func (s *Songs) look() look {
	s.line.commands.Lock()
	r := s.randy
	r.refresh()
	l := look{lately: r.copied(), now: r.now().Unix(), basis: r.explained()}
	s.line.commands.Unlock()
	l.pool = r.pools.get(r.state.Choice(), l.basis.Constraints)
	l.basis.describe(l.pool)
	return l
}

func (l *look) outlook() Outlook {
	o := l.pool.offer(l.memory(), true)
	outlook := Outlook{InForce: l.basis.InForce, Census: l.pool.census, Heard: o.heard, Relaxed: o.relaxed, Candidates: o.size}
	switch {
	case o.size > 0 && o.relaxed == NoRule:
		outlook.Prospect = Fresh
	case o.size > 0:
		outlook.Prospect = Repeating
	case l.pool.census.Songs > 0:
		outlook.Prospect = NoSongs
	default:
		outlook.Prospect = EmptyLibrary
	}
	return outlook
}
