package icecast

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"musicdb/media/icecast/icecasttest"
	"musicdb/media/sound"
)

// These tests send to a real Icecast.

// What an Icecast's listeners hear is what was sent, in every format and by every
// method, without a gap.
func TestListenersOfIcecastHearTheSound(t *testing.T) {
	t.Parallel()
	mp3, opus := newStudio(t, sound.MP3), newStudio(t, sound.Opus)
	server := icecasttest.Start(t)
	c := broadcast(t, server, nil,
		Mount{Path: "/live", Sound: mp3.mount, AudioInfo: "bitrate=320;samplerate=44100;channels=2"}, Mount{Path: "/live.opus", Sound: opus.mount})
	broadcast(t, server, func(o *Options) { o.Protocol = SOURCE }, Mount{Path: "/old", Sound: mp3.mount})
	for mount, bytesOf := range map[string]int{"/live": 40_000, "/live.opus": 16_000, "/old": 40_000} {
		server.Await(mount, "")
		heard := decode(t, icecasttest.Record(t, server.URL(mount), 6*bytesOf))
		if least := 5 * rate; len(heard) < least {
			t.Fatalf("%s: %d samples, want %d", mount, len(heard), least)
		}
		first, begin := likeness(heard, rate)
		last, end := likeness(heard, 4*rate)
		// The noise is sent again and again, so the end may be before the beginning.
		passed := (end - begin + 60*rate) % (60 * rate)
		if first < 0.9 || last < 0.9 || passed < 3*rate-2 || passed > 3*rate+2 {
			t.Errorf("%s: like the original by %.3f and %.3f, %d samples apart, want %d", mount, first, last, passed, 3*rate)
		}
	}
	if now := c.Status(); now[0].State != Sending || now[1].State != Sending || now[0].Bytes < 240_000 || now[0].Connections != 1 || now[0].Err != nil {
		t.Errorf("%+v", now)
	}
}

// Titles arrive as they are, in any script.
func TestTitlesAtIcecast(t *testing.T) {
	t.Parallel()
	studio := newStudio(t, sound.MP3)
	server := icecasttest.Start(t)
	broadcast(t, server, nil, Mount{Path: "/live", Sound: studio.mount})
	studio.mount.Ring().SetTitle("Ärtist – Ünder & über")
	server.Await("/live", "Ärtist - Ünder & über")
	for _, title := range []string{"夢の中へ–红莲", `"quotes" and 'more' <b>100 %</b> a+b=c #1; {"x": [1]}`, "שלום عربى", "plain"} {
		studio.mount.Ring().SetTitle(title)
		server.Await("/live", title)
	}
}

// An Icecast that was killed is found again, told the title again, and nobody else has
// missed a frame.
func TestIcecastComesBack(t *testing.T) {
	t.Parallel()
	studio := newStudio(t, sound.MP3)
	server := icecasttest.Start(t)
	neighbour := studio.mount.Join()
	defer neighbour.Close()
	c := broadcast(t, server, nil, Mount{Path: "/live", Sound: studio.mount})
	studio.mount.Ring().SetTitle("the same, twice")
	server.Await("/live", "the same, twice")

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var heard []byte
	listened := make(chan struct{})
	go func() {
		defer close(listened)
		for {
			frames, err := neighbour.Next(ctx)
			if err != nil {
				return
			}
			heard = append(heard, frames...)
		}
	}()
	until(t, c, "older than a moment", func(now Status) bool { return now.Bytes > 120_000 })
	server.Kill()
	lost := until(t, c, "lost", func(now Status) bool { return now.Err != nil && now.State != Sending })
	waits := until(t, c, "in Backoff", func(now Status) bool { return now.State == Backoff && !now.Again.IsZero() })
	if pause := time.Until(waits.Again); pause > brisk.most {
		t.Errorf("the next attempt is in %v, with pauses of at most %v; %v", pause, brisk.most, lost.Err)
	}
	server.Restart()
	until(t, c, "sending again", func(now Status) bool { return now.Connections == 2 && now.State == Sending })
	server.Await("/live", "the same, twice")
	stop()
	<-listened
	var split sound.Splitter
	frames := 0
	split.Write(heard, func(sound.Header, []byte) { frames++ })
	pcm := decode(t, heard)
	if split.Skipped() > 0 || frames < 100 {
		t.Errorf("a listener of our own got %d frames and %d bytes that are none", frames, split.Skipped())
	}
	// From the first to the last second of the neighbour's sound nothing is missing.
	first, begin := likeness(pcm, rate/2)
	last, end := likeness(pcm, len(pcm)-rate)
	if passed, want := (end-begin+60*rate)%(60*rate), (len(pcm)-rate-rate/2)%(60*rate); first < 0.9 || last < 0.9 || passed < want-2 || passed > want+2 {
		t.Errorf("our own listener: like the original by %.3f and %.3f, %d samples apart, want %d", first, last, passed, want)
	}
}

