package stream

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/hearing"
	"musicdb/media/sound"
)

const (
	// lingerTime is how long a format is encoded behind its last listener.
	lingerTime = 30 * time.Second
)

// output is the stream in one format: its encoder and its mount. The pump owns it,
// but for what is said of single fields.
type output struct {
	recipe  recipe
	tool    *ffmpeg.Tool
	log     *slog.Logger
	mount   *sound.Mount
	encoder *encoder
	demand  *fsm.Runner[DemandState, DemandEvent]

	always    bool         // MP3: is heard by ourselves, and silent where there is no encoder
	listeners atomic.Int64 // told by the mount
	left      time.Duration

	ears   *hearing.Ears // nil without self-hearing
	wanted chan bool     // newest word of the pump on whether they are to hear

	burst   int64 // samples that a fresh encoder is given of what was before
	at      int64 // place in the backlog of the next sample that the encoder gets
	fed     int64 // stream time, in samples, up to which the encoder has got sound
	goal    int64 // the same up to which it is to get sound now
	emitted int64 // the same of what is in the ring; of MP3 only
	silence sound.Silence

	waiting int // frames in the ring that are not published

	frames atomic.Uint64 // of the encoder
	silent atomic.Uint64 // of our own
}

func newOutput(f sound.Format, s *Stream) *output {
	o := &output{
		recipe: recipeFor(f, s.o.Bitrates[f]), tool: s.o.Tool, log: s.log, always: f == sound.MP3, burst: samplesIn(s.o.Burst), wanted: make(chan bool, 1),
		demand: fsm.NewRunner(demand, s.demandSeen, fsm.Effects[DemandState, DemandEvent]{}),
	}
	o.mount = sound.NewMount(sound.MountOptions{
		Format: f, Audience: s.audience, Burst: s.o.Burst,
		Changed: func(listeners int) {
			if o.listeners.Swap(int64(listeners)) == 0 {
				s.pump.hurry()
			}
		},
	})
	o.encoder = newEncoder(o.recipe, s.o, s.encoderSeen, s.pump.news, o.deliver)
	return o
}

// deliver appends a frame of the encoder to the ring.
func (o *output) deliver(f sound.Frame) {
	if f.Head != nil {
		o.mount.Ring().SetHead(f.Head)
	}
	o.append(f)
	o.frames.Add(1)
	o.emitted += sound.SamplesPerFrame
}

func (o *output) append(f sound.Frame) {
	o.mount.Ring().Append(f.Bytes, f.Sounds)
	o.waiting++
}

// publish wakes those who listen, if there is something new.
func (o *output) publish() {
	if o.waiting > 0 {
		o.waiting = 0
		o.mount.Ring().Publish()
	}
}

// step moves the format and its encoder along with the stream time.
func (o *output) step(now time.Duration, b *backlog) {
	defer o.publish()
	o.follow(now, b)
	before := o.encoder.machine.State()
	o.encoder.step(now)
	if state := o.encoder.machine.State(); state == EncoderStarting && before != EncoderStarting {
		o.started(samplesIn(now), b)
	}
	if !o.always || o.encoder.machine.State() == EncoderRunning {
		return
	}
	for o.emitted+sound.SamplesPerFrame <= samplesIn(now) {
		o.append(sound.Frame{Bytes: o.silence.Next(), Sounds: sound.FrameTime})
		o.silent.Add(1)
		o.emitted += sound.SamplesPerFrame
	}
	// What primes the encoder comes out of it behind the last silent frame.
	o.fed = o.emitted
	if o.encoder.machine.State() == EncoderStarting {
		o.fed += o.encoder.prime(now)
	}
	o.goal = o.fed
}

// started decides where in the backlog a new child begins.
func (o *output) started(due int64, b *backlog) {
	switch {
	case !o.always:
		// It encodes what it has missed, so that those who listen lose nothing and
		// the first one has something to begin with.
		o.at = max(o.at, b.begin())
		o.fed = due - (b.end - o.at)
		o.goal = o.fed
	case b.end-o.at > primeSamples:
		// The sound went on in other formats; silence was sent instead.
		o.at = b.end
	}
}

// follow fires what the listeners do.
func (o *output) follow(now time.Duration, b *backlog) {
	heard := o.always || o.listeners.Load() > 0
	switch state := o.demand.State(); {
	case (state == FormatUnheard || state == FormatHeard) && heard && o.lacksEncoder():
		o.log.Error("the ffmpeg at hand cannot encode a format of the stream", "format", o.recipe.format, "encoder", o.recipe.encoder)
		o.fire(FormatNoEncoder)
		o.encoder.rest(now)
		o.attend(false)
		o.mount.Ring().End()
	case (state == FormatUnheard || state == FormatLingering) && heard:
		o.fire(FormatJoined)
		if state == FormatUnheard {
			o.at = b.end - o.burst
			o.encoder.want(now)
			o.attend(true)
		}
	case state == FormatHeard && !heard:
		o.fire(FormatLeft)
		o.left = now
	case state == FormatLingering && now-o.left >= lingerTime:
		o.fire(FormatLingered)
		o.encoder.rest(now)
		o.attend(false)
		// Who comes next must not hear what is long over.
		o.mount.Ring().Clear()
	}
}

// lacksEncoder reports whether ffmpeg is there and cannot encode the format. Any
// goroutine may call it.
func (o *output) lacksEncoder() bool {
	select {
	case <-o.tool.Ready():
		return !o.tool.Encodes(o.recipe.encoder)
	default:
		return false
	}
}

// feed gives the encoder what is due. What it does not take is kept: a song loses
// nothing while an encoder is slow, or replaced.
func (o *output) feed(now time.Duration, b *backlog, fill func(block []byte)) {
	state := o.encoder.machine.State()
	if state != EncoderRunning && (state != EncoderStarting || o.always) {
		return
	}
	o.at = max(o.at, b.begin())
	for {
		// Whole units, also where the child has taken a part of one.
		o.goal += max(0, samplesIn(now)-o.goal) / unit * unit
		missing := min(o.goal-o.fed, maxBlock)
		if missing <= 0 {
			return
		}
		if short := o.at + missing - b.end; short > 0 {
			b.grow(short, fill)
		}
		pcm := b.from(o.at, missing)
		n := o.encoder.write(pcm, now)
		o.at += int64(n / bytesPerSample)
		o.fed += int64(n / bytesPerSample)
		if n < len(pcm) {
			return
		}
	}
}

// hasty reports whether the encoder waits for more than the pump gives it at its
// usual times: to begin, or to make up for what it has missed.
func (o *output) hasty() bool {
	state := o.encoder.machine.State()
	return state == EncoderStarting || state == EncoderRunning && o.fed < o.goal
}

// close ends the encoder and the format.
func (o *output) close() {
	o.encoder.close()
	o.fire(FormatStop)
	o.mount.Ring().End()
}

func (o *output) fire(on DemandEvent) {
	if err := o.demand.Fire(context.Background(), on, nil); err != nil {
		o.log.Error("a format of the stream refused an event", "format", o.recipe.format, "error", err)
	}
}
