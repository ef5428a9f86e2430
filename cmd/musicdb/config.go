package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"
)

// prefix begins the name of every setting: MUSICDB_<SECTION>_<KEY>.
const prefix = "MUSICDB"

// Config is every setting. Its fields spell the variables: the upper-cased path
// of field names, so WebSocket.Port is MUSICDB_WEBSOCKET_PORT. No field has an
// envconfig tag, because one would also read the variable without the prefix.
type Config struct {
	Directories struct {
		Music string `desc:"music directory; empty: the demo library, unpacked into the data directory"`
		Data  string `desc:"data directory: databases, queue, settings, artwork; empty: $XDG_DATA_HOME/musicdb"`
	}
	WebSocket struct {
		Bind         string  `default:"127.0.0.1" desc:"address of the websocket listener"`
		Port         Port    `default:"9000" desc:"port of the websocket listener; 0: any free one, told in the log"`
		TLS          TLSMode `default:"auto" desc:"auto: on a loopback address the first byte of a connection decides between TLS and plain, elsewhere TLS only; on: TLS only; off: plain only"`
		Cert         string  `desc:"certificate chain (PEM); empty: websocket.cert in the data directory, self-signed if missing"`
		Key          string  `desc:"private key (PEM); empty: websocket.key in the data directory, created with the certificate"`
		APIKey       Secret  `desc:"API key that every packet must carry; empty: first line of config/wsapikey.txt in the data directory, created if missing"`
		OpenTimeout  Seconds `default:"10" desc:"seconds within which an opening handshake must be complete"`
		CloseTimeout Seconds `default:"5" desc:"seconds that a closing handshake may take"`
	}
	HTTP struct {
		Bind string  `default:"127.0.0.1" desc:"address of the HTTP listener: page, stream, artwork, health, metrics, /ws"`
		Port Port    `default:"9080" desc:"port of the HTTP listener; 0: any free one, told in the log"`
		TLS  TLSMode `desc:"as MUSICDB_WEBSOCKET_TLS, with the same certificate; empty: the value of MUSICDB_WEBSOCKET_TLS"`
	}
	Music struct {
		AutoImport AutoImport `default:"empty" desc:"empty: an empty database is filled from the music directory at start; off: the user decides"`
	}
	Stream struct {
		Start StreamStart `default:"resume" desc:"what the stream does after a start: resume where it was, play, or paused"`
	}
	Log struct {
		LogLevel LogLevel `default:"INFO" desc:"least severity that is logged: DEBUG, INFO, WARNING or ERROR"`
	}
}

// loadConfig reads the environment over the defaults and checks the result.
// The error is one sentence that names the variable and what is allowed.
func loadConfig() (*Config, error) {
	c := new(Config)
	if err := envconfig.CheckDisallowed(prefix, c); err != nil {
		return nil, fmt.Errorf("%w; `musicdb config` lists the settings there are", err)
	}
	if err := envconfig.Process(prefix, c); err != nil {
		var parse *envconfig.ParseError
		if errors.As(err, &parse) {
			return nil, fmt.Errorf("%s is %q: %w", parse.KeyName, parse.Value, parse.Err)
		}
		return nil, err
	}
	if err := c.settle(); err != nil {
		return nil, err
	}
	return c, c.Validate()
}

// settle fills the settings whose default depends on other settings or on the user's home.
func (c *Config) settle() error {
	if c.Directories.Data == "" {
		home := os.Getenv("XDG_DATA_HOME")
		if !filepath.IsAbs(home) { // the XDG specification wants a relative one ignored
			dir, err := os.UserHomeDir()
			if err != nil {
				return errors.New("there is no home directory to keep data in; name one with MUSICDB_DIRECTORIES_DATA")
			}
			home = filepath.Join(dir, ".local", "share")
		}
		c.Directories.Data = filepath.Join(home, "musicdb")
	}
	for _, dir := range []*string{&c.Directories.Data, &c.Directories.Music} {
		if *dir == "" {
			continue
		}
		abs, err := filepath.Abs(*dir)
		if err != nil {
			return fmt.Errorf("%s has no absolute path: %w", *dir, err)
		}
		*dir = abs
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

// Validate checks what spans several settings or needs more than the value's own syntax.
func (c *Config) Validate() error {
	for name, bind := range map[string]string{"MUSICDB_WEBSOCKET_BIND": c.WebSocket.Bind, "MUSICDB_HTTP_BIND": c.HTTP.Bind} {
		if bind != "localhost" && net.ParseIP(bind) == nil {
			return fmt.Errorf("%s is %q: it must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all", name, bind)
		}
	}
	if c.WebSocket.Port != 0 && c.WebSocket.Port == c.HTTP.Port && c.WebSocket.Bind == c.HTTP.Bind {
		return fmt.Errorf("MUSICDB_WEBSOCKET_PORT and MUSICDB_HTTP_PORT are both %d: two listeners need two ports", c.HTTP.Port)
	}
	for name, limit := range map[string]Seconds{"MUSICDB_WEBSOCKET_OPENTIMEOUT": c.WebSocket.OpenTimeout, "MUSICDB_WEBSOCKET_CLOSETIMEOUT": c.WebSocket.CloseTimeout} {
		if limit <= 0 || limit > 3600 {
			return fmt.Errorf("%s is %d: it must be 1 to 3600 seconds", name, limit)
		}
	}
	if music, data := c.Directories.Music, c.Directories.Data; music != "" && (music == data || strings.HasPrefix(data, music+string(filepath.Separator))) {
		return fmt.Errorf("MUSICDB_DIRECTORIES_DATA is %s, inside the music directory, which is never written; choose a directory elsewhere", data)
	}
	return nil
}

// Seconds is a time limit in whole seconds.
type Seconds int

// Duration is the limit in Go's unit.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }
