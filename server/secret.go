package server

import (
	"errors"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"musicdb/media/state"
)

// This file decides whom the API key is given to over HTTP: who has it controls the
// server.

// givesKey tells whether a request may be answered with the API key: where a password
// is set, because whoever asks has shown it; otherwise if only this machine can ask
// and the page was opened by a local name. A proxy before the server makes every
// request a local one: what came through one gets no key.
func (s *Server) givesKey(r *http.Request) bool {
	if !ownPage(r) {
		return false
	}
	return s.o.Password != "" || s.o.HTTP.loopback() && isLocalHost(r.Host) && !isForwarded(r)
}

// givesConfig tells whether a request may be answered with config.js. The owner of a
// WebUI that is configured has also chosen it for those for whom the address was
// opened: as with a web server before MusicDB 8, everybody who can load the WebUI can
// use it. That ends with the names of this server: a page on any other name that leads
// here is somebody else's (DNS rebinding) unless the owner has listed it, and what
// comes through a proxy is the business of a proxy whose name was listed.
func (s *Server) givesConfig(r *http.Request) bool {
	switch name := hostname(r.Host); {
	case s.givesKey(r):
		return true
	case s.webui == nil || !ownPage(r):
		return false
	case s.origins[name]:
		return true
	default:
		return !s.o.HTTP.loopback() && !isForwarded(r) && s.isOwnName(name)
	}
}

// ownPage tells whether a request comes from a page of this very server, or from no
// page: browsers add their stored password to what foreign pages load, too.
func ownPage(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return sameHost(r) && (site == "" || site == "same-origin" || site == "none")
}

// homeDomains are domains that nobody can register.
var homeDomains = []string{".local", ".localdomain", ".lan", ".home", ".internal", ".home.arpa"}

// isOwnName tells whether a name can only mean this server: an address, the name of
// this machine, alone or in a domain of a home, or a name in its certificate.
func (s *Server) isOwnName(name string) bool {
	if net.ParseIP(name) != nil || name == "localhost" {
		return true
	}
	machine, err := os.Hostname()
	if machine = strings.ToLower(machine); err == nil && machine != "" {
		if name == machine || slices.ContainsFunc(homeDomains, func(d string) bool { return name == machine+d }) {
			return true
		}
	}
	return s.o.Certificates != nil && s.o.Certificates.current.Load().Leaf.VerifyHostname(name) == nil
}

// serveKey gives the page the API key, or lets it ask its user.
func (s *Server) serveKey(w http.ResponseWriter, r *http.Request) {
	type answer struct {
		Key string `json:"key"`
	}
	if !s.givesKey(r) {
		serveJSON(w, http.StatusForbidden, answer{})
		return
	}
	key, err := s.o.Key()
	if err != nil {
		s.log.Error("the API key cannot be read; the page has to ask its user", "err", err)
		serveJSON(w, http.StatusForbidden, answer{})
		return
	}
	serveJSON(w, http.StatusOK, answer{key})
}

// serveConfig serves the script with which the WebUI of MusicDB 8 finds the websocket
// and the key (MusicDB protocol, section 9.1).
func (s *Server) serveConfig(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	// A script may be loaded by any page, and then tells it what it defines.
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if !s.givesConfig(r) {
		s.withheld.Do(func() {
			s.log.Warn("config.js was not given away, because it has the API key in it; this is said once", "peer", r.RemoteAddr, "host", r.Host,
				"remedy", "set MUSICDB_HTTP_PASSWORD, or list the name of the page's host in MUSICDB_HTTP_ORIGINS; see the README")
		})
		http.Error(w, "this file has the API key in it, and who asks may not have it; the log of the server says what to do", http.StatusForbidden)
		return
	}
	script, _, err := s.configJS()
	if err != nil {
		s.log.Error("config.js cannot be served; the WebUI does not find the server", "err", err)
		http.Error(w, "config.js cannot be read or made", http.StatusInternalServerError)
		return
	}
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write(script) // a browser that went away needs no answer
}

// configJS is the script of the data directory, made or completed if need be.
func (s *Server) configJS() (script []byte, stale bool, err error) {
	if s.o.State == nil {
		return nil, false, errors.New("there is no data directory")
	}
	key, err := s.o.Key()
	if err != nil {
		return nil, false, err
	}
	return s.o.State.ConfigJS(state.BrowserConfig{Key: key, URL: s.socketURL()})
}

// socketURL is the address of the websocket as a page computes it. Where both are
// spoken the page's own scheme decides: a certificate that the browser does not know
// cannot be accepted from a script.
func (s *Server) socketURL() string {
	port := s.o.WebSocket.Port
	if at, ok := s.WebSocketAddr().(*net.TCPAddr); ok {
		port = uint16(at.Port)
	}
	scheme := `"wss://"`
	switch {
	case s.o.WebSocket.TLS == TLSOff:
		scheme = `"ws://"`
	case !s.o.WebSocket.speaksOnlyTLS():
		scheme = `(location.protocol === "https:" ? "wss://" : "ws://")`
	}
	return scheme + ` + location.hostname + ":` + strconv.Itoa(int(port)) + `"`
}

// completeConfigJS makes sure that a WebUI finds its config.js with the key, also if
// another web server delivers it.
func (s *Server) completeConfigJS() {
	if s.o.State == nil || s.webui == nil && !s.o.State.HasConfigJS() {
		return
	}
	switch _, stale, err := s.configJS(); {
	case err != nil:
		s.log.Warn("webdata/config.js could not be made or completed; a WebUI does not find the server", "err", err)
	case stale:
		s.log.Warn("webdata/config.js holds another API key than the server's; a WebUI that uses it gets no answer",
			"remedy", "remove the file, or put the key of config/wsapikey.txt into it")
	}
}
