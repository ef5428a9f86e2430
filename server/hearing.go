package server

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"musicdb/media/hearing"
)

// unheard is what the stream's own ears miss, nil while they hear the music.
func (s *Server) unheard() *silence {
	all := s.o.Stream.Hearing()
	i := slices.IndexFunc(all, func(heard hearing.Status) bool { return heard.Text != "" })
	if i < 0 {
		return nil
	}
	heard := all[i]
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
		[]string{"format", "at"}, nil)
	descHeardDrift = prometheus.NewDesc("musicdb_hearing_drift_seconds",
		"Sound that was sent, less the time that has passed on the monotonic clock.", []string{"format"}, nil)
	descHeardSent = prometheus.NewDesc("musicdb_hearing_sound_seconds_total",
		"Sound that has left for the listeners, silence included.", []string{"format"}, nil)
	descHeardMissed = prometheus.NewDesc("musicdb_hearing_missed_seconds_total",
		"Time in which music was wanted and not heard, or not as it was meant.", []string{"format", "cause"}, nil)
	descHeardQuiet = prometheus.NewDesc("musicdb_hearing_song_silence_seconds_total",
		"Time in which a song was silent by itself.", []string{"format"}, nil)
	descHeardHeals = prometheus.NewDesc("musicdb_hearing_heals_total",
		"Parts that were restarted so that music is heard again.", []string{"format", "cause"}, nil)
	descHeardClipped = prometheus.NewDesc("musicdb_hearing_clipped_samples_total",
		"Samples at full scale in what was prepared for the encoders (in), and beyond it in what was sent (out).", []string{"format", "at"}, nil)

	hearingDescs = []*prometheus.Desc{descHeardLevel, descHeardDrift, descHeardSent, descHeardMissed, descHeardQuiet, descHeardHeals, descHeardClipped}
)

func collectHearing(h hearing.Status, gauge, counter measure) {
	format := h.Format.String()
	gauge(descHeardLevel, h.In, format, "in")
	gauge(descHeardLevel, h.Level, format, "out")
	gauge(descHeardDrift, h.Drift.Seconds(), format)
	counter(descHeardSent, h.Sent.Seconds(), format)
	for _, cause := range hearing.Causes() {
		counter(descHeardMissed, h.Missed[cause].Seconds(), format, cause.String())
		counter(descHeardHeals, float64(h.Heals[cause]), format, cause.String())
	}
	counter(descHeardQuiet, h.SongSilence.Seconds(), format)
	counter(descHeardClipped, float64(h.ClippedIn), format, "in")
	counter(descHeardClipped, float64(h.ClippedOut), format, "out")
}
