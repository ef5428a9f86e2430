package icecast

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"musicdb/media/sound"
)

// frameTime is how long a frame of these tests sounds; 417 bytes are one of 128 kbit/s.
const (
	frameTime = 26 * time.Millisecond
	frameSize = 417
)

// station makes numbered frames at the pace of the bubble's clock until ctx ends.
func station(ctx context.Context) *sound.Mount {
	m := sound.NewMount(sound.MountOptions{Format: sound.MP3, Burst: 2 * time.Second})
	go func() {
		ticker := time.NewTicker(frameTime)
		defer ticker.Stop()
		for n := uint32(0); ; n++ {
			frame := make([]byte, frameSize)
			binary.BigEndian.PutUint32(frame, n)
			m.Ring().Append(frame, frameTime)
			m.Ring().Publish()
			select {
			case <-ticker.C:
			case <-ctx.Done():
				m.Ring().End()
				return
			}
		}
	}()
	return m
}

// peer is the server's side of one connection.
type peer struct {
	net.Conn
	in      *bufio.Reader
	request *http.Request
}

func (p *peer) say(text string) {
	_, _ = io.WriteString(p, text) // who has hung up hears nothing
}

// frames reads n frames and returns their numbers.
func (p *peer) frames(n int) (numbers []uint32) {
	frame := make([]byte, frameSize)
	for range n {
		if _, err := io.ReadFull(p.in, frame); err != nil {
			return numbers
		}
		numbers = append(numbers, binary.BigEndian.Uint32(frame))
	}
	return numbers
}

// stage is a source whose server plays a part of its own for each connection.
type stage struct {
	client *Client
	source *source
	dials  atomic.Int32
	mu     sync.Mutex // guards titles
	titles []string   // that were told; every request is answered
}

// perform runs a source in a bubble against a server that plays the parts one after
// the other and then does not exist, for as long as given, and returns the steps of
// its machine.
func perform(t *testing.T, long time.Duration, change func(*Options), parts ...func(*peer)) (got []string, s *stage) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), long)
		defer cancel()
		o := Options{Host: "radio", User: "source", Password: "secret", Mounts: []Mount{{Path: "/live", Sound: station(ctx)}}}
		if change != nil {
			change(&o)
		}
		c, err := New(o)
		must(t, err)
		var servers sync.WaitGroup
		s = &stage{client: c, source: c.sources[0]}
		s.source.link.dial = func(context.Context, string, string) (net.Conn, error) {
			n := 0
			if s.source.machine.State() == Connecting { // otherwise it is about a title
				if n = int(s.dials.Add(1)); n > len(parts) {
					return nil, errors.New("connection refused")
				}
			}
			ours, theirs := net.Pipe()
			p := &peer{Conn: theirs, in: bufio.NewReader(theirs)}
			servers.Go(func() {
				defer theirs.Close()
				var err error
				if p.request, err = http.ReadRequest(p.in); err != nil {
					return
				}
				if p.request.Method == http.MethodGet {
					s.mu.Lock()
					s.titles = append(s.titles, p.request.URL.Query().Get("song"))
					s.mu.Unlock()
					p.say("HTTP/1.0 200 OK\r\n\r\n")
					return
				}
				parts[n-1](p)
			})
			return ours, nil
		}
		must(t, c.Run(ctx))
		servers.Wait()
		for _, step := range s.source.machine.Trace() {
			if step.Refused {
				t.Errorf("%s was refused in %v", machine.EventName(step.On), step.From)
			}
			got = append(got, machine.EventName(step.On))
		}
		if err := s.source.machine.Close(); err != nil {
			t.Error(err)
		}
	})
	return got, s
}

// plays reads sound for a time of the station and hangs up.
func plays(p *peer, d time.Duration) { p.frames(int(d / frameTime)) }

const accepted = "HTTP/1.1 100 Continue\r\n\r\n"

