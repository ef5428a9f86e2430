package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"musicdb/server/wire"
)

// openPaths need no password: whoever watches over the server must be able to ask
// whether it lives, and they tell nothing else.
var openPaths = map[string]bool{"/healthz": true, "/readyz": true}

// protect asks for the password before anything else is looked at, where one is
// set: HTTP Basic (RFC 7617), with any user name.
func (s *Server) protect(next http.Handler) http.Handler {
	if s.o.Password == "" {
		return next
	}
	password := wire.NewKey(s.o.Password) // compared as a key is, in constant time
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if openPaths[r.URL.Path] {
			next.ServeHTTP(w, r)
			return
		}
		_, sent, ok := r.BasicAuth()
		if !ok {
			challenge(w)
			return
		}
		seen, err := s.gate.judge(r.Context(), s.visitorOf(r), func() string { return r.RemoteAddr }, password.Matches(sent))
		switch {
		case errors.Is(err, errQueue):
			w.Header().Set("Retry-After", "3")
			http.Error(w, "too many wrong passwords came from this address; try again in a moment", http.StatusTooManyRequests)
		case err != nil:
			s.log.Debug("a request was given up while it waited", "peer", r.RemoteAddr, "err", err)
			http.Error(w, "the server stops", http.StatusServiceUnavailable)
		case !seen.right:
			if seen.count == 0 {
				// A proxy sends the requests of many on one connection: that one of them
				// was right says nothing about this one.
				seen.count = s.gate.penalties.add(networkOf(r.RemoteAddr), time.Now())
				w.Header().Set("Connection", "close")
			}
			s.reportWrong("password", r.RemoteAddr, seen.count)
			challenge(w)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// challenge makes a browser ask its user.
func challenge(w http.ResponseWriter) {
	h := w.Header()
	h.Set("WWW-Authenticate", `Basic realm="MusicDB", charset="UTF-8"`)
	h.Set("Cache-Control", "no-store")
	http.Error(w, "this server asks for its password; any user name will do", http.StatusUnauthorized)
}

// reportWrong logs a wrong key or password of an address, but not a flood of them.
func (s *Server) reportWrong(what, remote string, count int) {
	switch {
	case count <= freeAttempts:
		s.log.Warn("a wrong "+what+" was refused", "peer", remote)
	case count == freeAttempts+1:
		s.log.Warn("wrong "+what+"s keep coming; attempts from this address are slowed down, and further ones not logged", "peer", remote)
	default:
		s.log.Debug("a wrong "+what+" was refused", "peer", remote)
	}
}

// visitorKey finds the visitor of an HTTP connection in the context of its requests.
type visitorKey struct{}

// visitorOf is the connection that a request came on.
func (s *Server) visitorOf(r *http.Request) *visitor {
	v, _ := r.Context().Value(visitorKey{}).(*visitor) // protected servers have one for each connection
	return v
}

// greet begins and ends the visits of HTTP connections. The requests of one
// connection come one after the other (HTTP/1.1), and it ends after the last.
func (s *Server) greet(to *http.Server) {
	if s.o.Password == "" {
		return
	}
	to.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		v := new(visitor)
		s.gate.enter(v)
		s.visits.Add(1)
		s.visitors.Store(c, v)
		return context.WithValue(ctx, visitorKey{}, v)
	}
	to.ConnState = func(c net.Conn, state http.ConnState) {
		if state != http.StateClosed && state != http.StateHijacked {
			return
		}
		if v, known := s.visitors.LoadAndDelete(c); known {
			defer s.visits.Done()
			if err := s.gate.leave(v.(*visitor)); err != nil {
				s.log.Error("the visit of an HTTP connection ended wrongly", "err", err)
			}
		}
	}
}
