package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"musicdb/media/hearing"
)

// unheard is what the stream's own ears miss, nil while they hear the music.
func (s *Server) unheard() *silence {
	heard, on := s.o.Stream.Hearing()
	if !on || heard.Text == "" {
		return nil
	}
	text := heard.Text
	if failed := s.o.Stream.Status().Failed; heard.Cause == hearing.Queue && failed != nil {
		text += " The last one that could not be played is " + failed.Path + ": " + failed.Err.Error() + "."
	}
	return &silence{Reason: "unheard", Text: text, Seconds: time.Since(heard.Since).Seconds()}
}

// What the stream hears of itself. Causes are a list of the program.
var (
	descHeardLevel = prometheus.NewDesc("musicdb_hearing_level_dbfs",
		"Level of the sound in dB against full scale, -120 for silence: what was prepared for the encoders (in), and what was sent, decoded again (out).",
		[]string{"at"}, nil)
	descHeardDrift = prometheus.NewDesc("musicdb_hearing_drift_seconds",
		"Sound that was sent, less the time that has passed on the monotonic clock.", nil, nil)
	descHeardSent = prometheus.NewDesc("musicdb_hearing_sound_seconds_total",
		"Sound that has left for the listeners, silence included.", nil, nil)
	descHeardMissed = prometheus.NewDesc("musicdb_hearing_missed_seconds_total",
		"Time in which music was wanted and not heard, or not as it was meant.", []string{"cause"}, nil)
	descHeardQuiet = prometheus.NewDesc("musicdb_hearing_song_silence_seconds_total",
		"Time in which a song was silent by itself.", nil, nil)
	descHeardHeals = prometheus.NewDesc("musicdb_hearing_heals_total",
		"Parts that were restarted so that music is heard again.", []string{"cause"}, nil)
	descHeardClipped = prometheus.NewDesc("musicdb_hearing_clipped_samples_total",
		"Samples at full scale in what was prepared for the encoders (in), and beyond it in what was sent (out).", []string{"at"}, nil)

	hearingDescs = []*prometheus.Desc{descHeardLevel, descHeardDrift, descHeardSent, descHeardMissed, descHeardQuiet, descHeardHeals, descHeardClipped}
)

func collectHearing(h hearing.Status, gauge, counter measure) {
	gauge(descHeardLevel, h.In, "in")
	gauge(descHeardLevel, h.Level, "out")
	gauge(descHeardDrift, h.Drift.Seconds())
	counter(descHeardSent, h.Sent.Seconds())
	for _, cause := range hearing.Causes() {
		counter(descHeardMissed, h.Missed[cause].Seconds(), cause.String())
		counter(descHeardHeals, float64(h.Heals[cause]), cause.String())
	}
	counter(descHeardQuiet, h.SongSilence.Seconds())
	counter(descHeardClipped, float64(h.ClippedIn), "in")
	counter(descHeardClipped, float64(h.ClippedOut), "out")
}
