package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// settle fills the settings whose default depends on other settings or on the user's home.
func (s *Settings) settle() SettingErrors {
	c := &s.Config
	if c.Directories.Data == "" {
		home := os.Getenv("XDG_DATA_HOME")
		if !filepath.IsAbs(home) { // the XDG specification wants a relative one ignored
			dir, err := os.UserHomeDir()
			if err != nil {
				return SettingErrors{{Setting: "MUSICDB_DIRECTORIES_DATA", What: "is needed: there is no home directory to keep data in"}}
			}
			home = filepath.Join(dir, ".local", "share")
		}
		c.Directories.Data = filepath.Join(home, "musicdb")
	}
	for _, path := range []*string{&c.Directories.Data, &c.Directories.Music, &c.WebSocket.Cert, &c.WebSocket.Key, &c.HTTP.WebUI, &c.Icecast.CA} {
		if *path == "" {
			continue
		}
		abs, err := filepath.Abs(*path)
		if err != nil {
			return SettingErrors{{Setting: *path, What: "has no absolute path: " + err.Error()}}
		}
		*path = abs
	}
	if c.WebSocket.Cert == "" {
		c.WebSocket.Cert = filepath.Join(c.Directories.Data, "websocket.cert")
	}
	if c.WebSocket.Key == "" {
		c.WebSocket.Key = filepath.Join(c.Directories.Data, "websocket.key")
	}
	if c.HTTP.TLS == "" {
		c.HTTP.TLS = c.WebSocket.TLS
	}
	return nil
}

// validate checks what spans several settings or needs more than the value's own syntax.
func (s *Settings) validate() (problems SettingErrors) {
	c := &s.Config
	wrong := func(variable, format string, args ...any) {
		problems = append(problems, s.problem(variable, fmt.Sprintf(format, args...)))
	}
	for _, listener := range []struct{ variable, bind string }{
		{"MUSICDB_WEBSOCKET_BIND", c.WebSocket.Bind}, {"MUSICDB_HTTP_BIND", c.HTTP.Bind},
	} {
		if listener.bind != "localhost" && net.ParseIP(listener.bind) == nil {
			wrong(listener.variable, "is %q: it must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all", listener.bind)
		}
	}
	if c.WebSocket.Port != 0 && c.WebSocket.Port == c.HTTP.Port && c.WebSocket.Bind == c.HTTP.Bind {
		wrong("MUSICDB_HTTP_PORT", "is %d, as is %s: two listeners need two ports", c.HTTP.Port, s.name("MUSICDB_WEBSOCKET_PORT"))
	}
	if music, data := c.Directories.Music, c.Directories.Data; music != "" && (music == data || strings.HasPrefix(data, music+string(filepath.Separator))) {
		wrong("MUSICDB_DIRECTORIES_DATA", "is %s, inside the music directory, which is only written at a user's explicit command; choose a directory elsewhere", data)
	}
	return slices.Concat(problems, s.validateLimits(), s.validateIcecast())
}

// problem is one with a setting, wherever its value comes from.
func (s *Settings) problem(variable, what string) SettingError {
	at := s.origins[variable]
	if at.kind != fromFile {
		return SettingError{Setting: s.name(variable), What: what}
	}
	return SettingError{s.File, at.line, s.leaf(variable).inFile(), what}
}

// warn is about what is odd with a setting.
func (s *Settings) warn(variable, format string, args ...any) {
	s.Warnings = append(s.Warnings, s.problem(variable, fmt.Sprintf(format, args...)))
}

// shippedVersion is that of the configuration file of MusicDB 8.2.
const shippedVersion = 7

// remark warns about what is allowed and probably not meant.
func (s *Settings) remark() {
	if v := s.Meta.Version; s.origins["MUSICDB_META_VERSION"].kind == fromFile && v != shippedVersion {
		s.warn("MUSICDB_META_VERSION", "is %d, not %d as with MusicDB 8.2; the file is read all the same", v, shippedVersion)
	}
	for _, edge := range []int{150, 200, 500, 1000} {
		if !slices.Contains(s.AlbumCover.Scales, edge) {
			s.warn("MUSICDB_ALBUMCOVER_SCALES", "is %v: the WebUI of MusicDB 8 shows no covers without 150, 200, 500 and 1000", s.AlbumCover.Scales)
			break
		}
	}
	if dir := s.Directories.Music; dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			s.warn("MUSICDB_DIRECTORIES_MUSIC", "is %s, and there is no such directory; a server does not start without it", dir)
		}
	}
	s.remarkIcecast()
}
