package server

import (
	"net/http"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"musicdb/conn"
	"musicdb/media/stream"
)

// collector turns the figures of the machines into metrics. Labels are names of
// machines, states and events: their number is fixed by the program, whatever
// clients do.
type collector struct{ server *Server }

var (
	descInstances = prometheus.NewDesc("musicdb_machine_instances",
		"Instances of a machine that are in a state now.", []string{"machine", "state"}, nil)
	descTransitions = prometheus.NewDesc("musicdb_machine_transitions_total",
		"Steps from a state to the next.", []string{"machine", "from", "event", "to"}, nil)
	descStateSeconds = prometheus.NewDesc("musicdb_machine_state_seconds_total",
		"Time that all instances of a machine have spent in a state.", []string{"machine", "state"}, nil)
	descRefused = prometheus.NewDesc("musicdb_machine_refused_events_total",
		"Events that came in a state that has no step for them.", []string{"machine"}, nil)
	descConnections = prometheus.NewDesc("musicdb_websocket_clients",
		"Clients that hear broadcasts.", nil, nil)
	descListeners = prometheus.NewDesc("musicdb_stream_listeners",
		"Listeners of the audio stream.", nil, nil)
	descFrames = prometheus.NewDesc("musicdb_stream_frames_total",
		"Frames of the audio stream: of the encoder, and of silence while there was none.", []string{"kind"}, nil)
	descStarved = prometheus.NewDesc("musicdb_stream_starved_seconds_total",
		"Silence in the audio stream because the decoder of the song was late.", nil, nil)
	descLibrary = prometheus.NewDesc("musicdb_library_rows",
		"Rows of the music database.", []string{"table"}, nil)
	descPlaces = prometheus.NewDesc("musicdb_penalised_addresses",
		"Addresses from which wrong keys or passwords came lately.", nil, nil)
	descLimits = prometheus.NewDesc("musicdb_limit_reached_total",
		"Connections that were refused or ended because a limit was reached.", []string{"listener", "limit"}, nil)
	descHTTP = prometheus.NewDesc("musicdb_http_connections",
		"Connections of the HTTP listener, those of the stream included.", nil, nil)
	descLoudness = prometheus.NewDesc("musicdb_loudness_songs",
		"Songs whose loudness was measured, could not be measured, or is still to be measured.", []string{"state"}, nil)
	descQueue = prometheus.NewDesc("musicdb_song_queue_entries",
		"Entries of the song queue.", nil, nil)
	descHistoryLost = prometheus.NewDesc("musicdb_queue_history_lost_total",
		"Changes of the queues that could not be kept in their history.", nil, nil)
)

// Describe names the metrics (prometheus.Collector).
func (c collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range slices.Concat(trafficDescs, icecastDescs, hearingDescs) {
		to <- d
	}
	for _, d := range []*prometheus.Desc{descInstances, descTransitions, descStateSeconds, descRefused,
		descConnections, descPlaces, descListeners, descFrames, descStarved, descLibrary, descLoudness, descQueue, descHistoryLost, descLimits, descHTTP} {
		to <- d
	}
}

// Collect reads the figures (prometheus.Collector).
func (c collector) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	counter := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, value, labels...)
	}
	for _, m := range c.server.figures() {
		for _, state := range m.States {
			gauge(descInstances, float64(state.Now), m.Name, state.Name)
			counter(descStateSeconds, state.Seconds, m.Name, state.Name)
		}
		for _, e := range m.Edges {
			counter(descTransitions, float64(e.Count), m.Name, e.From, e.On, e.To)
		}
		counter(descRefused, float64(m.Refused), m.Name)
	}
	gauge(descConnections, float64(c.server.engine.Hub().Len()))
	collectTraffic(c.server.engine.Traffic(), gauge, counter)
	collectFollowers(c.server.engine.FollowFigures(), gauge, counter)
	if doors := c.server.doors.Load(); doors != nil {
		at := doors.figures()
		gauge(descHTTP, float64(at.open))
		counter(descLimits, float64(at.starved), "http", "descriptors")
		for limit, n := range at.refused {
			counter(descLimits, float64(n), "http", limitNames[limit])
		}
	}
	c.server.collectIcecast(gauge, counter)
	for _, limit := range conn.Limits() {
		counter(descLimits, float64(c.server.engine.Reached(limit)), "websocket", limit.String())
	}
	counter(descLimits, float64(c.server.gate.penalties.refused()), "all", "attempts")
	gauge(descPlaces, float64(c.server.gate.penalties.len()))
	gauge(descListeners, float64(c.server.o.Stream.Listeners()))
	for _, heard := range c.server.o.Stream.Hearing() {
		collectHearing(heard, gauge, counter)
	}
	sent := c.server.o.Stream.Status().Pump
	counter(descFrames, float64(sent.Frames), "sound")
	counter(descFrames, float64(sent.SilentFrames), "silence")
	counter(descStarved, float64(sent.StarvedSamples)/stream.SampleRate)
	artists, albums, songs := c.server.o.Library.Catalogue().NumberOf()
	gauge(descLibrary, float64(artists), "artists")
	gauge(descLibrary, float64(albums), "albums")
	gauge(descLibrary, float64(songs), "songs")
	if c.server.o.Loudness != nil {
		songs := c.server.o.Loudness.Figures()
		gauge(descLoudness, float64(songs.Measured), "measured")
		gauge(descLoudness, float64(songs.Failed), "failed")
		gauge(descLoudness, float64(songs.Left), "left")
	}
	gauge(descQueue, float64(len(c.server.o.Queue.Entries())))
	counter(descHistoryLost, float64(c.server.o.History.Lost()))
}

func (s *Server) metricsHandler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorLog: debugLogger(s.log)})
}
