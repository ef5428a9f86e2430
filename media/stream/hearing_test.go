package stream

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/ffmpeg/ffmpegtest"
	"musicdb/media/hearing"
	"musicdb/media/sound"
)

// faulty makes the station's first encoder of a format do something to the sound: a
// filter of ffmpeg, which may begin some seconds into the life of that child.
func (s *station) faulty(f sound.Format, filter string) {
	s.t.Helper()
	real, err := exec.LookPath("ffmpeg")
	must(s.t, err)
	flag := filepath.Join(s.dir, "faulty")
	must(s.t, os.WriteFile(flag, nil, 0o600))
	script := fmt.Sprintf(`#!/bin/sh
case "$*" in *"-c:a %s "*pipe:1)
	if rm %q 2>/dev/null; then
		for last; do :; done
		n=$#
		for word; do
			shift
			n=$((n-1))
			[ $n -gt 0 ] && set -- "$@" "$word"
		done
		exec %q "$@" -af %q "$last"
	fi
esac
exec %q "$@"
`, recipeFor(f, 0).encoder, flag, real, filter, real)
	path := filepath.Join(s.dir, "ffmpeg")
	must(s.t, os.WriteFile(path, []byte(script), 0o700)) //nolint:gosec // it is run
	must(s.t, os.WriteFile(flag, nil, 0o600))
	must(s.t, s.tool.Close())
	s.tool, err = ffmpeg.Find(ffmpeg.Options{Path: path})
	must(s.t, err)
	s.t.Cleanup(func() { must(s.t, s.tool.Close()) })
	must(s.t, os.WriteFile(flag, nil, 0o600)) // the check has encoded, too
}

// hear starts a station that hears itself, in real time.
func (s *station) hear() {
	s.t.Helper()
	s.impatient = true
	s.start(StartPlay, func(o *Options) { o.Pace, o.SelfHearing = 1, true })
}

// heard waits until the ears of MP3 are in a state.
func (s *station) heard(state hearing.State) hearing.Status {
	s.t.Helper()
	return s.heardIn(sound.MP3, state)
}

// heardIn waits until the ears of a format are in a state.
func (s *station) heardIn(f sound.Format, state hearing.State) hearing.Status {
	s.t.Helper()
	limit := time.After(30 * time.Second)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		now := s.stream.Hearing()[f]
		if now.State == state {
			return now
		}
		select {
		case <-look.C:
		case <-limit:
			s.t.Fatalf("hears %+v, want %v; status %+v\n%s", now, state, s.stream.Status(), s.log)
		}
	}
}

// replaced waits until the ears have had a part restarted and hear music again.
func (s *station) replaced(cause hearing.Cause) {
	s.t.Helper()
	red := s.heard(hearing.Healing)
	if red.Cause != cause || !strings.Contains(red.Text, "was restarted") {
		s.t.Errorf("says %q about %v, want %v", red.Text, red.Cause, cause)
	}
	now := s.heard(hearing.Hearing)
	if now.Heals[cause] == 0 || now.Text != "" || now.Missed[cause] == 0 {
		s.t.Errorf("it is well again, but %+v", now)
	}
	if !strings.Contains(s.log.String(), "trace") {
		s.t.Errorf("no trace in the log\n%s", s.log)
	}
}

// briefly fails unless listeners missed some sound and at most two seconds. How
// soon children start depends on what else the machine does; so an attempt may
// fail, three may not.
func briefly(t *testing.T, attempt func(*station) (recorded wave)) {
	t.Helper()
	for range 3 {
		s := newStation(t, track{name: "A", hz: 441, length: 60 * time.Second})
		ids := s.enqueue(1)
		gap := attempt(s).gap()
		if now := s.stream.State(); now.Entry.ID != ids[0] {
			t.Errorf("plays %+v, want the same entry", now)
		}
		s.end()
		if gap <= 2*time.Second && gap > 0 {
			return
		}
		t.Logf("listeners missed %v of sound\n%s", gap, s.log)
	}
	t.Error("listeners missed more than two seconds, or nothing was wrong, three times out of three")
}

// An encoder that goes on working and makes nothing but silence is found out by
// what listeners get, and replaced before they have had two seconds of it.
func TestMuteEncoderIsReplaced(t *testing.T) {
	t.Parallel()
	briefly(t, func(s *station) wave {
		s.faulty(sound.MP3, "volume=0:enable='gte(t,4)'")
		s.hear()
		recorded := s.listen()
		s.heard(hearing.Hearing)
		first := encoderPid(s)
		s.replaced(hearing.Encoder)
		if encoderPid(s) == first {
			t.Error("it is the same encoder")
		}
		return decode(t, recorded())
	})
}

