package stream

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/sound"
)

const (
	// encoderPipe bounds the PCM under way to the encoder: 93 ms.
	encoderPipe = 16 << 10
	// primeSamples of silence make a fresh encoder deliver its first frame.
	primeSamples = 4 * sound.SamplesPerFrame
	// encoderPatience is how long a running encoder may neither take nor give
	// sound, in real time. A joining listener has got 1.5 s in advance.
	encoderPatience = 1500 * time.Millisecond
	// encoderStart is how long a child may take to its first frame, in real time.
	encoderStart = 20 * time.Second
	// encoderProved resets the pauses between starts.
	encoderProved = 30 * time.Second
	// lateStep between two steps says that the pump was halted (a suspended or
	// overloaded machine): it has not looked at the child, so the child is not to
	// blame for that time.
	lateStep = 500 * time.Millisecond
)

var encoderPauses = []time.Duration{100 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second, 5 * time.Second, 10 * time.Second}

// encoder is the child that encodes one format, and its restarts. The pump owns it.
type encoder struct {
	recipe  recipe
	tool    *ffmpeg.Tool
	pace    float64
	log     *slog.Logger
	machine *fsm.Runner[EncodingState, EncodingEvent]
	deliver func(sound.Frame) // called by the reading goroutine of the present child
	news    chan<- encoderNews

	child   *ffmpeg.Child
	stdin   *os.File
	raw     syscall.RawConn
	stop    context.CancelFunc
	reading sync.WaitGroup

	stepped time.Duration // stream time of the last step
	entered time.Duration // stream time of entering the state
	moved   time.Duration // stream time at which the child last took or gave something
	losses  int           // in a row
	unheard atomic.Bool   // the ears want the child to be replaced
	primed  int           // bytes of silence given to the present child
	took    uint64        // frames, at the last step

	mu        sync.Mutex // guards below
	err       error      // why it was lost last, for Status
	pid       int        // of the present child, 0 without one
	started   time.Time  // the present child
	present   *ffmpeg.Child
	delivered uint64 // frames, of all children
}

// encoderNews is what the reading goroutine of a child tells the pump.
type encoderNews struct {
	of    *encoder
	child *ffmpeg.Child
	begun chan struct{} // the first frame is there: closed when it may be delivered
	err   error         // why the child has ended, where begun is nil
}

func newEncoder(r recipe, o Options, seen *fsm.Observer[EncodingState, EncodingEvent], news chan<- encoderNews, deliver func(sound.Frame)) *encoder {
	return &encoder{
		recipe: r, tool: o.Tool, pace: o.Pace, log: o.Log.With("format", r.format), news: news, deliver: deliver,
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
		if delivered := e.count(); delivered != e.took {
			e.took, e.moved = delivered, now
		}
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

// count is the number of frames delivered so far.
func (e *encoder) count() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.delivered
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
	pcmOut, pcmIn, err := os.Pipe()
	if err != nil {
		return err
	}
	defer pcmOut.Close()
	soundOut, soundIn, err := os.Pipe()
	if err != nil {
		pcmIn.Close()
		return err
	}
	defer soundIn.Close()
	shrink(pcmIn, encoderPipe)
	raw, err := pcmIn.SyscallConn()
	if err != nil {
		pcmIn.Close()
		soundOut.Close()
		return err
	}
	life, stop := context.WithCancel(context.Background())
	child, err := e.tool.Start(life, pcmOut, soundIn, e.recipe.args...)
	if err != nil {
		stop()
		pcmIn.Close()
		soundOut.Close()
		return err
	}
	e.child, e.stdin, e.raw, e.stop, e.primed = child, pcmIn, raw, stop, 0
	e.unheard.Store(false) // that was about another child
	e.follow(child)
	e.reading.Go(func() { e.read(life, child, soundOut) })
	return nil
}

// read delivers the child's frames, and tells the pump of the first one and of
// the end.
func (e *encoder) read(life context.Context, child *ffmpeg.Child, out *os.File) {
	defer out.Close()
	tell := func(n encoderNews) {
		n.of, n.child = e, child
		select {
		case e.news <- n:
		case <-life.Done():
		}
	}
	framer := e.recipe.format.NewFramer()
	begun := false
	buffer := make([]byte, 16<<10)
	for {
		n, err := out.Read(buffer)
		framer.Write(buffer[:n], func(f sound.Frame) {
			if !begun {
				begun = true
				may := make(chan struct{})
				tell(encoderNews{begun: may})
				select {
				case <-may:
				case <-life.Done():
				}
			}
			e.pass(child, f)
		})
		if err != nil {
			break
		}
	}
	if skipped := framer.Skipped(); skipped > 0 {
		e.log.Warn("the encoder delivered bytes that are no frames", "bytes", skipped)
	}
	child.Kill()
	err := child.Wait()
	if err == nil {
		err = fmt.Errorf("it ended by itself")
	}
	tell(encoderNews{err: err})
}

// pass delivers a frame of the present child; those of one that was given up
// are late.
func (e *encoder) pass(child *ffmpeg.Child, f sound.Frame) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.present != child {
		return
	}
	e.deliver(f)
	e.delivered++
}

// heard is told what a child's reading goroutine has to say.
func (e *encoder) heard(n encoderNews, now time.Duration) {
	if n.child != e.child {
		return // of a child that was given up
	}
	if n.begun == nil {
		e.lose(EncoderLost, now, n.err)
		return
	}
	e.fire(EncoderFirstFrame, now)
	e.moved = now
	e.unheard.Store(false) // that was about the time before
	close(n.begun)
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
	n := 0
	err := e.raw.Write(func(fd uintptr) bool {
		// One attempt; a full pipe (EAGAIN) means try again at the next tick.
		// A broken pipe is noticed where the output is read.
		n, _ = syscall.Write(int(fd), pcm)
		return true
	})
	if err != nil || n <= 0 {
		return 0
	}
	e.moved = now
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
	e.stdin.Close()
	e.child = nil
	e.follow(nil)
}

// follow notes whose frames are delivered from now on; nil: nobody's.
func (e *encoder) follow(child *ffmpeg.Child) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.present, e.pid, e.started = child, 0, time.Now()
	if child != nil {
		e.pid = child.Pid()
	}
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
	e.reading.Wait()
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
