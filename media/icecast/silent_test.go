package icecast

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"musicdb/media/sound"
)

// A mount whose format nobody makes says so once, and then leaves the server alone until
// the daemon ends.
func TestMountWithoutSound(t *testing.T) {
	for _, c := range []struct {
		name  string
		ends  time.Duration // its sound
		hears time.Duration // the server, until it hangs up
		want  string
	}{
		{"while it is sent", 5 * time.Second, time.Hour, "Begin Connected Accepted NoSound Stop"},
		{"behind a connection that lived", 12 * time.Second, time.Hour, "Begin Connected Accepted NoSound Stop"},
		{"while nobody is connected", 1200 * time.Millisecond, time.Second, "Begin Connected Accepted Dropped Retry NoSound Stop"},
		{"from the beginning", 0, time.Hour, "Begin NoSound Stop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			got, s := perform(t, time.Hour, func(o *Options) {
				o.Log = slog.New(slog.NewTextHandler(&log, nil))
				ring := o.Mounts[0].Sound.Ring()
				if c.ends == 0 {
					o.Mounts[0].Sound = sound.NewMount(sound.MountOptions{Format: sound.Opus})
					o.Mounts[0].Sound.Ring().End()
					return
				}
				time.AfterFunc(c.ends, ring.End)
			}, func(p *peer) { p.say(accepted); plays(p, c.hears) })
			if steps := strings.Join(got, " "); steps != c.want {
				t.Errorf("the steps are\n%s, want\n%s", steps, c.want)
			}
			if err := s.client.Status()[0].Err; err == nil || !strings.Contains(err.Error(), "not made") {
				t.Errorf("the reason is %v", err)
			}
			if n := strings.Count(log.String(), "stays empty"); n != 1 {
				t.Errorf("%d lines tell of it:\n%s", n, &log)
			}
		})
	}
}
