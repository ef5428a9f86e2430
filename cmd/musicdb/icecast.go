package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"

	"musicdb/media/icecast"
	"musicdb/media/sound"
	"musicdb/media/stream"
)

// The settings of section [Icecast] that have types of their own, and what is made
// of the section.

// SourceProtocol is how the server introduces itself to Icecast.
type SourceProtocol string

// The protocols; MUSICDB_ICECAST_PROTOCOL explains them.
const (
	SourceAuto   SourceProtocol = "auto"
	SourcePUT    SourceProtocol = "put"
	SourceSOURCE SourceProtocol = "source"
)

// Decode accepts one of the protocols.
func (p *SourceProtocol) Decode(value string) error {
	return choose(p, value, SourceAuto, SourcePUT, SourceSOURCE)
}

func (p SourceProtocol) protocol() icecast.Protocol {
	switch p {
	case SourcePUT:
		return icecast.PUT
	case SourceSOURCE:
		return icecast.SOURCE
	default:
		return icecast.Auto
	}
}

// SourceTLS says how the connection to Icecast is protected.
type SourceTLS string

// The kinds of protection; MUSICDB_ICECAST_TLS explains them.
const (
	SourceTLSOff        SourceTLS = "off"
	SourceTLSOn         SourceTLS = "on"
	SourceTLSUnverified SourceTLS = "unverified"
)

// Decode accepts one of the kinds.
func (m *SourceTLS) Decode(value string) error {
	return choose(m, value, SourceTLSOff, SourceTLSOn, SourceTLSUnverified)
}

func (m SourceTLS) security() icecast.Security {
	switch m {
	case SourceTLSOn:
		return icecast.Verified
	case SourceTLSUnverified:
		return icecast.Unverified
	default:
		return icecast.Plain
	}
}

// Mounts are paths on an Icecast server, each with the format that is sent there.
type Mounts []FormatMount

// FormatMount is one of them.
type FormatMount struct {
	Path   MountName
	Format sound.Format
}

// Decode accepts pairs of a path and a format.
func (l *Mounts) Decode(value string) error {
	var list Mounts
	for _, one := range split(value, ",") {
		words := strings.Fields(one)
		if len(words) != 2 {
			return fmt.Errorf("%q is no path and format; write such as /stream.opus opus, comma separated", one)
		}
		var m FormatMount
		if err := m.Path.Decode(words[0]); err != nil {
			return fmt.Errorf("%q is no path: %w", words[0], err)
		}
		formats := sound.Formats()
		i := slices.IndexFunc(formats, func(f sound.Format) bool { return f.String() == words[1] })
		if i < 0 {
			return fmt.Errorf("%q is no format; allowed are %v", words[1], formats)
		}
		m.Format = formats[i]
		if slices.ContainsFunc(list, func(other FormatMount) bool { return other.Path == m.Path }) {
			return fmt.Errorf("the mount %s is there twice", m.Path)
		}
		list = append(list, m)
	}
	*l = list
	return nil
}

// String is the list as it is written.
func (l Mounts) String() string {
	texts := make([]string, len(l))
	for i, m := range l {
		texts[i] = fmt.Sprintf("%s %v", m.Path, m.Format)
	}
	return strings.Join(texts, ", ")
}

// validateIcecast checks what cannot be sent to any server.
func (s *Settings) validateIcecast() (problems SettingErrors) {
	c := s.Icecast
	if err := icecast.CheckHost(c.Host); err != nil {
		problems = append(problems, s.problem("MUSICDB_ICECAST_HOST", fmt.Sprintf("is %q: %v", c.Host, err)))
	}
	if strings.Contains(c.User, ":") {
		problems = append(problems, s.problem("MUSICDB_ICECAST_USER", fmt.Sprintf("is %q: it must have no colon, which HTTP cannot send", c.User)))
	}
	if slices.ContainsFunc(c.Mounts, func(m FormatMount) bool { return m.Path == c.MountName }) {
		problems = append(problems, s.problem("MUSICDB_ICECAST_MOUNTS", fmt.Sprintf("is %q: it must not have the mount of %s, which is %s",
			c.Mounts, s.name("MUSICDB_ICECAST_MOUNTNAME"), c.MountName)))
	}
	return problems
}

// remarkIcecast warns about what is probably not meant.
func (s *Settings) remarkIcecast() {
	c := s.Icecast
	if s.Debug.DisableIcecast || c.Password == "" {
		return
	}
	if ip := net.ParseIP(strings.Trim(c.Host, "[]")); c.TLS == SourceTLSOff && c.Host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		s.warn("MUSICDB_ICECAST_TLS", "is off, and %s is %s: whoever sees the traffic between the two can read the password", s.name("MUSICDB_ICECAST_HOST"), c.Host)
	}
}

// icecastClient is what sends to Icecast, nil if nothing is to be sent. What is wrong
// with it keeps nobody from hearing the stream elsewhere.
func icecastClient(c *Settings, from *stream.Stream, log *slog.Logger) *icecast.Client {
	if c.Debug.DisableIcecast || c.Icecast.Password == "" {
		return nil
	}
	i := c.Icecast
	o := icecast.Options{
		Host: i.Host, Port: uint16(i.Port), User: i.User, Password: string(i.Password),
		Protocol: i.Protocol.protocol(), Security: i.TLS.security(), CAFile: i.CA,
		Name: i.Name, Description: i.Description, Genre: i.Genre, URL: i.URL, Public: bool(i.Public),
		Agent: "MusicDB/" + version(), Log: log,
	}
	for _, m := range append(Mounts{{i.MountName, sound.MP3}}, i.Mounts...) {
		mount, err := from.Mount(m.Format.String())
		if err != nil {
			log.Error("a mount of the Icecast server stays empty", "mount", string(m.Path), "error", err,
				"remedy", "change "+c.name("MUSICDB_ICECAST_MOUNTS"))
			continue
		}
		o.Mounts = append(o.Mounts, icecast.Mount{Path: string(m.Path), Sound: mount, AudioInfo: audioInfo(m.Format)})
	}
	client, err := icecast.New(o)
	if err != nil {
		log.Error("nothing is sent to Icecast", "error", err, "remedy", "change what section [Icecast] or MUSICDB_ICECAST_* say")
		return nil
	}
	return client
}

// audioInfo describes a format to those who look at Icecast's pages.
func audioInfo(f sound.Format) string {
	switch f {
	case sound.MP3:
		return fmt.Sprintf("bitrate=%d;samplerate=%d;channels=2", sound.Bitrate/1000, sound.SampleRate)
	default:
		return "channels=2"
	}
}

var errNoMountName = errors.New("it must begin with a slash and have only letters, digits and signs of ASCII, no blanks, ? or #, such as /stream")
