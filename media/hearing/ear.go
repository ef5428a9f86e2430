package hearing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/sound"
)

// ear is the child that decodes what was sent, and its restarts. It takes about
// two milliseconds of processor time for a second of MP3. One goroutine owns it.
type ear struct {
	tool    *ffmpeg.Tool
	format  sound.Format
	log     *slog.Logger
	machine *fsm.Runner[EarState, EarEvent]

	child   *ffmpeg.Child
	in, out *os.File
	stop    context.CancelFunc
	fed     time.Duration // sound given to the present child
	got     time.Duration // sound decoded by it
	owed    time.Duration // sound that did not come in time, and is not in fed any more
	buffer  []byte
	rest    *time.Timer
	kept    int // bytes of half a sample at the begin of buffer

	since  time.Time // of the state, of the last sound in Open
	losses int       // in a row
}

const (
	// earRate is the sample rate that the ear decodes to.
	earRate = sound.SampleRate
	// earWait is how long a look waits for what it has just given to be decoded.
	earWait = 150 * time.Millisecond
	// earRest is how long a look leaves the child alone.
	earRest = 10 * time.Millisecond
	// earLag is how much sound a decoder keeps until more comes: frames whose end
	// it has not seen, in Ogg a page.
	earLag = 60 * time.Millisecond
	// earFill is the most that is given at once, in bytes: more does not fit into
	// a pipe, and a child that does not read must not stop us.
	earFill = 48 << 10
	// earStart is how long a child may take to its first sample.
	earStart = 20 * time.Second
	// earPatience is how long it may be without any afterwards.
	earPatience = 5 * time.Second
)

var earPauses = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute}

// earFull is the decoded sample that stands for full scale: half of what 16 bits
// can carry, so that what is beyond full scale can be seen.
const earFull = 1 << 14

var demuxers = map[sound.Format]string{sound.MP3: "mp3", sound.Opus: "ogg", sound.AAC: "aac", sound.FLAC: "ogg"}

func earArgs(format sound.Format) []string {
	return []string{
		"-hide_banner", "-nostdin", "-v", "error", "-protocol_whitelist", "pipe",
		"-fflags", "nobuffer", "-probesize", "32", "-analyzeduration", "0", "-threads", "1",
		"-f", demuxers[format], "-i", "pipe:0", "-map", "0:a:0", "-af", "volume=0.5:precision=float",
		"-ac", "2", "-ar", fmt.Sprint(earRate), "-c:a", "pcm_s16le", "-f", "s16le", "-flush_packets", "1", "pipe:1",
	}
}

func newEar(tool *ffmpeg.Tool, format sound.Format, log *slog.Logger, o *fsm.Observer[EarState, EarEvent]) *ear {
	return &ear{
		tool: tool, format: format, log: log, since: time.Now(), buffer: make([]byte, 64<<10), rest: stopped(),
		machine: fsm.NewRunner(earDefinition, o, fsm.Effects[EarState, EarEvent]{}),
	}
}

// due reports whether the child is to be started now.
func (e *ear) due() bool {
	switch e.machine.State() {
	case EarWaiting:
		e.fire(EarToolReady)
		return true
	case EarBlind:
		if time.Since(e.since) < earPauses[min(e.losses, len(earPauses))-1] {
			return false
		}
		e.fire(EarRetry)
		return true
	default:
		return false
	}
}

// hear decodes what was sent and returns its level. Without any values nothing
// could be decoded.
func (e *ear) hear(frames []byte, length time.Duration) Level {
	if e.child == nil {
		return Level{}
	}
	if err := e.give(frames, length); err != nil {
		e.lose(err)
		return Level{}
	}
	level, err := e.take()
	switch {
	case err != nil:
		e.lose(errors.Join(err, errors.New(e.child.Complaint())))
	case level.Values > 0:
		e.since, e.losses = time.Now(), 0
		if e.machine.State() == EarOpening {
			e.fire(EarFirstSample)
		}
	case e.machine.State() == EarOpening && time.Since(e.since) > earStart, e.machine.State() == EarOpen && time.Since(e.since) > earPatience:
		e.lose(fmt.Errorf("it decodes nothing: %s", e.child.Complaint()))
	}
	return level
}

