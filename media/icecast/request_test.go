package icecast

import (
	"bufio"
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"musicdb/media/sound"
)

func example() *Options {
	return &Options{
		Host: "::1", Port: 8000, User: "source", Password: "ge:heim ü", Agent: "MusicDB/9", Name: "Wohnzimmer – live", Genre: "all",
		Mounts: []Mount{{Path: "/live.ogg", Sound: sound.NewMount(sound.MountOptions{Format: sound.Opus}), AudioInfo: "bitrate=128"}},
	}
}

// The head of a PUT is what RFC 9110 calls one, as net/http reads it.
func TestPUT(t *testing.T) {
	o := example()
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(o.sourceHead(put, o.Mounts[0]))))
	must(t, err)
	user, password, ok := r.BasicAuth()
	if r.Method != "PUT" || r.URL.Path != "/live.ogg" || r.Proto != "HTTP/1.1" || r.Host != "[::1]:8000" || user != "source" || password != "ge:heim ü" || !ok {
		t.Errorf("%+v, %q, %q", r, user, password)
	}
	for name, want := range map[string]string{
		"Content-Type": "audio/ogg", "Expect": "100-continue", "Ice-Public": "0", "Ice-Name": "Wohnzimmer – live", "Ice-Genre": "all",
		"Ice-Audio-Info": "bitrate=128", "User-Agent": "MusicDB/9", "Transfer-Encoding": "",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, has := r.Header["Ice-Url"]; has {
		t.Error("a field without a value was sent")
	}
}

func TestSOURCE(t *testing.T) {
	o := example()
	o.Public = true
	head := string(o.sourceHead(source10, o.Mounts[0]))
	if !strings.HasPrefix(head, "SOURCE /live.ogg HTTP/1.0\r\n") || strings.Contains(head, "Expect") || !strings.Contains(head, "\r\nice-public: 1\r\n") || !strings.HasSuffix(head, "\r\n\r\n") {
		t.Errorf("%q", head)
	}
}

// Every title arrives as it is, or shortened; none breaks the request.
func TestTitlesInRequests(t *testing.T) {
	o := example()
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"Ärtist – Ünder", "日本語 + \"quotes\" & 'more'", "a&mount=/other", "x\r\nHost: evil\r\n\r\n", "\xff\xfe", "100 % #1?"}),
			rapid.StringN(2000, 4000, -1)).Draw(t, "title")
		head := o.titleHead("/live+1&2", title)
		if len(head) > 4096 {
			t.Fatalf("a head of %d bytes", len(head))
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
		if err != nil {
			t.Fatal(err)
		}
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil || len(query) != 4 || len(query["song"]) != 1 {
			t.Fatalf("%q, %v", r.URL.RawQuery, err)
		}
		want := strings.Map(func(c rune) rune {
			if c < ' ' || c >= 0x7F && c < 0xA0 {
				return ' '
			}
			return c
		}, strings.ToValidUTF8(strings.ReplaceAll(title, " – ", " - "), "\uFFFD"))
		got := query.Get("song")
		if r.URL.Path != "/admin/metadata" || query.Get("mode") != "updinfo" || query.Get("mount") != "/live+1&2" || query.Get("charset") != "UTF-8" ||
			!utf8.ValidString(got) || !strings.HasPrefix(want, got) || got != want && 3*len(got) < titleLimit-3*utf8.UTFMax {
			t.Fatalf("%q became %q in %s", title, got, r.URL)
		}
		if r.Host != "[::1]:8000" {
			t.Fatalf("host %q", r.Host)
		}
	})
}

func TestOptionsThatCannotBeSent(t *testing.T) {
	for want, change := range map[string]func(*Options){
		"no mount":        func(o *Options) { o.Mounts = nil },
		"without http://": func(o *Options) { o.Host = "http://radio.example/" },
		"its own setting": func(o *Options) { o.Host = "radio:8000" },
		"colon":           func(o *Options) { o.User = "a:b" },
		"control":         func(o *Options) { o.Name = "a\r\nb" },
		"slash":           func(o *Options) { o.Mounts[0].Path = "live" },
		"no blank":        func(o *Options) { o.Mounts[0].Path = "/a b" },
		"twice":           func(o *Options) { o.Mounts = append(o.Mounts, o.Mounts[0]) },
		"no sound":        func(o *Options) { o.Mounts[0].Sound = nil },
		"cannot be read":  func(o *Options) { o.Security, o.CAFile = Verified, "/nowhere" },
		"no certificate":  func(o *Options) { o.Security, o.CAFile = Verified, "request_test.go" },
	} {
		o := example()
		change(o)
		if _, err := New(*o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := New(*example()); err != nil {
		t.Error(err)
	}
}

// An IPv6 address is the same with brackets and without, and a port belongs elsewhere.
func TestHosts(t *testing.T) {
	for host, want := range map[string]string{
		"::1": "[::1]:8000", "[::1]": "[::1]:8000", "fe80::1%eth0": "[fe80::1%eth0]:8000", "127.0.0.1": "127.0.0.1:8000", "radio.example": "radio.example:8000",
		"radio:8000": "", "192.0.2.1:8000": "", "[::1]:8000": "", "[radio]": "", "[127.0.0.1]": "", "[::1": "", "::1]": "", ":8000": "", "radio:": "", "[]": "",
	} {
		o := example()
		o.Host, o.Security = host, Unverified
		c, err := New(*o)
		switch {
		case (err == nil) != (want != ""):
			t.Errorf("%q: %v", host, err)
		case err == nil && (c.sources[0].link.address != want || strings.Contains(c.sources[0].link.secure.ServerName, "[")):
			t.Errorf("%q is reached at %s", host, c.sources[0].link.address)
		}
	}
}

// Pauses grow, stay within their bounds, and begin anew after a success.
func TestBackoff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := backoff{least: usual.first, most: usual.most}
		for i := range rapid.IntRange(1, 100).Draw(t, "failures") {
			pause := b.next()
			longest := min(usual.most, usual.first<<min(i+1, 20))
			if pause < max(usual.first, longest/2) || pause > longest {
				t.Fatalf("pause %d is %v", i, pause)
			}
		}
		b.reset()
		if pause := b.next(); pause > 2*usual.first {
			t.Fatalf("the first pause is %v", pause)
		}
	})
}
