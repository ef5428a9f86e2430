package stream

import (
	"context"
	"errors"
	"time"

	"musicdb/media/library"
	"musicdb/media/queue"
)

// This file is the conductor's way from one song to the next.

const (
	// holdOffFirst is the pause behind a song that failed; it doubles with each
	// further one in a row.
	holdOffFirst = 100 * time.Millisecond
	holdOffLimit = 30 * time.Second
	// reopenLimit is how often the decoder of one song may be lost.
	reopenLimit = 3
	// brief is how much of a song must have been heard for its end to count as
	// no failure of the whole: a library of stumps must not be raced through.
	brief = 2 * time.Second
)

// finish is told that the last sample of a song was sent. The pump is already
// in the next one, if that was cued.
func (c *conductor) finish(ctx context.Context, s *source) {
	if c.s.audio.State() == Idle {
		// It began and ended since the last look.
		c.ready()
	}
	sent := c.s.pump.whole(s)
	failure := s.failure()
	if failure != nil && s.killed() && c.reopened < reopenLimit {
		// Somebody killed the decoder: the song goes on where it broke off.
		c.reopened++
		c.s.log.Warn("a decoder was killed; the song is opened again", "song", s.song.Path, "error", failure)
		c.resume = library.StreamPosition{EntryID: string(s.entry.ID), Seconds: (s.start + sent).Seconds()}
		c.fire(SongCut)
		c.release(c.s.pump.play(nil))
		c.uncue()
		c.release(s)
		return
	}
	if failure == nil && s.cutShort(sent) {
		failure = errCutShort
	}
	why := queue.Played
	if failure != nil {
		why = queue.Unplayable
		c.unplayable(s, failure)
		c.fire(SongCut)
	} else {
		c.played(ctx, s)
		c.fire(SongEnded)
	}
	c.release(s)
	c.before = s.song
	c.advance(s.entry.ID, queue.Actor{}, why)
	if failure == nil || sent >= brief {
		c.failures = 0
		return
	}
	if current, _ := c.s.pump.onDeck(); current == nil {
		c.hold()
	} else {
		c.failures++
	}
}

// played notes a song that was heard to its end. A server that is killed before the
// queue has moved on hears the end again; the count is then found to be made.
func (c *conductor) played(ctx context.Context, s *source) {
	now := c.s.o.Now()
	if c.s.o.Tracker != nil && !c.counted(ctx, s) {
		if err := c.s.o.Tracker.Track(ctx, s.song.ID, s.entry.Random, now); err != nil {
			c.s.log.Error("the play could not be tracked", "song", s.song.Path, "error", err)
		}
	}
	if !c.s.o.DisableStats {
		if err := c.s.o.Library.SetLastPlayed(ctx, s.song.ID, now); err != nil {
			c.s.log.Error("the time of the last play could not be noted", "song", s.song.Path, "error", err)
		}
	}
}

// counted reports whether the play of an entry is in the tracker already. Where that
// cannot be known it is not: a play too many is less than one that is lost.
func (c *conductor) counted(ctx context.Context, s *source) bool {
	counted, err := c.s.o.Library.BeginCount(ctx, string(s.entry.ID), s.song.ID)
	if err != nil {
		c.s.log.Error("a kill at this moment would count the play twice", "song", s.song.Path, "error", err)
	}
	return counted
}

// advance removes an entry from the head of the queue, if it is still there, and
// broken ones behind it.
func (c *conductor) advance(from queue.EntryID, who queue.Actor, why queue.Change) {
	head, ok := c.s.o.Queue.By(who).NextFrom(from, why)
	for ok && c.broken[head.ID] != nil {
		head, ok = c.s.o.Queue.NextFrom(head.ID, queue.Unplayable)
	}
	for id := range c.broken {
		if !c.queued(id) {
			delete(c.broken, id)
		}
	}
	c.reopened = 0
}

func (c *conductor) queued(id queue.EntryID) bool {
	for _, e := range c.s.o.Queue.Entries() {
		if e.ID == id {
			return true
		}
	}
	return false
}

// skip goes on with the next song: in the sound first, then in the queue. An empty
// queue is a reason to look for a song.
func (c *conductor) skip(one command) {
	head, err := c.s.o.Queue.By(one.who).Meant(one.entry, one.at)
	if err != nil && !errors.Is(err, queue.ErrEmpty) {
		c.s.log.Debug("a song that was to be skipped is gone already", "connection", one.who.Connection, "why", err)
		return
	}
	dropped := c.s.pump.skip()
	c.fire(Skip)
	if err == nil {
		c.advance(head.ID, one.who, queue.Skipped)
	}
	c.release(dropped)
	c.release(c.opened)
	c.opened = nil
	c.failures = 0
}

// followQueue drops what is being played when it is no longer the head of the
// queue, because somebody has changed the queue.
func (c *conductor) followQueue() {
	head, ok := c.s.o.Queue.Head()
	current, settled := c.s.pump.now()
	if !settled {
		return // the next song sounds already; the queue will follow it
	}
	if current != nil && (!ok || current.entry.ID != head.ID) {
		c.release(c.s.pump.play(nil))
		if c.s.audio.Can(HeadReplaced) {
			c.fire(HeadReplaced)
		}
	}
	if c.opened != nil && (!ok || c.opened.entry.ID != head.ID) {
		c.release(c.opened)
		c.opened = nil
		c.fire(HeadReplaced)
	}
	switch state := c.s.audio.State(); {
	case state == NoSongs && ok:
		c.fire(SongsChanged)
	case state == HoldOff && ok && head.ID != c.held:
		c.fire(HeadReplaced)
	}
}

// find brings the head of the queue onto the deck.
func (c *conductor) find(ctx context.Context) {
	for c.s.audio.State() == Idle && ctx.Err() == nil {
		if current, _ := c.s.pump.onDeck(); current != nil {
			// The pump went on with the cued song by itself.
			if c.cued == current {
				c.cued = nil
			}
			c.begun(current)
			return
		}
		entry, ok := c.s.o.Queue.Current()
		if !ok {
			c.s.log.Warn("there is no song to play; waiting for one")
			c.s.pump.setTitle("")
			c.fire(NoSongFound)
			return
		}
		if c.opened == nil {
			c.opened = c.open(entry)
		}
		if c.opened == nil {
			return // ffmpeg is not ready, or the song has failed
		}
		switch c.opened.state() {
		case DecoderIdle, DecoderOpening:
			return // it will tell
		case DecoderFailed:
			if n, _ := c.opened.pcm.held(); n == 0 {
				c.failedSong(c.opened)
				return
			}
		case DecoderRunning, DecoderDone, DecoderPlayed, DecoderCancelled:
		}
		s := c.opened
		c.opened = nil
		c.s.pump.play(s)
		c.begun(s)
	}
}

// begun announces the song that is on the deck.
func (c *conductor) begun(s *source) {
	if string(s.entry.ID) == c.resume.EntryID {
		c.resume = library.StreamPosition{}
	}
	c.show()
	c.ready()
	// Not what was sent meanwhile: clients take 0 for the begin of a song.
	c.s.events.fire(Event{Kind: TimeChanged, Seconds: s.start.Seconds()})
	c.save()
}

// ready moves the machine out of Idle.
func (c *conductor) ready() {
	if c.s.mute.State() == Unmuted {
		c.fire(SongReady)
	} else {
		c.fire(SongReadyMuted)
	}
}
