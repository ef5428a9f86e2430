package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/sound"
)

const (
	// encoderPipe holds what one tick gives the encoder, twice.
	encoderPipe = 32 << 10
	// primeSamples of silence make a fresh encoder deliver its first frame.
	primeSamples = 4 * sound.SamplesPerFrame
	// encoderPatience is how long a running encoder may neither take nor give
	// sound, in real time. A joining listener has got 1.5 s in advance.
	encoderPatience = 1500 * time.Millisecond
	// encoderStart is how long a child may take to its first frame, in real time.
	encoderStart = 20 * time.Second
	// encoderProved is how long an encoder must live for its loss to be one by itself:
	// the pauses between starts begin anew. A silence of a tenth of a second every two
	// seconds is better than a longer one.
	encoderProved = 2 * time.Second
	// lateStep between two steps says that the pump was halted (a suspended or
	// overloaded machine): it has not looked at the child, so the child is not to
	// blame for that time.
	lateStep = 500 * time.Millisecond
)

// encoderPauses come before the next start, by the number of losses in a row. The first
// few are short: what is lost twice within seconds is often lost for two reasons.
var encoderPauses = []time.Duration{
	100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond,
	1600 * time.Millisecond, 3 * time.Second, 5 * time.Second, 10 * time.Second,
}

// encoder is the child that encodes one format, and its restarts. The pump owns it.
type encoder struct {
	recipe  recipe
	tool    *ffmpeg.Tool
	pace    float64
	log     *slog.Logger
	machine *fsm.Runner[EncodingState, EncodingEvent]
	deliver func(sound.Frame)
	news    chan<- encoderNews

	child  *ffmpeg.Child
	stdin  pipe
	stdout pipe // noPipe when the child has closed it
	framer sound.Framer
	stop   context.CancelFunc
	ending sync.WaitGroup

	stepped time.Duration // stream time of the last step
	entered time.Duration // stream time of entering the state
	moved   time.Duration // stream time at which the child last took or gave something
	losses  int           // in a row
	unheard atomic.Bool   // the ears want the child to be replaced
	primed  int           // bytes of silence given to the present child
	buffer  []byte        // room for reading

	mu      sync.Mutex // guards below
	err     error      // why it was lost last, for Status
	pid     int        // of the present child, 0 without one
	started time.Time  // the present child
}

// encoderNews tells the pump that a child has ended, and why.
type encoderNews struct {
	of    *encoder
	child *ffmpeg.Child
	err   error
}

func newEncoder(r recipe, o Options, seen *fsm.Observer[EncodingState, EncodingEvent], news chan<- encoderNews, deliver func(sound.Frame)) *encoder {
	return &encoder{
		recipe: r, stdin: noPipe, stdout: noPipe, buffer: make([]byte, 32<<10), tool: o.Tool, pace: o.Pace, log: o.Log.With("format", r.format), news: news, deliver: deliver,
		machine: fsm.NewRunner(encoding, seen, fsm.Effects[EncodingState, EncodingEvent]{}),
	}
}

// want begins to encode.
func (e *encoder) want(now time.Duration) { e.fire(EncoderWanted, now) }

// rest ends encoding until it is wanted again.
func (e *encoder) rest(now time.Duration) {
	e.drop()
	e.losses = 0
	if e.machine.Can(EncoderUnwanted) {
		e.fire(EncoderUnwanted, now)
	}
}

// step moves the encoder along with stream time. It never waits.
func (e *encoder) step(now time.Duration) {
	if halt := now - e.stepped; e.real(halt) > lateStep {
		e.entered, e.moved = e.entered+halt, e.moved+halt
	}
	e.stepped = now
	e.read(now)
	switch e.machine.State() {
	case EncoderWaiting:
		select {
		case <-e.tool.Ready():
			e.fire(EncoderToolReady, now)
			e.start(now)
		default:
		}
	case EncoderStarting:
		if e.unheard.Swap(false) {
			e.lose(EncoderUnheard, now, errUnheard)
		} else if e.real(now-e.entered) > encoderStart {
			e.lose(EncoderStalled, now, fmt.Errorf("no frame within %v: %s", encoderStart, e.child.Complaint()))
		}
	case EncoderRunning:
		if now-e.entered > encoderProved {
			e.losses = 0
		}
		if e.unheard.Swap(false) {
			e.lose(EncoderUnheard, now, errUnheard)
		} else if e.real(now-e.moved) > encoderPatience {
			e.lose(EncoderStalled, now, fmt.Errorf("it took no sound for %v: %s", encoderPatience, e.child.Complaint()))
		}
	case EncoderBackoff:
		if now-e.entered >= encoderPauses[min(e.losses, len(encoderPauses))-1] {
			e.fire(EncoderRetry, now)
			e.start(now)
		}
	case EncoderResting, EncoderStopped:
	}
}

