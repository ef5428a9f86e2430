package stream

import (
	"context"
	"errors"
	"sync"
	"time"

	"musicdb/media/library"
	"musicdb/media/queue"
)

// conductor decides what is played. One goroutine runs it; it may wait for
// databases and files, while the pump goes on with what is on its deck.
type conductor struct {
	s     *Stream
	saver *saver

	opened   *source                 // the head of the queue, not on the deck yet
	cued     *source                 // the entry behind the current one, on the deck or not
	broken   map[queue.EntryID]error // entries that will be skipped when their turn comes
	gaveUp   queue.EntryID           // not opened ahead again
	before   library.Song            // heard before the head of the queue
	away     queue.Entry             // could not be played because the music directory was gone
	held     queue.EntryID           // the head of the queue when HoldOff began
	failures int                     // songs in a row that could not be played
	reopened int                     // times the current song's decoder was lost
	patience int                     // seconds until a decoder that hangs is given up
	resume   library.StreamPosition
	holdOff  *time.Timer
	beats    chan struct{} // one token per second, from the heartbeat
	releases sync.WaitGroup

	mu     sync.Mutex // guards below, for State and Status
	state  State
	failed *FailedSong
	deck   *source // for the position in State
}

const (
	// second is between two heartbeats, in stream time.
	second = time.Second
	// saveEvery is between two positions that are saved, so that a killed server
	// goes on within a second of what was heard last, a slow disk granted.
	saveEvery = second / 2
	// releaseLimit is how long the end waits for children that were killed; one
	// that reads from a disk which does not answer may outlive it.
	releaseLimit = 3 * time.Second
	// decoderPatience is how many seconds a decoder may leave a song without
	// sound: disks that have to spin up take ten.
	decoderPatience = 30
)

func newConductor(s *Stream) *conductor {
	return &conductor{s: s, broken: map[queue.EntryID]error{}, beats: make(chan struct{}, 1), patience: decoderPatience}
}

// run plays until ctx ends.
func (c *conductor) run(ctx context.Context) {
	cancel := c.s.o.Queue.Subscribe(func(queue.Event) { c.s.look() })
	defer cancel()
	if c.saver == nil {
		c.begin(ctx)
	}
	c.holdOff = time.NewTimer(0)
	defer c.holdOff.Stop()
	saves := time.NewTicker(c.paced(saveEvery))
	defer saves.Stop()

	for {
		c.step(ctx)
		select {
		case <-ctx.Done():
			return
		case <-c.s.wake:
		case <-c.beats:
			c.everySecond()
		case <-saves.C:
			if c.s.audio.State() == Playing {
				c.save()
			}
			continue // nothing has changed
		case <-c.holdOff.C:
			if c.s.audio.State() == HoldOff {
				c.fire(Retry)
			}
		}
	}
}

// begin takes up what was saved. It runs once, also if run is started again.
func (c *conductor) begin(ctx context.Context) {
	c.saver = newSaver(c.s.o.Library, c.s.log)
	saved, found, err := c.s.o.Library.StreamPosition(ctx)
	if err != nil {
		c.s.log.Error("the position of the stream cannot be read; the song begins anew", "error", err)
	}
	playing := c.s.o.Start == StartPlay || c.s.o.Start == Resume && (!found || saved.Playing)
	if found && c.s.o.Start != StartPaused {
		c.resume = saved
	}
	c.fire(Begin)
	c.want(playing)
}

// disabled is run of a stream that is switched off.
func (c *conductor) disabled(ctx context.Context) {
	c.fire(Disable)
	c.s.events.fire(Event{Kind: StatusChanged})
	<-ctx.Done()
	c.settle()
}

// heartbeat tells clients once per second that the server lives; they take one
// without it for dead. It has a goroutine of its own, because a slow disk may
// keep the conductor waiting.
func (c *conductor) heartbeat(ctx context.Context) {
	ticker := time.NewTicker(c.paced(second))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			c.s.events.fire(Event{Kind: TimeChanged, Seconds: c.shown().Seconds})
			select {
			case c.beats <- struct{}{}:
			default:
			}
		}
	}
}

