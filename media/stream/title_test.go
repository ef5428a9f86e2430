package stream

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/sound"
)

// A listener is told the title of each song with its sound.
func TestTitlesReachTheListener(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "One", hz: 441, length: 2 * time.Second}, track{name: "It's Two", hz: 882, length: 60 * time.Second})
	s.enqueue(1, 2)
	s.start(StartPlay, nil)
	l := s.stream.Join()
	defer l.Close()
	var heard []byte
	var titles []string
	for len(heard) < 6*sound.Bitrate/8 {
		frames, err := l.Next(t.Context())
		must(t, err)
		heard = append(heard, frames...)
		if title := l.Title(); title != "" && !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	if want := []string{"Ärtist – One", "Ärtist – It's Two"}; !slices.Equal(titles, want) {
		t.Errorf("titles %q, want %q", titles, want)
	}
	about(t, spell(decode(t, heard).score(441, 882)), note{0, 0}, note{441, 2 * time.Second}, note{882, 0})
}

// While there is no ffmpeg yet the stream is silence at the right pace, and
// Status says why; as soon as there is one the music plays.
func TestSilenceUntilFfmpegIsThere(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 60 * time.Second}, track{name: "B", hz: 882, length: 60 * time.Second})
	s.enqueue(1, 2)
	gate := filepath.Join(s.dir, "gate")
	self := filepath.Join(s.dir, "self")
	// Stands for our own executable: as slow as a compiler until the gate opens.
	must(t, os.WriteFile(self, []byte("#!/bin/sh\nshift\nwhile [ ! -e '"+gate+"' ]; do sleep 0.05; done\nexec ffmpeg \"$@\"\n"), 0o700))
	tool, err := ffmpeg.Find(ffmpeg.Options{Path: "/nowhere", Self: self, CacheDir: filepath.Join(s.dir, "cache")})
	must(t, err)
	defer func() { must(t, tool.Close()) }()
	s.start(StartPlay, func(o *Options) { o.Tool = tool })
	defer s.end()
	l := s.stream.Join()
	defer l.Close()
	var silent []byte
	start := time.Now()
	for len(silent) < 4*sound.Bitrate/8 {
		frames, err := l.Next(t.Context())
		must(t, err)
		silent = append(silent, frames...)
	}
	if took, least := time.Since(start), 3*time.Second/pace; took < least {
		t.Errorf("4 s of silence came within %v, want at least %v", took, least)
	}
	if p := decode(t, silent).peak(); p != 0 {
		t.Errorf("silence with a peak of %v", p)
	}
	status := s.stream.Status()
	if status.Encoder != EncoderWaiting || status.Tool.State != ffmpeg.Compiling || status.Tool.Expected <= 0 || status.Tool.Since.IsZero() {
		t.Errorf("status without ffmpeg: %+v", status)
	}
	if now := s.stream.State(); !now.Playing || !now.Connected || now.Audio != Idle {
		t.Errorf("state without ffmpeg: %+v", now)
	}
	must(t, os.WriteFile(gate, nil, 0o600))
	s.until("A", func(now State) bool { return now.Audio == Playing && now.Seconds > 2 })
}
