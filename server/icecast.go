package server

import (
	"fmt"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"musicdb/media/icecast"
)

// An Icecast that is gone or refuses us is shown here, and is no reason for /readyz to
// turn red: the stream goes out at /stream all the same, and whoever restarts a server
// that is not ready would end it for everybody.

var (
	descIcecastState = prometheus.NewDesc("musicdb_icecast_state",
		"1 for the state in which the source of a mount on the Icecast server is.", []string{"mount", "state"}, nil)
	descIcecastBytes = prometheus.NewDesc("musicdb_icecast_sent_bytes_total",
		"Sound sent to a mount on the Icecast server.", []string{"mount"}, nil)
	descIcecastConnections = prometheus.NewDesc("musicdb_icecast_connections_total",
		"Connections that the Icecast server has accepted for a mount; all but the first are reconnections.", []string{"mount"}, nil)
	icecastDescs = []*prometheus.Desc{descIcecastState, descIcecastBytes, descIcecastConnections}
)

// mounts are those on the Icecast server, none where there is none.
func (s *Server) mounts() []icecast.Status {
	if s.o.Icecast == nil {
		return nil
	}
	return s.o.Icecast.Status()
}

func (s *Server) collectIcecast(gauge, counter func(*prometheus.Desc, float64, ...string)) {
	for _, m := range s.mounts() {
		gauge(descIcecastState, 1, m.Mount, m.State.String())
		counter(descIcecastBytes, float64(m.Bytes), m.Mount)
		counter(descIcecastConnections, float64(m.Connections), m.Mount)
	}
}

// icecastLines tell about each mount. Everybody may read them, so they do not say where
// the server is and what it said.
func (s *Server) icecastLines() string {
	var lines strings.Builder
	for _, m := range s.mounts() {
		lines.WriteString(icecastLine(m))
	}
	return lines.String()
}

func icecastLine(m icecast.Status) string {
	if m.State == icecast.Silent {
		return fmt.Sprintf("Icecast %s: %v, its format is not made\n", m.Mount, m.State)
	}
	return fmt.Sprintf("Icecast %s: %v\n", m.Mount, m.State)
}