// close ends what run has left: the songs on the deck, the position, the machines.
func (c *conductor) close(ctx context.Context) {
	for _, ended := range c.s.pump.takeEnded() {
		c.finish(ctx, ended)
	}
	c.show()
	c.save()
	current, next := c.s.pump.onDeck()
	for _, s := range []*source{c.s.pump.play(nil), current, next, c.opened, c.cued} {
		c.release(s)
	}
	if c.saver != nil {
		c.saver.close()
	}
	released := make(chan struct{})
	go func() {
		c.releases.Wait()
		close(released)
	}()
	limit := time.NewTimer(releaseLimit)
	defer limit.Stop()
	select {
	case <-released:
	case <-limit.C:
		c.s.log.Warn("a decoder was killed and is not gone yet", "waited", releaseLimit)
	}
	c.settle()
}

// settle ends the machines.
func (c *conductor) settle() {
	c.fire(Stop)
	if err := c.s.mute.Fire(context.Background(), Settle, nil); err != nil {
		c.s.log.Error("the wish cannot be settled", "error", err)
	}
	c.s.events.fire(Event{Kind: StatusChanged})
}

// step reacts to everything that may have happened, in the order in which it
// matters: what was sent, what was ordered, what the queue is now.
func (c *conductor) step(ctx context.Context) {
	for _, ended := range c.s.pump.takeEnded() {
		c.finish(ctx, ended)
	}
	for _, one := range c.s.orders.take() {
		c.execute(one)
	}
	c.followQueue()
	c.find(ctx)
	c.prepare()
	c.show()
}

// execute does what a client has ordered.
func (c *conductor) execute(one command) {
	switch one.order {
	case orderPlay, orderPause:
		did, before := queue.Paused, c.s.mute.State()
		if one.order == orderPlay {
			did = queue.Resumed
		}
		c.want(one.order == orderPlay)
		if c.s.mute.State() != before {
			c.s.o.Queue.By(one.who).Note(did)
		}
		c.save()
	case orderSkip:
		c.skip(one)
	case orderReopen:
		c.reopen()
	}
}

// want plays or pauses.
func (c *conductor) want(play bool) {
	on, wish := Pause, Mute
	if play {
		on, wish = Play, Unmute
	}
	if err := c.s.mute.Fire(context.Background(), wish, nil); err != nil {
		c.s.log.Error("the wish cannot be changed", "error", err)
		return
	}
	c.fire(on)
	c.s.pump.mute(!play)
	c.s.events.fire(Event{Kind: StatusChanged})
}

// everySecond does what is worth doing once per second.
func (c *conductor) everySecond() {
	c.watchDecoders()
	if c.s.audio.State() == HoldOff {
		c.lookForMusic()
	}
	if c.s.audio.State() == NoSongs {
		// The library may have changed, or the settings of the random selection, of
		// which nobody tells: their files may be edited by hand. What is found now
		// enters the queue, and that is told.
		c.s.o.Queue.Current()
	}
}

// watchDecoders gives up decoders that hang: that of the song listeners wait for,
// and that of the next one, so that nobody will have to wait for it.
func (c *conductor) watchDecoders() {
	awaited := []*source{c.opened, c.cued}
	if current, _ := c.s.pump.onDeck(); c.s.audio.State() == Playing {
		awaited = append(awaited, current)
	}
	for _, s := range awaited {
		switch {
		case s == nil:
		case !s.hungry():
			s.waited = 0
		default:
			if s.waited++; s.waited == c.patience {
				s.giveUp()
			}
		}
	}
}

// save notes where the stream is.
func (c *conductor) save() {
	if c.saver == nil {
		return
	}
	now := c.shown()
	p := library.StreamPosition{
		EntryID: string(now.Entry.ID), Seconds: now.Seconds,
		Playing: c.s.mute.State() == Unmuted, Saved: c.s.o.Now(),
	}
	if now.Entry.ID == "" && c.resume.EntryID != "" {
		// Not there yet: what was saved before is still true.
		p.EntryID, p.Seconds = c.resume.EntryID, c.resume.Seconds
	}
	c.saver.save(p)
}

// fire moves the machine of the stream.
func (c *conductor) fire(on AudioEvent) {
	if err := c.s.audio.Fire(context.Background(), on, nil); err != nil {
		c.s.log.Error("the stream refused an event", "error", err, "trace", c.s.audio.Trace())
	}
}

// paced is how long a stream time takes.
func (c *conductor) paced(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.s.o.Pace)
}

// release ends a source without waiting for its child. Sources may be given
// twice, and nil.
func (c *conductor) release(s *source) {
	if s == nil || s.released {
		return
	}
	s.released = true
	c.releases.Go(s.close)
}

var errUnknownSong = errors.New("the song is no longer in the library")
