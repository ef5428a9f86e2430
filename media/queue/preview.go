package queue

// MaxPreview bounds how many choices are previewed at once.
const MaxPreview = 100

// Preview returns the songs that the stream would choose one after the other if
// the dice fell as the seed says, at most n and at most [MaxPreview]. There are
// fewer only when no song satisfies the user's wishes. It changes nothing, and the
// choices of the stream are as random as before. The same seed gives the same
// songs as long as library, settings and what was queued lately are the same; the
// seed of a [Pick] gives the pick.
func (s *Songs) Preview(n int, seed uint64) []Pick {
	l := s.look()
	var picks []Pick
	for range min(n, MaxPreview) {
		o := l.pool.offer(l.memory(), true)
		if o.size == 0 {
			break
		}
		pick := l.basis
		pick.draw(seed&MaxSeed, o, l.pool.song)
		picks = append(picks, pick)
		song, _ := l.pool.wishes.catalogue.Song(pick.SongID)
		l.remember(song, l.now, pick.BlackLists)
		seed = nextSeed(seed & MaxSeed)
	}
	return picks
}
