package stream

import (
	"fmt"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/queue"
)

// This file is how the conductor opens songs, ahead of time where it can.

// open begins to decode an entry, or takes over the decoder that was cued for
// it. nil: ffmpeg is not ready yet, or the song failed at once.
func (c *conductor) open(e queue.Entry) *source {
	if c.cued != nil && c.cued.entry.ID == e.ID {
		s := c.cued
		c.cued = nil
		return s
	}
	if !c.toolReady() {
		return nil
	}
	s, err := c.source(e, c.resumeAt(e))
	if err != nil {
		c.failedEntry(e, library.Song{}, err, true)
		return nil
	}
	return s
}

func (c *conductor) toolReady() bool {
	select {
	case <-c.s.o.Tool.Ready():
		return true
	default:
		return false
	}
}

func (c *conductor) resumeAt(e queue.Entry) time.Duration {
	if string(e.ID) != c.resume.EntryID || c.resume.Seconds <= 0 {
		return 0
	}
	return time.Duration(c.resume.Seconds * float64(time.Second))
}

func (c *conductor) source(e queue.Entry, at time.Duration) (*source, error) {
	catalogue := c.s.o.Library.Catalogue()
	song, ok := catalogue.Song(e.SongID)
	if !ok {
		return nil, fmt.Errorf("song %d: %w", e.SongID, errUnknownSong)
	}
	// A file that is missing fails here, and is handled like one that cannot be
	// decoded.
	path, err := c.path(song)
	if err != nil {
		return nil, err
	}
	title := song.Name
	if artist, ok := catalogue.Artist(song.ArtistID); ok {
		title = artist.Name + " – " + song.Name
	}
	in := c.inAlbum(e, song)
	s := &source{entry: e, song: song, title: title, start: at, log: c.s.log,
		extent:  func() (files.Extent, error) { return c.s.o.Music.Extent(song.Path) },
		inAlbum: in, gain: c.gain(song, in), ahead: c.s.o.Crossfade + decodedAhead}
	return openSource(c.s.o.Tool, path, s, c.s.decodesSeen, c.s.look), nil
}

// gain is the factor of a song's amplitude.
func (c *conductor) gain(song library.Song, inAlbum bool) float32 {
	if c.s.o.Level == nil {
		return 1
	}
	if factor := c.s.o.Level(song, inAlbum); factor > 0 {
		return float32(min(factor, gainLimit))
	}
	return 1
}

// gainLimit is 24 dB.
const gainLimit = 16

// prepare opens the song behind the current one and cues it, so that it follows
// without a gap. A decoder of an installed ffmpeg costs little and is opened at
// once, so that a skip is heard at once too; the embedded one takes 160 MB and
// is opened when the current song is decoded, four seconds before its end.
func (c *conductor) prepare() {
	current, next := c.s.pump.onDeck()
	if current == nil || c.failures >= failuresAhead && c.s.pump.sent(current) < brief {
		return
	}
	wanted, ok := c.following(current)
	if c.cued != nil && (!ok || c.cued.entry.ID != wanted.ID) {
		c.uncue()
	}
	if !ok || wanted.ID == c.gaveUp {
		return
	}
	if c.cued == nil {
		if !c.s.o.Tool.Native() && current.state() == DecoderRunning {
			return
		}
		s, err := c.source(wanted, 0)
		if err != nil {
			c.failedAhead(wanted, library.Song{}, err, true)
			return
		}
		c.cued = s
	}
	if in := c.inAlbum(wanted, c.cued.song); in != c.cued.inAlbum {
		c.cued.inAlbum = in // the queue has changed around it
		c.s.pump.level(c.cued, c.gain(c.cued.song, in))
	}
	held, _ := c.cued.pcm.held()
	switch {
	case c.cued.state() == DecoderFailed && held == 0:
		c.failedAhead(wanted, c.cued.song, c.cued.failure(), c.cued.blamesFile())
		c.uncue()
	case c.cued.state() != DecoderOpening && c.cued.state() != DecoderIdle && next != c.cued:
		if back := c.s.pump.cue(c.cued, c.crossfade(current.song, c.cued.song)); back == c.cued {
			c.s.look() // the current song has just ended
		}
	}
}

// following is the first entry behind the current one that is not known to be
// broken. When there is none shortly before the end of the current song, a
// random one is queued, as it would be a moment later.
func (c *conductor) following(current *source) (queue.Entry, bool) {
	if len(c.broken) >= brokenLimit {
		return queue.Entry{}, false
	}
	entries := c.s.o.Queue.Entries()
	for i, e := range entries {
		if i > 0 && c.broken[e.ID] == nil {
			return e, true
		}
	}
	if len(entries) == 0 || entries[0].ID != current.entry.ID || current.state() == DecoderRunning {
		return queue.Entry{}, false
	}
	if added, err := c.s.o.Queue.AddRandom(queue.Last(), nil); !added || err != nil {
		return queue.Entry{}, false
	}
	entries = c.s.o.Queue.Entries()
	return entries[len(entries)-1], len(entries) > 1
}

// brokenLimit is how many broken songs are looked past. With more the way of
// HoldOff is taken, which does not hurry.
const brokenLimit = 5

// failuresAhead failures in a row end preparing ahead until a song is heard for
// more than a moment: without a prepared song the way of HoldOff is taken.
const failuresAhead = 3

// uncue gives up the song that was prepared.
func (c *conductor) uncue() {
	if c.cued == nil {
		return
	}
	c.s.pump.cue(nil, 0)
	// The pump may have gone over to it just before.
	if current, _ := c.s.pump.onDeck(); current != c.cued {
		c.release(c.cued)
	}
	c.cued = nil
}
