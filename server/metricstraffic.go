package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"musicdb/conn"
)

// What the engine has moved, to and from websockets and to the listeners of the stream. The values of every label are those of lists
// that are as long whatever clients do.
var (
	descMessages = prometheus.NewDesc("musicdb_websocket_messages_total",
		"Messages of clients that were complete, and messages that entered an outbox.", []string{"direction"}, nil)
	descBytes = prometheus.NewDesc("musicdb_websocket_bytes_total",
		"Bytes of the streams, handshakes and headers of frames included, TLS not.", []string{"direction"}, nil)
	descCloses = prometheus.NewDesc("musicdb_websocket_closes_total",
		"Close frames by code.", []string{"direction", "code"}, nil)
	descHandshakes = prometheus.NewDesc("musicdb_websocket_handshakes_total",
		"Answers to opening handshakes and other requests, by HTTP status; 101 is a websocket.", []string{"status"}, nil)
	descWaiting = prometheus.NewDesc("musicdb_websocket_outbox_bytes",
		"Bytes that wait in the outboxes of all connections.", nil, nil)
	descTransports = prometheus.NewDesc("musicdb_websocket_connections",
		"Connections now, websockets or not yet, by transport.", []string{"transport"}, nil)

	descStreamBytes = prometheus.NewDesc("musicdb_stream_sent_bytes_total",
		"Bytes that the connections of listeners have taken, heads of answers included, TLS not.", nil, nil)
	descStreamBehind = prometheus.NewDesc("musicdb_stream_listeners_behind",
		"Listeners whose connection is full right now.", nil, nil)
	descStreamTransports = prometheus.NewDesc("musicdb_stream_connections",
		"Connections of listeners now, by transport.", []string{"transport"}, nil)

	trafficDescs = []*prometheus.Desc{descMessages, descBytes, descCloses, descHandshakes, descWaiting, descTransports,
		descStreamBytes, descStreamBehind, descStreamTransports}
)

// measure passes one figure on.
type measure func(d *prometheus.Desc, value float64, labels ...string)

func collectTraffic(t conn.Traffic, gauge, counter measure) {
	for direction, volume := range map[string]conn.Volume{"received": t.Received, "sent": t.Sent} {
		counter(descMessages, float64(volume.Messages), direction)
		counter(descBytes, float64(volume.Bytes), direction)
	}
	for direction, closes := range map[string][]conn.Count{"received": t.ClosesReceived, "sent": t.ClosesSent} {
		for _, c := range closes {
			counter(descCloses, float64(c.N), direction, c.Name)
		}
	}
	for _, c := range t.Handshakes {
		counter(descHandshakes, float64(c.N), c.Name)
	}
	gauge(descWaiting, float64(t.Waiting))
	for _, c := range t.Connections {
		gauge(descTransports, float64(c.N), c.Name)
	}
}

func collectFollowers(f conn.FollowFigures, gauge, counter measure) {
	counter(descStreamBytes, float64(f.Bytes))
	gauge(descStreamBehind, float64(f.Behind))
	for _, c := range f.Connections {
		gauge(descStreamTransports, float64(c.N), c.Name)
	}
}
