package state

import "fmt"

// The most that the numbers of the random selection may be. Of more songs than that
// nobody remembers that they were played, and a list of them is written with each
// change of the queue.
const (
	mostRemembered = 10_000             // entries of a list
	mostHours      = 100 * 365 * 24     // of MaxAge
	mostSeconds    = 100 * 365 * 86_400 // of the length of a song
	mostTries      = 1_000_000
)

// limit replaces numbers that make no sense by the nearest ones that do, and returns
// a sentence for each.
func (r *Randy) limit() (changes []string) {
	c, b := &r.Constraints, &r.BlackLists
	for _, number := range []struct {
		key         string
		value       *int
		least, most int
	}{
		{"MinSongLength", &c.MinSongLength, -1, mostSeconds},
		{"MaxSongLength", &c.MaxSongLength, -1, mostSeconds},
		{"SongListLength", &b.SongListLength, 0, mostRemembered},
		{"AlbumListLength", &b.AlbumListLength, 0, mostRemembered},
		{"ArtistListLength", &b.ArtistListLength, 0, mostRemembered},
		{"VideoListLength", &b.VideoListLength, 0, mostRemembered},
		{"MaxAge", &b.MaxAge, 0, mostHours},
		{"MaxTries", &r.Limits.MaxTries, 0, mostTries},
	} {
		if inside := min(max(*number.value, number.least), number.most); inside != *number.value {
			changes = append(changes, fmt.Sprintf("%s is %d: it must be %d to %d, and counts as %d", number.key, *number.value, number.least, number.most, inside))
			*number.value = inside
		}
	}
	return changes
}

// limited limits a configuration and tells the log, once for the same numbers.
func (s *Store) limited(r Randy) Randy {
	changes := r.limit()
	told := fmt.Sprint(changes)
	if before := s.outOfRange.Swap(&told); len(changes) > 0 && (before == nil || *before != told) {
		for _, change := range changes {
			s.log.Warn("a number of the random selection is out of range", "file", s.randyFile(), "what", change)
		}
	}
	return r
}
