package server

import (
	"net"
	"net/http"
	"strings"
)

// hostname is the host part of a Host header, without port, brackets and the dot
// that may end a complete name, in lower case.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// isLocalHost tells whether a Host header names this machine by a name that no
// foreign page can have: a page on another name that resolves to this machine
// (DNS rebinding) still sends its own name.
func isLocalHost(host string) bool {
	name := hostname(host)
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// onlyKnownHosts keeps pages of others away from a server that only this machine is
// meant to reach and that asks for no password: a site that gives its own name the
// address of this machine (DNS rebinding) could otherwise read titles, covers and
// music through the browser of whoever visits it. What anybody may ask, and a
// websocket, which does nothing without the key, are not its concern.
func (s *Server) onlyKnownHosts(next http.Handler) http.Handler {
	if s.o.Password != "" || !s.o.HTTP.loopback() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := hostname(r.Host)
		if name == "" || openPaths[r.URL.Path] || r.URL.Path == socketPath || s.origins[name] || s.isOwnName(name) {
			next.ServeHTTP(w, r)
			return
		}
		s.misdirected.Do(func() {
			s.log.Warn("a page was asked for under a name that is not this server's, and not given; this is said once", "host", r.Host,
				"remedy", "if a proxy of yours has that name, list it in MUSICDB_HTTP_ORIGINS, or set MUSICDB_HTTP_PASSWORD")
		})
		http.Error(w, "this server does not know the name that it was asked by; its log says what to do", http.StatusMisdirectedRequest)
	})
}

// isForwarded tells whether a request shows signs of a proxy: the headers that
// most of them add, or HTTP/1.0, which no browser speaks and nginx does unless it
// is told otherwise.
func isForwarded(r *http.Request) bool {
	for name := range r.Header {
		if name == "Forwarded" || name == "Via" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return !r.ProtoAtLeast(1, 1)
}

// sameHost tells whether a request comes from a page of the host it is sent to, or
// from no page at all.
func sameHost(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || origins(nil).allow(origin, r.Host)
}