// Each line is a server and what the source makes of it.
func TestServers(t *testing.T) {
	answers := func(text string) func(*peer) { return func(p *peer) { p.say(text) } }
	accepts := func(text string, d time.Duration) func(*peer) { return func(p *peer) { p.say(text); plays(p, d) } }
	only := func(p Protocol) func(*Options) { return func(o *Options) { o.Protocol = p } }
	for _, c := range []struct {
		name   string
		change func(*Options)
		parts  []func(*peer)
		long   time.Duration
		want   string
		err    string // of the last failure
	}{
		{name: "plays until the end", parts: []func(*peer){accepts(accepted, time.Hour)}, long: 30 * time.Second,
			want: "Begin Connected Accepted Stop"},
		{name: "does not exist", long: 2500 * time.Millisecond, want: "Begin Failed Retry Failed Stop", err: "no connection: connection refused"},
		{name: "lived and is gone", parts: []func(*peer){accepts(accepted, 20*time.Second)}, long: 20500 * time.Millisecond,
			want: "Begin Connected Accepted Lost Failed Stop", err: "connection refused"},
		{name: "is gone at once", parts: []func(*peer){accepts(accepted, time.Second)}, long: 1500 * time.Millisecond,
			want: "Begin Connected Accepted Dropped Stop", err: "ended the connection"},
		{name: "says 200 without waiting", parts: []func(*peer){accepts("HTTP/1.0 200 OK\r\nServer: old\r\n\r\n", time.Hour)}, long: 5 * time.Second,
			want: "Begin Connected Accepted Stop"},
		{name: "says 200 behind its 100", parts: []func(*peer){accepts(accepted+"HTTP/1.0 200 OK\r\n\r\n", time.Hour)}, long: 30 * time.Second,
			want: "Begin Connected Accepted Stop"},
		{name: "does not stop to talk", parts: []func(*peer){func(p *peer) { p.say(accepted); p.say("HTTP/1.0 200 OK\r\n\r\n" + strings.Repeat("x", 1<<20)) }}, long: 500 * time.Millisecond,
			want: "Begin Connected Accepted Dropped Stop", err: "talks and talks"},
		{name: "says wait before it decides", parts: []func(*peer){accepts("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"+accepted, time.Hour)}, long: 5 * time.Second,
			want: "Begin Connected Accepted Stop"},
		{name: "says wait and nothing else", parts: []func(*peer){answers(strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 100))}, long: time.Second,
			want: "Begin Connected Failed Stop", err: "8 times"},

		{name: "does not know PUT", parts: []func(*peer){answers("HTTP/1.0 405 Method Not Allowed\r\n\r\n"), accepts("HTTP/1.0 200 OK\r\n\r\n", time.Hour)}, long: 5 * time.Second,
			want: "Begin Connected MethodRefused Connected Accepted Stop"},
		{name: "knows neither method", parts: []func(*peer){answers("HTTP/1.0 501 No\r\n\r\n"), answers("HTTP/1.0 501 No\r\n\r\n")}, long: time.Second,
			want: "Begin Connected MethodRefused Connected Failed Stop", err: "SOURCE"},
		{name: "does not know PUT, which was asked for", change: only(PUT), parts: []func(*peer){answers("HTTP/1.0 400 Bad Request\r\n\r\n")}, long: time.Second,
			want: "Begin Connected Failed Stop", err: "PUT"},

		{name: "refuses the password", parts: []func(*peer){answers("HTTP/1.0 401 Authentication Required\r\n\r\nYou need to authenticate\r\n")}, long: 9 * time.Second,
			want: "Begin Connected Rejected Stop", err: `user name or password are wrong, set them to those of a source on the server; it said 401 "Authentication Required: You need to authenticate"`},
		{name: "changes its mind", parts: []func(*peer){func(p *peer) { p.say(accepted); plays(p, time.Second); p.say("HTTP/1.0 403 Mountpoint in use\r\n\r\n") }}, long: 3 * time.Second,
			want: "Begin Connected Accepted Rejected Stop", err: "another source uses it"},
		{name: "sends us elsewhere", parts: []func(*peer){answers("HTTP/1.1 302 Found\r\nLocation: http://evil/\r\n\r\n")}, long: 3 * time.Second,
			want: "Begin Connected Rejected Stop", err: "not done"},
		{name: "is refused twice, rarely", parts: []func(*peer){answers("HTTP/1.0 401 A\r\n\r\n"), answers("HTTP/1.0 401 A\r\n\r\n"), answers("HTTP/1.0 401 A\r\n\r\n")}, long: 25 * time.Second,
			want: "Begin Connected Rejected Retry Connected Rejected Stop", err: "401"},

		{name: "talks nonsense", parts: []func(*peer){answers("220 mail.example ESMTP\r\n")}, long: time.Second,
			want: "Begin Connected Failed Stop", err: "does an Icecast server listen there?"},
		{name: "has no end of its head", parts: []func(*peer){answers("HTTP/1.1 200 OK\r\n" + strings.Repeat("a: b\r\n", 1<<16))}, long: time.Second,
			want: "Begin Connected Failed Stop", err: "longer than"},
		{name: "ends in the middle of a word", parts: []func(*peer){answers("HTTP/1.")}, long: time.Second,
			want: "Begin Connected Failed Stop", err: "unexpected EOF"},
		{name: "does not answer", parts: []func(*peer){func(p *peer) { _, _ = p.in.ReadByte() }}, long: 11 * time.Second,
			want: "Begin Connected Failed Stop", err: "timeout"},
		{name: "answers a byte a second", parts: []func(*peer){func(p *peer) {
			for _, b := range []byte(accepted) {
				<-time.After(time.Second)
				p.say(string(b))
			}
		}}, long: 11 * time.Second, want: "Begin Connected Failed Stop", err: "timeout"},
		{name: "talks while it listens", parts: []func(*peer){func(p *peer) { p.say(accepted); p.say(strings.Repeat("x", 1<<20)) }}, long: 500 * time.Millisecond,
			want: "Begin Connected Accepted Dropped Stop", err: "while sound was sent"},

		{name: "takes nothing for a moment", parts: []func(*peer){func(p *peer) {
			p.say(accepted)
			plays(p, 2*time.Second)
			<-time.After(5 * time.Second)
			plays(p, time.Hour)
		}}, long: 20 * time.Second, want: "Begin Connected Accepted Blocked Flowing Stop"},
		{name: "takes nothing any more", parts: []func(*peer){func(p *peer) { p.say(accepted); plays(p, 2*time.Second); <-time.After(time.Hour) }}, long: 12500 * time.Millisecond,
			want: "Begin Connected Accepted Blocked Lost Failed Stop", err: "no connection"},
		{name: "takes a byte a second", parts: []func(*peer){func(p *peer) {
			p.say(accepted)
			for range 60 {
				_, _ = p.in.ReadByte()
				<-time.After(time.Second)
			}
		}}, long: 10500 * time.Millisecond, want: "Begin Connected Accepted Blocked Lost Failed Stop", err: "no connection"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, s := perform(t, c.long, c.change, c.parts...)
			if steps := strings.Join(got, " "); steps != c.want {
				t.Errorf("the steps are\n%s, want\n%s", steps, c.want)
			}
			status := s.client.Status()[0]
			if (status.Err == nil) != (c.err == "") || status.Err != nil && !strings.Contains(status.Err.Error(), c.err) {
				t.Errorf("the last failure is %v, want %q", status.Err, c.err)
			}
		})
	}
}

