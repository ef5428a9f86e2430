package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"musicdb/conn"
)

// ListenError says which address could not be listened on, why, and what to do.
type ListenError struct {
	Address Address
	Cause   error
}

func (e *ListenError) Error() string {
	at := net.JoinHostPort(e.Address.Bind, strconv.Itoa(int(e.Address.Port)))
	switch {
	case errors.Is(e.Cause, syscall.EADDRINUSE):
		return fmt.Sprintf("port %d on %s is in use by another program; stop that one, or choose another port with %s",
			e.Address.Port, e.Address.Bind, e.Address.PortSetting)
	case errors.Is(e.Cause, syscall.EADDRNOTAVAIL):
		return fmt.Sprintf("%s is no address of this machine; set %s to one that is, such as 127.0.0.1", e.Address.Bind, e.Address.BindSetting)
	case errors.Is(e.Cause, fs.ErrPermission):
		return fmt.Sprintf("this user may not listen on %s; choose a port above 1023 with %s", at, e.Address.PortSetting)
	default:
		return fmt.Sprintf("cannot listen on %s: %v; check %s and %s", at, e.Cause, e.Address.BindSetting, e.Address.PortSetting)
	}
}

func (e *ListenError) Unwrap() error { return e.Cause }

// listen opens one listener.
func (a Address) listen(ctx context.Context) (net.Listener, error) {
	l, err := conn.Listen(ctx, net.JoinHostPort(a.Bind, strconv.Itoa(int(a.Port))))
	if err != nil {
		return nil, &ListenError{a, err}
	}
	return l, nil
}

// StartWebSocketServer opens both listeners and serves them (Program). Nobody is
// served unless both are open.
func (s *Server) StartWebSocketServer(ctx context.Context) error {
	sockets, err := s.o.WebSocket.listen(ctx)
	if err != nil {
		return err
	}
	pages, err := s.o.HTTP.listen(ctx)
	if err != nil {
		_ = sockets.Close()
		return err
	}
	counted := newLimitListener(pages, s.o.Limits.HTTPConnections, s.o.Limits.PerAddress, s.log)
	s.doors.Store(counted)
	pages = s.o.HTTP.secure(counted, s.o.Certificates)
	s.listening.Lock()
	s.listening.websocket, s.listening.http = sockets.Addr(), pages.Addr()
	s.listening.Unlock()

	s.serving.Go(func() {
		if err := s.o.WebSocket.serve(s.engine, sockets, s.o.Certificates); err != nil && s.ctx.Err() == nil {
			s.broken <- fmt.Errorf("the websocket listener failed: %w", err)
		}
	})
	s.serving.Go(func() {
		if err := s.http.Serve(pages); !errors.Is(err, http.ErrServerClosed) && s.ctx.Err() == nil {
			s.broken <- fmt.Errorf("the HTTP listener failed: %w", err)
		}
	})
	s.log.Info("musicdb is ready",
		"page", s.o.HTTP.url("http", pages.Addr()), "websocket", s.o.WebSocket.url("ws", sockets.Addr()))
	s.warnAboutExposure()
	s.warnAboutCertificates()
	s.completeConfigJS()
	close(s.ready)
	if s.o.Import != nil {
		s.startImport()
	}
	return nil
}

// url is the address of a listener as a user would type it.
func (a Address) url(scheme string, at net.Addr) string {
	if a.speaksOnlyTLS() {
		scheme += "s"
	}
	return scheme + "://" + at.String() + "/"
}

// warnAboutExposure says what does not work, or is not private, on an address that
// others can reach.
func (s *Server) warnAboutExposure() {
	if s.o.HTTP.loopback() {
		return
	}
	if s.o.HTTP.TLS == TLSOff {
		s.log.Warn("HTTP is open beyond this machine without TLS: the stream and the page are readable on the way, and web players that need a secure context do not work",
			"remedy", "put a TLS proxy before it, or set MUSICDB_HTTP_TLS to on")
	}
	if s.o.Password == "" {
		s.log.Warn("whoever can reach this machine may hear the stream and read page, music and covers",
			"address", s.HTTPAddr(), "remedy", "set MUSICDB_HTTP_PASSWORD, or MUSICDB_HTTP_BIND to 127.0.0.1")
	}
}

func (s *Server) warnAboutCertificates() {
	if s.o.Certificates == nil {
		return
	}
	for _, sentence := range s.o.Certificates.concerns(time.Now()) {
		s.log.Warn(sentence)
	}
}

func (s *Server) reloadCertificates() error {
	if s.o.Certificates == nil {
		return nil
	}
	if err := s.o.Certificates.Reload(); err != nil {
		return fmt.Errorf("the TLS certificate is still the old one: %w", err)
	}
	s.warnAboutCertificates()
	return nil
}

// loopback tells whether only this machine can reach the address.
func (a Address) loopback() bool {
	ip := net.ParseIP(a.Bind)
	return a.Bind == "localhost" || ip != nil && ip.IsLoopback()
}

// WebSocketAddr is where clients connect, nil before the start.
func (s *Server) WebSocketAddr() net.Addr {
	s.listening.Lock()
	defer s.listening.Unlock()
	return s.listening.websocket
}

// HTTPAddr is where the page is, nil before the start.
func (s *Server) HTTPAddr() net.Addr {
	s.listening.Lock()
	defer s.listening.Unlock()
	return s.listening.http
}