// real is how long a stream time takes: a child is not faster in a hurry.
func (e *encoder) real(d time.Duration) time.Duration { return time.Duration(float64(d) / e.pace) }

func (e *encoder) start(now time.Duration) {
	if err := e.launch(); err != nil {
		e.lose(EncoderLost, now, err)
		return
	}
	e.moved = now
}

func (e *encoder) launch() error {
	stdin, takes, err := pipeTo()
	if takes != nil {
		defer takes.Close()
	}
	if err != nil {
		stdin.close()
		return err
	}
	stdout, gives, err := pipeFrom()
	if gives != nil {
		defer gives.Close()
	}
	if err != nil {
		stdin.close()
		stdout.close()
		return err
	}
	stdin.shrink(encoderPipe)
	life, stop := context.WithCancel(context.Background())
	child, err := e.tool.Start(life, takes, gives, e.recipe.args...)
	if err != nil {
		stop()
		stdin.close()
		stdout.close()
		return err
	}
	e.child, e.stdin, e.stdout, e.stop, e.primed = child, stdin, stdout, stop, 0
	e.framer = e.recipe.format.NewFramer()
	e.unheard.Store(false) // that was about another child
	e.named(child.Pid())
	return nil
}

// read delivers what the child has made since the last time, without waiting.
func (e *encoder) read(now time.Duration) {
	for e.stdout != noPipe {
		n, ended := e.stdout.read(e.buffer)
		if ended {
			e.expect(e.child)
			e.stdout.close()
			return
		}
		if n > 0 {
			e.moved = now
		}
		e.framer.Write(e.buffer[:n], func(f sound.Frame) {
			if e.machine.State() == EncoderStarting {
				e.unheard.Store(false) // that was about the time before
				e.fire(EncoderFirstFrame, now)
			}
			e.deliver(f)
		})
		if n < len(e.buffer) {
			return
		}
	}
}

// expect tells the pump of the end of a child that gives nothing any more.
func (e *encoder) expect(child *ffmpeg.Child) {
	if skipped := e.framer.Skipped(); skipped > 0 {
		e.log.Warn("the encoder delivered bytes that are no frames", "bytes", skipped)
	}
	e.ending.Go(func() {
		child.Kill()
		err := child.Wait()
		if err == nil {
			err = errors.New("it ended by itself")
		}
		select {
		case e.news <- encoderNews{of: e, child: child, err: err}:
		default: // the pump is gone
		}
	})
}

// heard is told of the end of a child.
func (e *encoder) heard(n encoderNews, now time.Duration) {
	if n.child == e.child { // and not one that was given up
		e.lose(EncoderLost, now, n.err)
	}
}

// prime gives a starting child just enough silence to deliver a frame, and
// returns how many samples it has had.
func (e *encoder) prime(now time.Duration) int64 {
	var zeros [primeSamples * bytesPerSample]byte
	e.primed += e.write(zeros[e.primed:], now)
	return int64(e.primed / bytesPerSample)
}

// write gives the child as much PCM as it takes without waiting and returns how
// many bytes that was.
func (e *encoder) write(pcm []byte, now time.Duration) int {
	if e.child == nil || len(pcm) == 0 {
		return 0
	}
	n := e.stdin.write(pcm)
	if n > 0 {
		e.moved = now
	}
	return n
}

func (e *encoder) lose(on EncodingEvent, now time.Duration, err error) {
	e.losses++
	pause := encoderPauses[min(e.losses, len(encoderPauses))-1]
	e.log.Error("an encoder was lost", "error", err, "again in", pause)
	e.mu.Lock()
	e.err = err
	e.mu.Unlock()
	e.drop()
	e.fire(on, now)
}

// drop ends the present child, if there is one.
func (e *encoder) drop() {
	if e.child == nil {
		return
	}
	e.stop()
	e.stdin.close()
	e.stdout.close()
	e.child = nil
	e.named(0)
}

func (e *encoder) named(pid int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pid, e.started = pid, time.Now()
}

// running is the process id of the present child, 0 without one.
func (e *encoder) running() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.pid
}

// close ends the encoder for good.
func (e *encoder) close() {
	e.drop()
	e.ending.Wait()
	if err := e.machine.Fire(context.Background(), EncoderStop, nil); err != nil {
		e.log.Error("the encoder cannot be stopped", "error", err)
	}
}

func (e *encoder) fire(on EncodingEvent, now time.Duration) {
	if err := e.machine.Fire(context.Background(), on, nil); err != nil {
		e.log.Error("the encoder refused an event", "error", err)
		return
	}
	e.entered = now
}

func (e *encoder) failure() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}
