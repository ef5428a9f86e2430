package hearing

import (
	"context"
	"time"
)

// healing is what was restarted, and when.
type healing struct {
	times []time.Time // of restarts within the last hour, oldest first
	wait  time.Time   // no restart before that
	row   int         // restarts without sound since
	heard int         // looks with sound in a row
}

const (
	// healsPerHour bounds the restarts: each of them is a gap in a stream that
	// may be better than we think.
	healsPerHour = 20
	// heardAgain looks with sound in a row end a fault.
	heardAgain = 2
	// healTime is how long a restarted part may take until it is heard; it doubles
	// with each restart in vain.
	healTime      = 2 * time.Second
	healTimeLimit = 2 * time.Minute
)

// react moves the machine to what was found, and restarts what is to blame.
func (h *Ears) react(found finding, now time.Time) {
	state := h.machine.State()
	switch found.on {
	case Heard:
		if h.healing.heard++; !state.Red() || h.healing.heard >= heardAgain {
			h.recovered(state, now)
			h.fire(Heard)
		}
		return
	case Rest:
		h.fire(Rest)
	case SongSilent, Doubt:
		if !state.Red() {
			h.fire(found.on)
		}
	default:
		h.wrong(state, found, now)
	}
	h.healing.heard = 0
	h.songSilence()
}

// wrong is told about a fault.
func (h *Ears) wrong(state State, found finding, now time.Time) {
	if state == Healing || state == Helpless {
		if now.Before(h.healing.wait) {
			return // what was restarted has still time
		}
	}
	h.mu.Lock()
	again := state.Red() && h.cause == found.cause
	if !state.Red() {
		h.status.Since = now
	}
	h.cause = found.cause
	h.mu.Unlock()
	if !again {
		h.fire(Doubt)
		h.fire(found.on)
		h.o.Log.Error("listeners miss sound: "+found.cause.sentence(), "cause", found.cause,
			"silent for", h.judge.silence.Round(time.Millisecond), "drift", h.judge.drift.Round(time.Millisecond),
			"trace", definition.FormatTrace(h.machine.Trace()))
	}
	h.heal(found, now)
}

// heal restarts what is to blame, if it is time to.
func (h *Ears) heal(found finding, now time.Time) {
	r := &h.healing
	if now.Before(r.wait) {
		return
	}
	for len(r.times) > 0 && now.Sub(r.times[0]) > time.Hour {
		r.times = r.times[1:]
	}
	if len(r.times) >= healsPerHour {
		if h.machine.State() != Helpless {
			if h.machine.State() == Healing {
				h.fire(Doubt)
				h.fire(found.on)
			}
			h.fire(GiveUp)
			h.o.Log.Error("listeners miss sound, and restarting does not help: "+found.cause.remedy(), "cause", found.cause,
				"restarts within an hour", len(r.times), "trace", definition.FormatTrace(h.machine.Trace()))
		}
		return
	}
	if !h.o.Repair(found.cause) {
		return // nothing to restart: somebody is at it already
	}
	r.times = append(r.times, now)
	r.wait = now.Add(min(healTime<<min(r.row, 10), healTimeLimit))
	r.row++
	h.mu.Lock()
	h.status.Heals[found.cause]++
	h.mu.Unlock()
	h.o.Log.Warn("restarting "+found.cause.part(), "cause", found.cause, "in a row", r.row)
	if found.on == OutOfStep {
		h.judge.inStep()
	}
	if h.machine.State() != Healing {
		h.fire(Heal)
	}
}

// recovered is told that the music is heard.
func (h *Ears) recovered(from State, now time.Time) {
	if from.Red() {
		h.judge.inStep() // what was replaced has made up for what it has missed, or not
		h.mu.Lock()
		since := h.status.Since
		h.mu.Unlock()
		h.o.Log.Info("the music is heard again", "after", now.Sub(since).Round(10*time.Millisecond), "restarts", h.healing.row)
	}
	if from.Red() || from == Doubting {
		h.healing.wait = time.Time{}
	}
	if now.Sub(h.lastHeal()) > proved {
		h.healing.row = 0
	}
}

// proved is how long a restarted part must have been heard to count as well.
const proved = 30 * time.Second

func (h *Ears) lastHeal() time.Time {
	if n := len(h.healing.times); n > 0 {
		return h.healing.times[n-1]
	}
	return time.Time{}
}

// songSilence reports, once, a song that is silent for long.
func (h *Ears) songSilence() {
	if h.judge.quiet < h.o.LongSilence {
		h.told = false
		return
	}
	if !h.told {
		h.told = true
		h.mu.Lock()
		h.status.LongSilences++
		h.mu.Unlock()
		h.o.Log.Warn("the song is silent for long; it is sent as it is", "for", h.judge.quiet.Round(time.Second))
	}
}

// fire moves the machine, if it is not there already.
func (h *Ears) fire(on Event) {
	state := h.machine.State()
	for _, already := range []struct {
		on Event
		in State
	}{{Rest, Resting}, {Heard, Hearing}, {SongSilent, Quiet}, {Doubt, Doubting}} {
		if on == already.on && state == already.in {
			return
		}
	}
	if err := h.machine.Fire(context.Background(), on, nil); err != nil {
		h.o.Log.Error("the hearing refused an event", "error", err)
	}
}