// A server that takes nothing for a while gets all of it afterwards; one that was
// gone gets what is sent now, and nothing of before.
func TestNothingOldIsSentTwice(t *testing.T) {
	var first, second []uint32
	got, _ := perform(t, time.Minute, nil,
		func(p *peer) {
			p.say(accepted)
			first = p.frames(100)
			<-time.After(8 * time.Second)
			first = append(first, p.frames(400)...)
		},
		func(p *peer) {
			p.say(accepted)
			second = p.frames(100)
		})
	if len(first) != 500 || len(second) != 100 {
		t.Fatalf("%d and %d frames, %v", len(first), len(second), got)
	}
	for i, n := range first {
		if n != first[0]+uint32(i) {
			t.Fatalf("behind frame %d comes %d", first[i-1], n)
		}
	}
	// 8 s were caught up with, so 500 frames took no more than their 13 s.
	if end := first[499]; second[0] <= end || second[0] > end+10 {
		t.Errorf("the first connection ended with frame %d, the second began with %d", end, second[0])
	}
}

// Titles follow the sound, are told again to a server that has come back, and of many
// only the last.
func TestTitles(t *testing.T) {
	var ring *sound.Ring
	_, s := perform(t, 20*time.Second, func(o *Options) { ring = o.Mounts[0].Sound.Ring() },
		func(p *peer) {
			p.say(accepted)
			ring.SetTitle("one")
			plays(p, time.Second)
			for _, title := range []string{"two", "three", "four"} {
				ring.SetTitle(title)
				plays(p, time.Second)
			}
		},
		func(p *peer) { p.say(accepted); plays(p, 10*time.Second) })
	if !slices.Equal(s.titles, []string{"one", "two", "three", "four", "four"}) {
		t.Errorf("titles %q", s.titles)
	}
	if now := s.client.Status()[0]; now.Title != "four" || now.Connections != 2 || now.Bytes == 0 {
		t.Errorf("%+v", now)
	}
}

func TestRunOnce(t *testing.T) {
	c, err := New(*example())
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, c.Run(ctx))
	if err := c.Run(ctx); !errors.Is(err, ErrRunning) {
		t.Errorf("a second run: %v", err)
	}
	if now := c.Status()[0].State; now != Stopped {
		t.Errorf("at the end it is %v", now)
	}
}
