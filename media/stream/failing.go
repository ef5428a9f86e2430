package stream

import (
	"errors"
	"io/fs"
	"os"

	"musicdb/media/library"
	"musicdb/media/queue"
)

// This file is what the conductor does about songs that cannot be played.

// failedSong is told that the head of the queue has no sound.
func (c *conductor) failedSong(s *source) {
	c.opened = nil
	again := s.killed() && c.reopened < reopenLimit
	if s.start > 0 && s.blamesFile() {
		// The saved position lies behind the end of the file.
		c.resume = library.StreamPosition{}
		again = true
	}
	if again {
		c.reopened++
		c.s.log.Warn("a decoder was lost; the song is opened again", "song", s.song.Path, "error", s.failure())
		c.hold()
	} else {
		c.failedEntry(s.entry, s.song, s.failure(), s.blamesFile() || s.killed())
	}
	c.release(s)
}

// failedEntry reports a song and, where the song is to blame, removes it from
// the head of the queue. Where the whole music directory is missing, or no
// process can be started, the queue is kept: it is not at fault.
func (c *conductor) failedEntry(e queue.Entry, song library.Song, err error, blame bool) {
	there := c.musicThere()
	blame = blame && there && !c.back(e, err)
	c.report(e, song, err)
	if blame {
		c.advance(e.ID, queue.Actor{}, queue.Unplayable)
	}
	c.hold()
	if !there {
		c.away = e
	}
}

// lookForMusic ends the waiting for a music directory that was gone and is back.
func (c *conductor) lookForMusic() {
	if c.away.ID == "" || !c.musicThere() {
		return
	}
	song, known := c.s.o.Library.Catalogue().Song(c.away.SongID)
	if _, err := c.path(song); known && err != nil {
		return // perhaps it is being mounted at this moment
	}
	c.away = queue.Entry{}
	c.fire(Retry)
}

// path is where the file of a song is now. A disk that was unplugged and came back
// is another directory than the one that was opened.
func (c *conductor) path(song library.Song) (string, error) {
	path, err := c.s.o.Music.Abs(song.Path)
	if err != nil && c.s.o.Music.Follow() {
		c.s.log.Warn("the music directory was replaced; songs are played from the new one", "directory", c.s.o.Music.Dir())
		path, err = c.s.o.Music.Abs(song.Path)
	}
	return path, err
}

// back reports whether a file that was missing is there now: its disk was
// mounted, or it was renamed, since the attempt to open it.
func (c *conductor) back(e queue.Entry, err error) bool {
	song, known := c.s.o.Library.Catalogue().Song(e.SongID)
	if !known || !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	_, missing := c.s.o.Music.Stat(song.Path)
	return missing == nil
}

// failedAhead is told that a song which would be played next has no sound. A
// broken one is looked past; its entry is removed when its turn comes.
func (c *conductor) failedAhead(e queue.Entry, song library.Song, err error, blame bool) {
	if !blame || !c.musicThere() || c.back(e, err) {
		c.gaveUp = e.ID // it is tried again when its turn comes
		return
	}
	c.broken[e.ID] = err
	c.report(e, song, err)
	c.s.look()
}

// hold waits before the next attempt.
func (c *conductor) hold() {
	if head, ok := c.s.o.Queue.Head(); ok {
		c.held = head.ID
	}
	c.s.pump.setTitle("")
	pause := min(holdOffFirst<<min(c.failures, 20), holdOffLimit)
	c.failures++
	c.fire(SongFailed)
	c.holdOff.Reset(c.paced(pause))
}

// unplayable reports a song that broke off.
func (c *conductor) unplayable(s *source, err error) { c.report(s.entry, s.song, err) }

// report tells the log, the clients and Status.
func (c *conductor) report(e queue.Entry, song library.Song, err error) {
	if song.ID == 0 {
		song, _ = c.s.o.Library.Catalogue().Song(e.SongID)
	}
	c.s.log.Warn("a song cannot be played and is skipped", "song", song.Path, "error", err)
	c.mu.Lock()
	c.failed = &FailedSong{Path: song.Path, At: c.s.o.Now(), Err: err}
	c.mu.Unlock()
	c.s.events.fire(Event{Kind: SongUnplayable, Entry: e, Err: err})
}

// musicThere reports whether the music directory can be read and holds
// anything: an unmounted disk leaves an empty directory behind.
func (c *conductor) musicThere() bool {
	dir, err := os.Open(c.s.o.Music.Dir())
	if err != nil {
		return false
	}
	defer dir.Close()
	names, err := dir.Readdirnames(1)
	return err == nil && len(names) > 0
}

func (c *conductor) lastFailed() *FailedSong {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}
