package stream

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/ffmpeg/ffmpegtest"
	"musicdb/media/sound"
)

// record listens to a mount until heard is called.
func (s *station) record(f sound.Format) (heard func() []byte) {
	s.t.Helper()
	mount, err := s.stream.Mount(f.String())
	must(s.t, err)
	l := mount.Join()
	ctx, stop := context.WithCancel(context.Background())
	var all []byte
	var done sync.WaitGroup
	done.Go(func() {
		defer l.Close()
		for {
			frames, err := l.Next(ctx)
			all = append(all, frames...)
			if err != nil {
				return
			}
		}
	})
	return func() []byte {
		stop()
		done.Wait()
		return all
	}
}

// play decodes a recording in any format.
func play(t testing.TB, f sound.Format, recording []byte) wave {
	t.Helper()
	demuxer := map[sound.Format]string{sound.MP3: "mp3", sound.Opus: "ogg", sound.AAC: "aac", sound.FLAC: "ogg"}[f]
	pcm := ffmpegtest.Run(t, recording, "-f", demuxer, "-i", "pipe:0", "-f", "s16le", "-ac", "2", "-ar", "44100", "pipe:1")
	w := make(wave, len(pcm)/4)
	for i := range w {
		w[i] = float64(int16(binary.LittleEndian.Uint16(pcm[4*i:]))) / 32768
	}
	return w[min(len(w), SampleRate/20):] // a decoder that begins in the middle needs a moment
}

// offering makes a station offer all formats, with an ffmpeg that notes how often
// it was started with what.
func offering(s *station, o *Options) (started func(encoder string) int) {
	s.t.Helper()
	notes, spy := filepath.Join(s.dir, "started"), filepath.Join(s.dir, "ffmpeg")
	must(s.t, os.WriteFile(spy, []byte("#!/bin/sh\necho \"$@\" >>'"+notes+"'\nexec /usr/bin/env ffmpeg \"$@\"\n"), 0o700))
	tool, err := ffmpeg.Find(ffmpeg.Options{Path: spy})
	must(s.t, err)
	s.t.Cleanup(func() { must(s.t, tool.Close()) })
	o.Tool, o.Formats = tool, sound.Formats()
	return func(encoder string) int {
		all, err := os.ReadFile(notes)
		must(s.t, err)
		return strings.Count(string(all), "-c:a "+encoder+" ")
	}
}

func (s *station) format(f sound.Format) FormatStatus {
	for _, status := range s.stream.Status().Formats {
		if status.Format == f {
			return status
		}
	}
	s.t.Fatalf("the stream does not know %v", f)
	return FormatStatus{}
}

// Every format has the music, from wherever one joins, and is encoded once
// however many listen. Nobody listens to a format: nobody encodes it.
func TestFormats(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 8 * time.Second}, track{name: "B", hz: 882, length: 120 * time.Second})
	s.enqueue(1, 2)
	var started func(string) int
	s.start(StartPlay, func(o *Options) { started = offering(s, o); o.Pace = 4 })
	s.until("A", func(now State) bool { return now.Seconds > 2 })
	first := map[sound.Format][]func() []byte{}
	for _, f := range sound.Formats() {
		if n := started(recipeFor(f, 0).encoder); f != sound.MP3 && n != 0 {
			t.Errorf("%v is encoded by %d children, and nobody listens", f, n)
		}
		first[f] = []func() []byte{s.record(f), s.record(f)}
	}
	s.until("B", func(now State) bool { return now.Entry.SongID == 2 && now.Seconds > 8 })
	late := map[sound.Format]func() []byte{}
	for _, f := range sound.Formats() {
		late[f] = s.record(f)
	}
	s.until("more of B", func(now State) bool { return now.Seconds > 12 })
	for _, f := range sound.Formats() {
		if n := started(recipeFor(f, 0).encoder); n != 1 {
			t.Errorf("%v is encoded by %d children for three listeners, want 1", f, n)
		}
		recordings := [][]byte{first[f][0](), first[f][1]()}
		if n := min(len(recordings[0]), len(recordings[1])); n == 0 || !bytes.Equal(recordings[0][:n], recordings[1][:n]) {
			t.Errorf("%v: two who came together do not hear the same", f)
		}
		about(t, spell(play(t, f, recordings[0]).score(441, 882)), note{441, 0}, note{882, 0})
		heard := play(t, f, late[f]())
		about(t, spell(heard.score(441, 882)), note{882, 0})
		if length := time.Duration(len(heard)) * time.Second / SampleRate; length < 3*time.Second {
			t.Errorf("%v: one who joined late has heard %v, want 3 s and the burst", f, length)
		}
	}
}