// A wrong password has a state and a name; once it is right, sound is sent.
func TestWrongPassword(t *testing.T) {
	t.Parallel()
	studio := newStudio(t, sound.MP3)
	server := icecasttest.Start(t)
	server.SetPassword("another one")
	c := broadcast(t, server, nil, Mount{Path: "/live", Sound: studio.mount})
	now := until(t, c, "refused", func(now Status) bool { return now.State == Refused })
	var refusal *RefusedError
	if !errors.As(now.Err, &refusal) || refusal.Status != 401 || !strings.Contains(now.Err.Error(), "password are wrong") || strings.Contains(now.Err.Error(), "hack") {
		t.Errorf("%v", now.Err)
	}
	server.SetPassword(icecasttest.Password)
	until(t, c, "sending", func(now Status) bool { return now.State == Sending })
}

// A mount that somebody else uses has a state and a name; once it is free, it is taken.
func TestMountInUse(t *testing.T) {
	t.Parallel()
	studio := newStudio(t, sound.MP3)
	server := icecasttest.Start(t)
	other, err := New(Options{Host: "127.0.0.1", Port: server.Port, Password: icecasttest.Password, Mounts: []Mount{{Path: "/live", Sound: studio.mount}}})
	must(t, err)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() { left <- other.Run(ctx) }()
	server.Await("/live", "")
	c := broadcast(t, server, nil, Mount{Path: "/live", Sound: studio.mount})
	now := until(t, c, "refused", func(now Status) bool { return now.State == Refused })
	if !strings.Contains(now.Err.Error(), "another source") {
		t.Errorf("%v", now.Err)
	}
	leave()
	must(t, <-left)
	until(t, c, "sending", func(now Status) bool { return now.State == Sending })
}

// Over TLS the certificate must be right, unless any will do.
func TestTLS(t *testing.T) {
	t.Parallel()
	studio := newStudio(t, sound.MP3)
	server := icecasttest.Start(t)
	for _, c := range []struct {
		name   string
		change func(*Options)
		err    string // "": it works
	}{
		{"its authority is known", func(o *Options) { o.Security, o.CAFile = Verified, server.CAFile }, ""},
		{"any certificate", func(o *Options) { o.Security = Unverified }, ""},
		{"its authority is not known", func(o *Options) { o.Security = Verified }, "signed by nobody we know"},
		{"another name", func(o *Options) { o.Security, o.CAFile, o.Host = Verified, server.CAFile, "127.0.0.2" }, "no connection"},
		{"no TLS on the port", func(o *Options) { o.Security, o.Port = Unverified, server.Port }, "does the server speak it on this port?"},
		{"TLS on the port", func(o *Options) { o.Port = server.SecurePort }, "no answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := broadcast(t, server, func(o *Options) {
				o.Port = server.SecurePort
				c.change(o)
			}, Mount{Path: "/" + strings.ReplaceAll(c.name, " ", "-"), Sound: studio.mount})
			if c.err == "" {
				until(t, one, "sending", func(now Status) bool { return now.State == Sending && now.Bytes > 50_000 })
				return
			}
			now := until(t, one, "failed", func(now Status) bool { return now.Err != nil })
			if !strings.Contains(now.Err.Error(), c.err) {
				t.Errorf("%v, want %q", now.Err, c.err)
			}
		})
	}
}

// An Icecast that stands still gets what it missed when it goes on soon, and a new
// connection when it does not.
func TestIcecastStandsStill(t *testing.T) {
	t.Parallel()
	studio := newStudio(t, sound.MP3)
	server := icecasttest.Start(t)
	patient, hasty := brisk, brisk
	patient.stalled = time.Hour // however long this test takes to let the server go on
	hasty.answer = time.Hour    // of the next attempt, whose failure would hide why the first has ended
	c := broadcastWithin(t, server, patient, nil, Mount{Path: "/live", Sound: studio.mount})
	until(t, c, "sending", func(now Status) bool { return now.Bytes > 100_000 })
	server.Freeze()
	until(t, c, "stalled", func(now Status) bool { return now.State == Stalled })
	server.Thaw()
	now := until(t, c, "flowing", func(now Status) bool { return now.State == Sending })
	if now.Connections != 1 || now.Err != nil {
		t.Errorf("it was not the same connection: %+v", now)
	}
	c = broadcastWithin(t, server, hasty, nil, Mount{Path: "/other", Sound: studio.mount})
	until(t, c, "sending", func(now Status) bool { return now.Bytes > 100_000 })
	server.Freeze()
	now = until(t, c, "lost", func(now Status) bool { return now.Err != nil })
	if !strings.Contains(now.Err.Error(), "not taken the sound") {
		t.Errorf("%v", now.Err)
	}
	server.Thaw()
	until(t, c, "sending", func(now Status) bool { return now.State == Sending && now.Connections >= 2 })
}
