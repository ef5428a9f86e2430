package main

import (
	"fmt"
	"math"
	"strconv"

	"musicdb/media/loudness"
	"musicdb/media/queue"
)

// LoudnessMode says which loudness is made equal.
type LoudnessMode string

// The modes; MUSICDB_STREAM_LOUDNESS explains them.
const (
	LoudnessOff   LoudnessMode = "off"
	LoudnessTrack LoudnessMode = "track"
	LoudnessAlbum LoudnessMode = "album"
)

// Decode accepts one of the modes.
func (l *LoudnessMode) Decode(value string) error {
	return choose(l, value, LoudnessOff, LoudnessTrack, LoudnessAlbum)
}

// Mode is the setting in the terms of the rules.
func (l LoudnessMode) Mode() loudness.Mode {
	switch l {
	case LoudnessTrack:
		return loudness.Track
	case LoudnessAlbum:
		return loudness.Album
	default:
		return loudness.Off
	}
}

// Decibels are a gain.
type Decibels float64

// Decode accepts what the rules of loudness accept.
func (d *Decibels) Decode(value string) error {
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || !(math.Abs(n) <= loudness.MaxPreamp) {
		return fmt.Errorf("it must be a number of decibels from %v to %v", -loudness.MaxPreamp, loudness.MaxPreamp)
	}
	*d = Decibels(n)
	return nil
}

// openLoudness makes what knows how loud songs are. Songs are measured only if
// somebody hears the difference.
func (p *parts) openLoudness(c *Settings, o loudness.Options, songs *queue.Songs) (*loudness.Meter, error) {
	o.Settings = loudness.Settings{Mode: c.Stream.Loudness.Mode(), Preamp: float64(c.Stream.Preamp)}
	o.Measure = bool(c.Stream.MeasureLoudness) && o.Settings.Mode != loudness.Off && !bool(c.Debug.DisableIcecast)
	o.Queued = func() []int64 {
		entries := songs.Entries()
		ids := make([]int64, len(entries))
		for i, e := range entries {
			ids[i] = e.SongID
		}
		return ids
	}
	meter, err := loudness.New(o)
	if err != nil {
		return nil, err
	}
	cancel := songs.Subscribe(func(queue.Event) { meter.Look() })
	p.closers = append(p.closers, func() error { cancel(); return nil })
	return meter, nil
}
