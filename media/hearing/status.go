package hearing

import (
	"fmt"
	"time"

	"musicdb/media/sound"
)

// Status is what the server has heard.
type Status struct {
	Format sound.Format // what is heard

	State State
	Blind bool      // the decoder that hears is lost, or not there yet
	Child int       // process id of that decoder, 0 without one
	Cause Cause     // of a red State
	Since time.Time // when a red State began
	Text  string    // what is wrong and what is being done, in a sentence; empty if nothing is

	Level float64       // of what was sent, in dBFS, from -120
	In    float64       // of what went in, in dBFS
	Drift time.Duration // sound sent less time passed, since it was last put right

	Sent         time.Duration         // sound heard in all
	Missed       [causes]time.Duration // how long music was missing or wrong, by Cause
	SongSilence  time.Duration         // how long songs were silent by themselves
	LongSilences int                   // songs that were silent for long
	Heals        [causes]int           // restarts, by Cause
	ClippedIn    int64                 // samples at full scale in what went in
	ClippedOut   int64                 // samples beyond full scale in what was sent
}

// Status tells what was heard.
func (h *Ears) Status() Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.status
	s.State = h.machine.State()
	if s.State > Ended {
		s.State = Ended
	}
	if !s.State.Red() {
		s.Since = time.Time{}
		return s
	}
	s.Cause = h.cause
	switch s.State {
	case Helpless:
		s.Text = fmt.Sprintf("%s miss sound: %s. Restarting %s did not help. %s", s.who(), s.Cause.sentence(), s.Cause.part(), s.Cause.remedy())
	case Healing:
		s.Text = fmt.Sprintf("%s miss sound: %s. %s was restarted just now.", s.who(), s.Cause.sentence(), upper(s.Cause.part()))
	default:
		s.Text = fmt.Sprintf("%s miss sound: %s. %s", s.who(), s.Cause.sentence(), s.Cause.doing())
	}
	return s
}

// who says whose sound it is: everybody's, or that of one of the other formats.
func (s *Status) who() string {
	if s.Format == sound.MP3 {
		return "Listeners"
	}
	return "Listeners of the format " + s.Format.String()
}

// note keeps what a look has shown.
func (h *Ears) note(l look, found finding) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &h.status
	s.Blind, s.Child = h.ear.machine.State() != EarOpen, 0
	if h.ear.child != nil {
		s.Child = h.ear.child.Pid()
	}
	if l.out.Values > 0 {
		s.Level = l.out.DBFS()
	}
	s.In, s.Drift = l.in.song.DBFS(), h.judge.drift
	s.Sent += l.sent
	s.ClippedIn += l.in.song.Over
	s.ClippedOut += l.out.Over
	switch {
	case found.cause != NoCause:
		s.Missed[found.cause] += l.passed
	case found.on == SongSilent:
		s.SongSilence += l.passed
	}
}

// upper begins a sentence with a part.
func upper(part string) string { return "T" + part[1:] }

// sentence says what is wrong.
func (c Cause) sentence() string {
	return [causes]string{
		Encoder:    "music goes into the encoder, and none comes out",
		Decoder:    "the decoder of the song delivers nothing",
		Queue:      "there is no song that can be sent",
		Still:      "nothing has left the server for too long",
		Distortion: "what is sent is overdriven",
		Clock:      "the sound does not keep pace with the time",
	}[c]
}

// part is what is restarted.
func (c Cause) part() string {
	return [causes]string{
		Encoder: "the encoder", Decoder: "the decoder of the song", Queue: "the search for a song",
		Still: "the encoder", Distortion: "the encoder", Clock: "the encoder",
	}[c]
}

// doing says what is being done.
func (c Cause) doing() string {
	switch c {
	case Decoder:
		return "The song is opened again where it stopped."
	case Queue:
		return "The next song is being opened."
	default:
		return "The encoder is being restarted."
	}
}

// remedy says what the user can do.
func (c Cause) remedy() string {
	switch c {
	case Decoder, Queue:
		return "Skip the song, and look whether the disk with the music answers; the log says which file it is."
	case Clock, Still:
		return "Look whether the machine is overloaded (its load, the daemon's limits), and restart the server."
	default:
		return "Look into the log for what ffmpeg complains about, install another ffmpeg, and restart the server."
	}
}
