package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/hearing"
	"musicdb/media/library"
	"musicdb/media/queue"
	"musicdb/media/sound"
)

// StartMode says what the stream does after a start.
type StartMode uint8

// The start modes.
const (
	Resume      StartMode = iota // as it was; a stream that never ran before plays
	StartPlay                    // plays, from where it was
	StartPaused                  // paused, at the beginning of the song, as the reference server
)

// Tracker notes what was played completely. Only the conductor calls it.
type Tracker interface {
	Track(ctx context.Context, songID int64, random bool, now time.Time) error
}

// Options are what a stream works with. All pointers but Log are needed.
type Options struct {
	Queue   *queue.Songs
	Library *library.Library
	Music   *files.Music
	Tool    *ffmpeg.Tool
	Tracker Tracker // nil: nothing is tracked
	// Level is asked for the gain of a song, as a factor of its amplitude, when the
	// song is opened, and again when its neighbours change before it is heard. inAlbum is true when it stands in the queue beside songs of
	// its album in their order. The goroutine that decides what is played waits for
	// the answer. 0 and less, and what is no number, mean 1; nil: always 1.
	Level        func(song library.Song, inAlbum bool) (factor float64)
	Start        StartMode
	DisableStats bool             // the time of the last play is not noted
	Disabled     bool             // no stream at all; the heartbeat still comes
	Log          *slog.Logger     // nil discards
	Now          func() time.Time // wall clock for the statistics; nil is time.Now
	// Crossfade is how long a song sounds together with the one that follows it,
	// up to CrossfadeLimit; 0: not at all. See crossfade.go for where it is left out.
	Crossfade time.Duration
	// SelfHearing decodes what is sent, compares it with what went in, and restarts
	// what is to blame where music is not heard.
	SelfHearing bool
	// SilenceLimit is for how long listeners may miss music that is wanted, the time
	// that a restart takes included: something is restarted after three eighths of
	// it. 0 means two seconds. With the embedded ffmpeg it is two seconds more.
	SilenceLimit time.Duration
	// Formats are offered beside MP3; each is encoded while somebody listens to it.
	Formats []sound.Format
	// Bitrates of Opus and AAC in bit/s; 160,000 and 192,000 where there is none.
	Bitrates map[sound.Format]int
	// Burst is how much sound a joining listener gets at once; 0 means 1.5 s.
	Burst time.Duration
	// Pace is how many seconds of sound pass in a second; 0 means 1. More than
	// 1 is for tests.
	Pace float64
}

// Stream is the live stream. Any goroutine may call its methods.
type Stream struct {
	o   Options
	log *slog.Logger

	audience *sound.Audience
	mp3      *sound.Mount
	pump     *pump // with an output for each format
	repaired repaired

	audio       *fsm.Runner[AudioState, AudioEvent]
	mute        *fsm.Runner[MuteState, MuteEvent]
	audioSeen   *fsm.Observer[AudioState, AudioEvent]
	muteSeen    *fsm.Observer[MuteState, MuteEvent]
	deckSeen    *fsm.Observer[DeckState, DeckEvent]
	decodesSeen *fsm.Observer[DecodingState, DecodingEvent]
	encoderSeen *fsm.Observer[EncodingState, EncodingEvent]
	demandSeen  *fsm.Observer[DemandState, DemandEvent]
	heardBy     *hearing.Observers // nil without self-hearing

	wake     chan struct{} // one token: the conductor has something to look at
	orders   orders[command]
	events   events[Event]
	once     sync.Once
	running  chan struct{} // closed when Run has begun
	conducts *conductor
}

// ErrRunning is returned by Run when it was called before.
var ErrRunning = errors.New("stream: was run already")

// New makes a stream that does nothing until Run.
func New(o Options) (*Stream, error) {
	if o.Queue == nil || o.Library == nil || o.Music == nil || o.Tool == nil {
		return nil, errors.New("stream: a queue, a library, a music directory and an ffmpeg are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Crossfade < 0 || o.Crossfade > CrossfadeLimit {
		return nil, fmt.Errorf("stream: a crossfade of %v; it may take from 0 to %v", o.Crossfade, CrossfadeLimit)
	}
	if o.Pace <= 0 {
		o.Pace = 1
	}
	o.Bitrates, o.Burst = bitrates(o.Bitrates), burst(o.Burst)
	s := &Stream{
		o: o, log: o.Log, audience: sound.NewAudience(),
		wake: make(chan struct{}, 1), running: make(chan struct{}),
		audioSeen: fsm.NewObserver(audio, 256), muteSeen: fsm.NewObserver(mute, 16), deckSeen: fsm.NewObserver(deckMachine, 16),
		decodesSeen: fsm.NewObserver(decoding, 16), encoderSeen: fsm.NewObserver(encoding, 64),
		demandSeen: fsm.NewObserver(demand, 64),
	}
	s.audio = fsm.NewRunner(audio, s.audioSeen, fsm.Effects[AudioState, AudioEvent]{})
	s.mute = fsm.NewRunner(mute, s.muteSeen, fsm.Effects[MuteState, MuteEvent]{})
	s.pump = newPump(o.Pace, o.Burst)
	s.pump.deck = newDeck(s.pump.setTitle, s.look, o.Log, s.deckSeen)
	s.addOutputs()
	s.conducts = newConductor(s)
	return s, s.listenToOurselves()
}

// Run does the work until ctx ends: it makes ffmpeg ready, plays, and saves the
// position at the end. What fails inside is logged and tried again; only a
// second call returns an error.
func (s *Stream) Run(ctx context.Context) error {
	err := ErrRunning
	s.once.Do(func() {
		err = nil
		close(s.running)
		s.run(ctx)
	})
	return err
}

func (s *Stream) run(ctx context.Context) {
	var workers sync.WaitGroup
	workers.Go(func() { s.conducts.heartbeat(ctx) })
	if s.o.Disabled {
		s.conducts.disabled(ctx)
		workers.Wait()
		s.pump.close()
		return
	}
	// The pump outlives the conductor, so that the last songs are taken off a
	// deck that is still served.
	pumping, stopPump := context.WithCancel(context.WithoutCancel(ctx))
	defer stopPump()
	workers.Go(func() {
		supervise(pumping, s.log, "pump", s.pump.run)
		s.pump.close()
	})
	workers.Go(func() { s.hear(ctx) })
	workers.Go(func() {
		if err := s.o.Tool.Prepare(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("there is no ffmpeg; the stream stays silent", "error", err)
		}
		s.look()
	})
	supervise(ctx, s.log, "conductor", s.conducts.run)
	s.conducts.close(context.WithoutCancel(ctx))
	stopPump()
	workers.Wait()
}

// supervise runs work until ctx ends. Work that panics is reported and begins
// again: one bad song must not end the stream.
func supervise(ctx context.Context, log *slog.Logger, name string, work func(context.Context)) {
	for pause := 100 * time.Millisecond; ctx.Err() == nil; pause = min(2*pause, 10*time.Second) {
		if !survived(log, name, func() { work(ctx) }) {
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// look makes the conductor look at everything again.
func (s *Stream) look() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Sources are the figures of all machines of the stream.
func (s *Stream) Sources() []fsm.Source {
	all := []fsm.Source{s.audioSeen, s.muteSeen, s.deckSeen, s.decodesSeen, s.encoderSeen, s.demandSeen, s.audience.Source()}
	if s.heardBy != nil {
		all = append(all, s.heardBy.Sources()...)
	}
	return all
}
