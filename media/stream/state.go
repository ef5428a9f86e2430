package stream

import (
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/queue"
	"musicdb/media/sound"
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
	Encoder   EncodingState // of MP3
	Lost      error         // why that was lost last, nil if never
	Formats   []FormatStatus
	Tool      ffmpeg.Status // the embedded ffmpeg being compiled, since when, how long
	Listeners int
	Pump      PumpFigures
	Failed    *FailedSong // the last song that could not be played, nil if none
}

// FormatStatus tells how one format is.
type FormatStatus struct {
	Format    sound.Format
	Demand    DemandState
	Encoder   EncodingState
	Lost      error // why its encoder was lost last, nil if never
	Child     int   // process id of its encoder, 0 without one
	Listeners int
	Frames    uint64 // delivered by its encoders
}

// FailedSong says what could not be played.
type FailedSong struct {
	Path string
	At   time.Time
	Err  error
}

// Status tells how the parts of the stream are.
func (s *Stream) Status() Status {
	formats := make([]FormatStatus, 0, len(s.pump.outputs))
	for _, o := range s.pump.outputs {
		formats = append(formats, FormatStatus{
			Format: o.mount.Format(), Demand: o.demand.State(), Encoder: o.encoder.machine.State(), Lost: o.encoder.failure(),
			Child: o.encoder.running(), Listeners: o.mount.Listeners(), Frames: o.frames.Load(),
		})
	}
	return Status{
		Audio: s.audio.State(), Encoder: formats[0].Encoder, Lost: formats[0].Lost, Formats: formats,
		Tool: s.o.Tool.Status(), Listeners: s.Listeners(), Pump: s.pump.count(), Failed: s.conducts.lastFailed(),
	}
}
