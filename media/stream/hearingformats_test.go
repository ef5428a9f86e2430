package stream

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"musicdb/media/hearing"
	"musicdb/media/sound"
)

// Each format that somebody listens to is heard by ears of its own: an encoder that
// works and makes silence is found out and replaced, and those of the other formats
// are left alone. Who listens in the format hears music again on the same connection.
func TestEachFormatIsHeard(t *testing.T) {
	t.Parallel()
	for _, f := range sound.Formats()[1:] {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			var why error
			for range 3 { // where others have the processors, sound is really missing elsewhere, too
				if why = foundOut(t, f); why == nil {
					return
				}
				t.Log(why)
			}
			t.Error(why)
		})
	}
}

// foundOut plays with an encoder of a format that falls silent.
func foundOut(t *testing.T, f sound.Format) error {
	t.Helper()
	s := newStation(t, track{name: "A", hz: 441, length: 120 * time.Second})
	defer s.end()
	s.faulty(f, "volume=0:precision=fixed:enable='gte(t,6)'") // 16 bits stay 16, or a player of FLAC ends at the change
	s.enqueue(1)
	s.impatient = true
	s.start(StartPlay, func(o *Options) { o.Pace, o.SelfHearing, o.Formats = 1, true, sound.Formats() })
	s.heard(hearing.Hearing)
	if now := s.stream.Hearing()[f]; now.Format != f || now.State != hearing.Waiting || now.Child != 0 {
		t.Errorf("nobody listens, and the ears are %+v", now)
	}
	recorded := s.record(f)
	if well := s.heardIn(f, hearing.Hearing); well.Text != "" {
		t.Errorf("says %q", well.Text)
	}
	red := s.heardIn(f, hearing.Healing)
	if !strings.HasPrefix(red.Text, "Listeners of the format "+f.String()+" miss sound") {
		t.Errorf("says %q", red.Text)
	}
	s.heardIn(f, hearing.Hearing)
	s.until("more of the song", later(2))
	all := s.stream.Hearing()
	heard := play(t, f, recorded())
	for _, now := range all {
		if own := now.Format == f; (now.Heals[hearing.Encoder] > 0) != own {
			return fmt.Errorf("%v was healed %d times", now.Format, now.Heals[hearing.Encoder])
		}
	}
	notes := spell(heard.score(441))
	if n := len(notes); n < 3 || notes[0].hz != 441 || notes[n-1].hz != 441 || heard.gap() == 0 || heard.gap() > 4*time.Second {
		return fmt.Errorf("heard %v", notes)
	}
	return nil
}

// Ears of a format that nobody listens to any more hear nothing and have no child.
func TestEarsRestWithTheFormat(t *testing.T) {
	t.Parallel()
	s := newStation(t, track{name: "A", hz: 441, length: 1200 * time.Second})
	s.enqueue(1)
	s.waitForNext = false
	s.start(StartPlay, func(o *Options) { o.Pace, o.SelfHearing, o.Formats = 4, true, []sound.Format{sound.Opus} })
	for range 2 { // and begin anew with it
		recorded := s.record(sound.Opus)
		if now := s.heardIn(sound.Opus, hearing.Hearing); now.Child == 0 && !now.Blind {
			t.Errorf("hears without a child: %+v", now)
		}
		recorded()
		if now := s.heardIn(sound.Opus, hearing.Waiting); now.Child != 0 || now.Text != "" || now.Blind {
			t.Errorf("nobody listens: %+v", now)
		}
	}
}