// So is one that takes sound and gives nothing.
func TestStoppedEncoderIsHeard(t *testing.T) {
	t.Parallel()
	briefly(t, func(s *station) wave {
		s.hear()
		recorded := s.listen()
		s.heard(hearing.Hearing)
		s.until("an encoder that has proved itself", later(4))
		must(t, syscall.Kill(encoderPid(s), syscall.SIGSTOP))
		s.replaced(hearing.Still)
		return decode(t, recorded())
	})
}

// A decoder that hangs has four seconds of sound ahead. Before they are gone the
// song is opened again, where the sound ends.
func TestHangingDecoderIsReplaced(t *testing.T) {
	t.Parallel()
	briefly(t, func(s *station) wave {
		s.hear()
		recorded := s.listen()
		s.heard(hearing.Hearing)
		_, decoder := s.stream.Children()
		must(t, syscall.Kill(decoder, syscall.SIGSTOP))
		s.until("another decoder", func(State) bool {
			_, now := s.stream.Children()
			return now != decoder && now != 0
		})
		s.heard(hearing.Hearing)
		return decode(t, recorded())
	})
}

// Where it comes too late the silence is heard, and told as what it is.
func TestStarvingIsHeard(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 60 * time.Second})
	s.enqueue(1)
	s.hear()
	s.heard(hearing.Hearing)
	for s.stream.repaired.may(s.stream.State().Entry.ID) {
	} // the decoder was restarted already
	_, decoder := s.stream.Children()
	must(t, syscall.Kill(decoder, syscall.SIGSTOP))
	red := s.heard(hearing.Starved)
	if red.Cause != hearing.Decoder || !strings.Contains(red.Text, "decoder") || red.Since.IsZero() {
		t.Errorf("says %q about %v since %v, want the decoder", red.Text, red.Cause, red.Since)
	}
	must(t, syscall.Kill(decoder, syscall.SIGCONT))
	if now := s.heard(hearing.Hearing); now.Text != "" || now.Missed[hearing.Decoder] == 0 {
		t.Errorf("it is well again, but %+v", now)
	}
}

// One that overdrives is replaced, too.
func TestOverdrivenSoundIsHeard(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 60 * time.Second})
	s.faulty(sound.MP3, "volume=15dB:enable='gte(t,4)'")
	s.enqueue(1)
	s.hear()
	s.heard(hearing.Hearing)
	s.replaced(hearing.Distortion)
	if now := s.stream.Hearing()[0]; now.ClippedOut == 0 || now.ClippedIn > 0 {
		t.Errorf("%d samples clipped on the way, %d before; want some and none", now.ClippedOut, now.ClippedIn)
	}
}

// One that makes less sound than it takes is noticed by the clock.
func TestDriftIsHeard(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 60 * time.Second})
	s.faulty(sound.MP3, "aselect='if(gte(t,4),not(mod(n,4)),1)'") // three of four blocks are lost
	s.enqueue(1)
	s.hear()
	s.heard(hearing.Hearing)
	s.replaced(hearing.Clock)
}

// Silence that is meant is no fault: a pause, a song that is silent for a while,
// one that is faint.
func TestSilenceThatIsMeantIsNoFault(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", length: 60 * time.Second})
	song, _ := s.library.Catalogue().Song(1)
	ffmpegtest.Run(t, nil, "-f", "lavfi", "-i", "aevalsrc=exprs=if(between(t\\,2\\,5)\\,0\\,if(gt(t\\,5)\\,0.003\\,0.5))*sin(2*PI*441*t)|if(between(t\\,2\\,5)\\,0\\,if(gt(t\\,5)\\,0.003\\,0.5))*sin(2*PI*441*t):s=44100:d=60",
		filepath.Join(s.music.Dir(), song.Path))
	s.enqueue(1)
	s.hear()
	s.heard(hearing.Hearing)
	quiet := s.heard(hearing.Quiet)
	if quiet.Text != "" || quiet.SongSilence == 0 {
		t.Errorf("a silent passage: %+v", quiet)
	}
	s.until("the faint part", func(now State) bool { return now.Seconds > 6 })
	if faint := s.heard(hearing.Hearing); math.Abs(faint.Level+53.5) > 0.5 {
		t.Errorf("the faint part has %v dBFS, want about -53.5", faint.Level)
	}
	s.stream.Play(false)
	s.heard(hearing.Resting)
	s.until("three more seconds", later(3))
	s.stream.Play(true)
	s.heard(hearing.Hearing)
	if now := s.stream.Hearing()[0]; now.Heals != (hearing.Status{}).Heals || strings.Contains(s.log.String(), "miss sound") {
		t.Errorf("something was restarted: %+v\n%s", now, s.log)
	}
}

// later is met at the n-th heartbeat.
func later(n int) func(State) bool {
	return func(State) bool { n--; return n < 0 }
}

// gap is the longest silence between the first and the last sound.
func (s wave) gap() (longest time.Duration) {
	notes := spell(s.score())
	for i, n := range notes {
		if n.hz == 0 && i > 0 && i < len(notes)-1 {
			longest = max(longest, n.length)
		}
	}
	return longest
}
