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

// encoderArgs encode without a bit reservoir: every frame can be decoded by
// itself, so a listener may join, and silence may take over, at any frame.
var encoderArgs = []string{
	"-hide_banner", "-nostdin", "-v", "error", "-protocol_whitelist", "pipe",
	"-fflags", "nobuffer", "-probesize", "32", "-analyzeduration", "0",
	"-f", "s16le", "-ar", "44100", "-ac", "2", "-i", "pipe:0",
	"-c:a", "libmp3lame", "-b:a", "320k", "-joint_stereo", "1", "-reservoir", "0",
	"-write_xing", "0", "-id3v2_version", "0", "-write_id3v1", "0", "-flush_packets", "1", "-f", "mp3", "pipe:1",
}

// encoder is the child that encodes, and its restarts. The pump owns it.
type encoder struct {
	tool    *ffmpeg.Tool
	pace    float64
	log     *slog.Logger
	machine *fsm.Runner[EncodingState, EncodingEvent]
	frames  chan encoded // from the reading goroutine of the present child

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

	mu      sync.Mutex // guards below
	err     error      // why it was lost last, for Status
	pid     int        // of the present child, 0 without one
	started time.Time  // the present child
}

// encoded is one frame, or (frame nil) the end of the child.
type encoded struct {
	child *ffmpeg.Child
	frame []byte
	err   error
}

func newEncoder(tool *ffmpeg.Tool, pace float64, log *slog.Logger, o *fsm.Observer[EncodingState, EncodingEvent]) *encoder {
	return &encoder{
		tool: tool, pace: pace, log: log, frames: make(chan encoded, 64),
		machine: fsm.NewRunner(encoding, o, fsm.Effects[EncodingState, EncodingEvent]{}),
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
	case EncoderStopped:
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
	pcmOut, pcmIn, err := os.Pipe()
	if err != nil {
		return err
	}
	defer pcmOut.Close()
	mp3Out, mp3In, err := os.Pipe()
	if err != nil {
		pcmIn.Close()
		return err
	}
	defer mp3In.Close()
	shrink(pcmIn, encoderPipe)
	raw, err := pcmIn.SyscallConn()
	if err != nil {
		pcmIn.Close()
		mp3Out.Close()
		return err
	}
	life, stop := context.WithCancel(context.Background())
	child, err := e.tool.Start(life, pcmOut, mp3In, encoderArgs...)
	if err != nil {
		stop()
		pcmIn.Close()
		mp3Out.Close()
		return err
	}
	e.child, e.stdin, e.raw, e.stop, e.primed = child, pcmIn, raw, stop, 0
	e.unheard.Store(false) // that was about another child
	e.named(child.Pid())
	e.reading.Go(func() { e.read(life, child, mp3Out) })
	return nil
}

// read hands the child's frames to the pump, and then its end.
func (e *encoder) read(life context.Context, child *ffmpeg.Child, out *os.File) {
	defer out.Close()
	send := func(f encoded) {
		select {
		case e.frames <- f:
		case <-life.Done():
		}
	}
	var split sound.Splitter
	buffer := make([]byte, 16<<10)
	for {
		n, err := out.Read(buffer)
		split.Write(buffer[:n], func(_ sound.Header, whole []byte) {
			send(encoded{child: child, frame: append([]byte(nil), whole...)})
		})
		if err != nil {
			break
		}
	}
	if skipped := split.Skipped(); skipped > 0 {
		e.log.Warn("the encoder delivered bytes that are no MP3 frames", "bytes", skipped)
	}
	child.Kill()
	err := child.Wait()
	if err == nil {
		err = fmt.Errorf("it ended by itself")
	}
	send(encoded{child: child, err: err})
}

// took is told about each frame and end that comes out of frames. It reports
// whether the frame is part of the stream.
func (e *encoder) took(f encoded, now time.Duration) bool {
	if f.child != e.child {
		return false // of a child that was given up
	}
	e.moved = now
	switch {
	case f.frame == nil:
		e.lose(EncoderLost, now, f.err)
		return false
	case e.machine.State() == EncoderStarting:
		e.unheard.Store(false) // that was about the time before
		e.fire(EncoderFirstFrame, now)
	}
	if now-e.entered > encoderProved {
		e.losses = 0
	}
	return true
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
	e.log.Error("the encoder was lost; silence until it is back", "error", err, "again in", pause)
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
	e.named(0)
}

func (e *encoder) named(pid int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pid, e.started = pid, time.Now()
}

// Children are the process ids of the encoder and of the present song's decoder,
// for reports on memory; 0 where there is none.
func (s *Stream) Children() (encoder, decoder int) {
	e := s.pump.encoder
	e.mu.Lock()
	encoder = e.pid
	e.mu.Unlock()
	if current, _ := s.pump.onDeck(); current != nil {
		current.mu.Lock()
		if current.child != nil {
			decoder = current.child.Pid()
		}
		current.mu.Unlock()
	}
	return encoder, decoder
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
