package stream

import (
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/queue"
)

// State is what clients are told about the stream.
type State struct {
	Connected bool        // the stream runs
	Playing   bool        // music is wanted; what keeps it from sounding is in Audio
	Entry     queue.Entry // the song on the deck, the zero Entry if there is none
	Seconds   float64     // of that song sent so far
	Title     string
	Audio     AudioState
}

// State tells where the stream is.
func (s *Stream) State() State {
	select {
	case <-s.running:
	default:
		return State{Audio: Started}
	}
	now := s.conducts.shown()
	now.Audio = s.audio.State()
	now.Playing = s.mute.State() == Unmuted
	now.Connected = !s.o.Disabled && now.Audio < Ended
	return now
}

// Status is what the owner of the server is told when there is no sound.
type Status struct {
	Audio     AudioState
	Encoder   EncodingState
	Lost      error         // why the encoder was lost last, nil if never
	Tool      ffmpeg.Status // the embedded ffmpeg being compiled, since when, how long
	Listeners int
	Pump      PumpFigures
	Failed    *FailedSong // the last song that could not be played, nil if none
}

// FailedSong says what could not be played.
type FailedSong struct {
	Path string
	At   time.Time
	Err  error
}

// Status tells how the parts of the stream are.
func (s *Stream) Status() Status {
	return Status{
		Audio: s.audio.State(), Encoder: s.pump.encoder.machine.State(), Lost: s.pump.encoder.failure(),
		Tool: s.o.Tool.Status(), Listeners: s.Listeners(), Pump: s.pump.count(), Failed: s.conducts.lastFailed(),
	}
}
