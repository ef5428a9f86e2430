package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/mix"
	"musicdb/media/queue"
)

// ErrStalled says that a decoder that was waited for delivered nothing for too
// long: the file hangs it, or the disk does not answer.
var ErrStalled = errors.New("decoding came to a halt")

// ErrNoSound says that a file was read to its end without a single sample.
var ErrNoSound = errors.New("there is no sound in the file")

// source is one song on its way: its decoder, and what is decoded ahead.
type source struct {
	entry queue.Entry
	song  library.Song
	title string
	start time.Duration // where in the song decoding begins
	// extent tells where in the file its song ends.
	extent func() (files.Extent, error)
	ahead  time.Duration // how much is decoded in advance
	gain   float32       // factor of the amplitude; the deck's, guarded by its mutex

	machine   *fsm.Runner[DecodingState, DecodingEvent]
	pcm       *pcm
	resampler *mix.Resampler // of the file's rate, unused; there when the first frame is
	stop      context.CancelCauseFunc
	over      sync.WaitGroup
	log       *slog.Logger

	mu    sync.Mutex    // guards below
	err   error         // why decoding failed
	child *ffmpeg.Child // nil before it starts

	inAlbum  bool // the conductor's: what the gain was asked with
	waited   int  // the conductor's: seconds for which its decoder had nothing to give
	released bool // the conductor's: close was called

	taken int64 // frames sent, at the rate of the file; the deck's, guarded by its mutex
}

// openSource begins to decode a file. changed is called, from another
// goroutine, when the first samples are there and when decoding has ended.
func openSource(tool *ffmpeg.Tool, path string, s *source, o *fsm.Observer[DecodingState, DecodingEvent], changed func()) *source {
	ctx, stop := context.WithCancelCause(context.Background())
	s.pcm, s.stop = newPCM(), stop
	s.machine = fsm.NewRunner(decoding, o, fsm.Effects[DecodingState, DecodingEvent]{})
	s.over.Go(func() {
		defer changed()
		s.ended(ctx, s.decode(ctx, tool, path, changed))
	})
	return s
}

// ended is told how decoding has ended. The reason is there before anybody learns
// that nothing more comes.
func (s *source) ended(ctx context.Context, err error) {
	defer s.pcm.end()
	switch {
	case errors.Is(context.Cause(ctx), ErrStalled):
		err = ErrStalled // and not the signal that we have sent
	case ctx.Err() != nil:
		return // cancelled: the machine is where Cancel has put it
	}
	if err == nil && s.machine.State() == DecoderOpening {
		err = ErrNoSound
	}
	if err == nil {
		s.fire(DecoderEnd)
		return
	}
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
	s.fire(DecoderFail)
}

func (s *source) decode(ctx context.Context, tool *ffmpeg.Tool, path string, changed func()) error {
	extent, err := s.extent()
	if errors.Is(err, files.ErrProtected) {
		return err
	}
	// Whatever else is wrong with the file, the decoder says it better.
	args, err := ffmpeg.Input(path, s.start)
	if err != nil {
		return err
	}
	args = append(args, mix.WaveArgs...)
	out, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	child, err := tool.Start(ctx, nil, in, args...)
	in.Close()
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.child = child
	s.mu.Unlock()
	s.fire(DecoderStart)
	rate, frames, err := mix.ReadWave(out)
	if err == nil {
		s.pcm.open(rate, s.ahead)
		s.resampler = mix.NewResampler(rate)
		err = s.pcm.fill(upTo(frames, s.bytes(extent, rate)), func() {
			s.fire(DecoderFirstSample)
			changed()
		})
	} else if errors.Is(err, io.EOF) {
		err = nil // what the child says is the better reason
	}
	if err != nil && !errors.Is(err, io.ErrClosedPipe) {
		child.Kill()
	}
	return errors.Join(err, child.Wait())
}

// state is where the decoder is.
func (s *source) state() DecodingState { return s.machine.State() }

// failure is why decoding failed, nil while it has not.
func (s *source) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// killed reports whether the decoder was ended by a signal from outside: that
// says nothing about the file.
func (s *source) killed() bool {
	var failed *ffmpeg.FailedError
	return errors.As(s.failure(), &failed) && failed.Signal != 0
}

// blamesFile reports whether the decoder ran and refused the file; otherwise
// the failure is one of this machine (no process, no memory, no ffmpeg).
func (s *source) blamesFile() bool {
	err := s.failure()
	var failed *ffmpeg.FailedError
	return errors.Is(err, ErrNoSound) || errors.Is(err, files.ErrProtected) || errors.Is(err, ErrStalled) || errors.As(err, &failed) && failed.Signal == 0 ||
		errors.Is(err, ffmpeg.ErrPath)
}

// giveUp ends a decoder that does not deliver; that is a failure of its song.
func (s *source) giveUp() { s.stop(ErrStalled) }

// hungry reports whether the decoder is expected to deliver and nothing is left.
func (s *source) hungry() bool {
	state := s.state()
	held, _ := s.pcm.held()
	return held == 0 && (state == DecoderIdle || state == DecoderOpening || state == DecoderRunning)
}

// cancel ends decoding without waiting for the child's end; close does.
func (s *source) cancel() {
	if s.machine.Can(DecoderCancel) {
		s.fire(DecoderCancel)
	}
	s.stop(nil)
	s.pcm.close()
}

// close releases everything the source has, in a state that is terminal.
func (s *source) close() {
	if s.state() == DecoderDone {
		s.fire(DecoderPlay)
	}
	s.cancel()
	s.over.Wait()
	if err := s.machine.Close(); err != nil {
		s.log.Error("decoder was dropped", "error", err, "trace", fmt.Sprint(s.machine.Trace()))
	}
}

// fire moves the machine. Its goroutine and cancel may meet; the later event
// is refused and counted.
func (s *source) fire(on DecodingEvent) {
	if err := s.machine.Fire(context.Background(), on, nil); err != nil {
		s.log.Debug("event without effect", "error", err)
	}
}

// cutShort reports whether a song that was decoded to its end was much shorter
// than its tags say and the decoder exits well nevertheless, as it does for
// truncated files. The length in the tags of an unusual file is an estimate, so
// a tenth is granted.
func (s *source) cutShort(sent time.Duration) bool {
	length := time.Duration(s.song.Playtime) * time.Second
	return length > 0 && s.start+sent < length*9/10-time.Second
}

var errCutShort = fmt.Errorf("the file ends before the song does: %w", io.ErrUnexpectedEOF)