// give feeds the child. While it has not answered yet only a second is given.
func (e *ear) give(frames []byte, length time.Duration) error {
	if e.machine.State() == EarOpening && e.fed > time.Second || len(frames) > earFill {
		return nil
	}
	if err := e.in.SetWriteDeadline(time.Now().Add(earWait)); err != nil {
		return err
	}
	if _, err := e.in.Write(frames); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	e.fed += length
	return nil
}

// take measures what was decoded. It waits a moment for all that was given.
func (e *ear) take() (level Level, err error) {
	// Decoding takes about a millisecond. Reading before it is done would wake us
	// up once for every frame.
	e.rest.Reset(earRest)
	<-e.rest.C
	if err := e.out.SetReadDeadline(time.Now().Add(earWait)); err != nil {
		return level, err
	}
	for e.got < e.fed-earLag {
		n, err := e.read(&level)
		e.got += n
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			e.owed += e.fed - earLag - e.got
			e.fed = e.got + earLag // it comes later, or never
			return level, nil
		case err != nil:
			return level, err
		}
	}
	return e.collect(level)
}

// collect adds what comes late, without waiting for it for long. What stayed in the pipe
// would be heard with every later look in the place of what is sent then.
func (e *ear) collect(level Level) (Level, error) {
	if e.owed <= 0 {
		return level, nil
	}
	if err := e.out.SetReadDeadline(time.Now().Add(earRest)); err != nil {
		return level, err
	}
	for e.owed > 0 {
		n, err := e.read(&level)
		e.owed -= n
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return level, nil
		}
		if err != nil {
			return level, err
		}
	}
	e.got -= e.owed // what there was beyond
	e.owed = 0
	return level, nil
}

// read measures the next piece of what was decoded, and returns how long it is.
func (e *ear) read(level *Level) (time.Duration, error) {
	n, err := e.out.Read(e.buffer[e.kept:])
	n += e.kept
	whole := n / 4 * 4
	*level = level.add(measure(e.buffer[:whole], earFull))
	e.kept = copy(e.buffer, e.buffer[whole:n])
	return time.Duration(whole/4) * time.Second / earRate, err
}

// start starts a child. head is what a listener needs in front of the frames.
func (e *ear) start(head []byte) {
	e.since = time.Now()
	if err := e.launch(); err != nil {
		e.lose(err)
		return
	}
	if err := e.give(head, 0); err != nil {
		e.lose(err)
	}
}

func (e *ear) launch() error {
	in, toChild, err := os.Pipe()
	if err != nil {
		return err
	}
	defer in.Close()
	fromChild, out, err := os.Pipe()
	if err != nil {
		return errors.Join(err, toChild.Close())
	}
	defer out.Close()
	life, stop := context.WithCancel(context.Background())
	child, err := e.tool.Start(life, in, out, earArgs(e.format)...)
	if err != nil {
		stop()
		return errors.Join(err, toChild.Close(), fromChild.Close())
	}
	e.child, e.in, e.out, e.stop = child, toChild, fromChild, stop
	e.fed, e.got, e.owed, e.kept = 0, 0, 0, 0
	return nil
}

// lose notes that the child is of no use.
func (e *ear) lose(err error) {
	e.losses++
	pause := earPauses[min(e.losses, len(earPauses))-1]
	e.log.Warn("the stream cannot be decoded again; that sound goes out is only inferred until the decoder is back",
		"error", err, "again in", pause, "trace", earDefinition.FormatTrace(e.machine.Trace()))
	e.drop()
	e.since = time.Now()
	e.fire(EarLost)
}

func (e *ear) drop() {
	if e.child == nil {
		return
	}
	e.stop()
	e.in.Close()
	e.out.Close()
	<-e.child.Done()
	e.child = nil
}

// leave makes the ear begin anew when there is something to be heard again.
func (e *ear) leave() {
	e.drop()
	e.since, e.losses = time.Now(), 0
	if e.machine.State() != EarWaiting {
		e.fire(EarUnheard)
	}
}

func (e *ear) close() {
	e.drop()
	e.fire(EarClose)
	if err := e.machine.Close(); err != nil {
		e.log.Error("the ear was not closed", "error", err)
	}
}

func stopped() *time.Timer {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return timer
}

func (e *ear) fire(on EarEvent) {
	if err := e.machine.Fire(context.Background(), on, nil); err != nil {
		e.log.Error("the ear refused an event", "error", err)
	}
}