// The loss of one encoder is not heard in other formats, and those who listen to
// its own go on hearing when it is back.
func TestLostEncoderDisturbsNoOtherFormat(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 300 * time.Second})
	s.enqueue(1)
	s.waitForNext = false
	s.start(StartPlay, func(o *Options) { offering(s, o); o.Pace = 4 })
	s.until("A", func(now State) bool { return now.Seconds > 1 })
	heard := map[sound.Format]func() []byte{}
	for _, f := range sound.Formats() {
		heard[f] = s.record(f)
	}
	s.until("all encoders", func(State) bool {
		for _, f := range sound.Formats() {
			if s.format(f).Encoder != EncoderRunning {
				return false
			}
		}
		return true
	})
	began := s.stream.State().Seconds
	for _, f := range []sound.Format{sound.Opus, sound.MP3} {
		lost := s.format(f).Child
		was := s.stream.State().Seconds
		s.until("a while", func(now State) bool { return now.Seconds > was+2 })
		must(t, syscall.Kill(lost, syscall.SIGKILL))
		s.wait("its successor", func(Event) bool {
			now := s.format(f)
			return now.Encoder == EncoderRunning && now.Child != lost
		})
	}
	was := s.stream.State().Seconds
	s.until("more", func(now State) bool { return now.Seconds > was+3 })
	passed := s.stream.State().Seconds - began
	for _, f := range sound.Formats() {
		wave := play(t, f, heard[f]())
		notes := spell(wave.score(441))
		longest, sum, silent := time.Duration(0), time.Duration(0), time.Duration(0)
		for _, n := range notes {
			if n.hz == 441 {
				longest, sum = max(longest, n.length), sum+n.length
			}
			if n.hz == 0 {
				silent += n.length
			}
		}
		switch f {
		case sound.AAC, sound.FLAC:
			if len(notes) > 3 || longest.Seconds() < passed {
				t.Errorf("%v was not lost and sounds %v, want %.1f s of tone", f, notes, passed)
			}
		case sound.Opus:
			// What was under way in the child that was killed is gone; the rest is made up for.
			if sum.Seconds() < passed-0.3 {
				t.Errorf("%v was lost and sounds %v, want %.1f s of tone", f, notes, passed)
			}
		case sound.MP3:
			if sum.Seconds()+silent.Seconds() < passed || silent == 0 {
				t.Errorf("%v was lost and sounds %v, want two tones and silence, %.1f s in all", f, notes, passed)
			}
		}
	}
}

// A format rests some time after its last listener, and begins with the sound of
// the day for the next one.
func TestFormatRests(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 20 * time.Second}, track{name: "B", hz: 882, length: 300 * time.Second})
	s.enqueue(1, 2)
	var started func(string) int
	s.start(StartPlay, func(o *Options) { started = offering(s, o); o.Pace = 16 })
	s.until("A", func(now State) bool { return now.Seconds > 1 })
	heard := s.record(sound.FLAC)
	s.until("the encoder", func(State) bool { return s.format(sound.FLAC).Encoder == EncoderRunning })
	heard()
	s.until("lingering", func(State) bool { return s.format(sound.FLAC).Demand == FormatLingering })
	again := s.record(sound.FLAC)
	s.until("a listener again", func(State) bool { return s.format(sound.FLAC).Demand == FormatHeard })
	again()
	if n := started("flac"); n != 1 {
		t.Errorf("%d encoders for one who left for a moment, want 1", n)
	}
	s.until("rest", func(State) bool { return s.format(sound.FLAC).Encoder == EncoderResting })
	if child := s.format(sound.FLAC).Child; child != 0 {
		t.Errorf("the encoder %d runs for nobody", child)
	}
	s.until("B", func(now State) bool { return now.Entry.SongID == 2 && now.Seconds > 5 })
	next := s.record(sound.FLAC)
	was := s.stream.State().Seconds
	s.until("more of B", func(now State) bool { return now.Seconds > was+8 })
	about(t, spell(play(t, sound.FLAC, next()).score(441, 882)), note{882, 0})
}

// What is not offered, and what ffmpeg cannot encode, is refused with a reason.
func TestFormatsThatThereAreNot(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	poor := filepath.Join(s.dir, "ffmpeg")
	must(t, os.WriteFile(poor, []byte("#!/bin/sh\n/usr/bin/env ffmpeg \"$@\" | sed 's/ libopus / nothing /'\n"), 0o700))
	tool, err := ffmpeg.Find(ffmpeg.Options{Path: poor})
	must(t, err)
	defer func() { must(t, tool.Close()) }()
	stream, err := New(Options{Queue: s.queue, Library: s.library, Music: s.music, Tool: tool, Formats: []sound.Format{sound.Opus, sound.FLAC}})
	must(t, err)
	for name, want := range map[string]error{"mp3": nil, "flac": nil, "opus": ErrNoEncoder, "aac": ErrNoMount, "": ErrNoMount} {
		if _, err := stream.Mount(name); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", name, err, want)
		}
	}
}
