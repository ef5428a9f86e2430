package stream

import (
	"time"

	"musicdb/media/library"
)

const (
	// CrossfadeLimit is the longest crossfade. The end of a song must be decoded
	// for it before it is heard, which costs memory.
	CrossfadeLimit = 12 * time.Second
	// crossfadeShare is how many times the crossfade a song must be long, so that
	// most of it is heard alone.
	crossfadeShare = 4
	// crossfadeLeast is the shortest crossfade; when less is left of a song it is
	// played to its end.
	crossfadeLeast = 250 * time.Millisecond
)

// crossfade is how long the end of one song sounds together with the beginning of
// the next. Songs of an album that follow each other in its order were made to do
// so, and nothing is faded between them; short songs would be all fade.
func (c *conductor) crossfade(from, to library.Song) time.Duration {
	fade := c.s.o.Crossfade
	if inOrder(from, to) {
		return 0
	}
	for _, song := range []library.Song{from, to} {
		if time.Duration(song.Playtime)*time.Second < crossfadeShare*fade {
			return 0
		}
	}
	return fade
}
