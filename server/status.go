package server

import (
	"net/http"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/queue"
)

// status is what the page shows beside the protocol's own state.
type status struct {
	Version   string       `json:"version"`
	Uptime    float64      `json:"uptime"` // seconds
	Clients   int          `json:"clients"`
	Listeners int          `json:"listeners"`
	Songs     int          `json:"songs"`
	Albums    int          `json:"albums"`
	Artists   int          `json:"artists"`
	Playing   bool         `json:"playing"`
	Seconds   float64      `json:"seconds"` // played of the current song
	Title     string       `json:"title"`
	Silence   *silence     `json:"silence"` // nil while sound is going out
	Import    *importState `json:"import"`  // nil if there was none
}

// silence says why nothing is heard, in a sentence, and how long it will last
// where that is known.
type silence struct {
	Reason   string  `json:"reason"` // disabled, failed, compiling, filling, empty, paused, queue, nosongs, unheard
	Text     string  `json:"text"`
	Seconds  float64 `json:"seconds"`  // it has lasted, 0: unknown
	Expected float64 `json:"expected"` // seconds in all, 0: unknown
}

// silence is nil while sound is going out.
func (s *Server) silence() *silence {
	now, tool := s.o.Stream.State(), s.o.Tool.Status()
	lasted := time.Since(tool.Since).Seconds()
	_, _, songs := s.o.Library.Catalogue().NumberOf()
	running := s.importing.Load()
	_, current := s.o.Queue.Head()
	switch {
	case !now.Connected:
		return &silence{Reason: "disabled", Text: "The audio stream is switched off."}
	case tool.State == ffmpeg.Failed:
		return &silence{Reason: "failed", Text: "There is no working transcoder: " + tool.Err.Error() + ". Installing ffmpeg helps at once."}
	case tool.State != ffmpeg.Ready:
		return &silence{"compiling", "The built-in transcoder is being prepared; that happens once. With ffmpeg installed there is nothing to prepare.",
			lasted, tool.Expected.Seconds()}
	case songs == 0 && running != nil && running.Running:
		return &silence{Reason: "filling", Text: "The library is being filled; the first album is on its way."}
	case songs == 0:
		return &silence{Reason: "empty", Text: "The library has no songs."}
	case !now.Playing:
		return &silence{Reason: "paused", Text: "The stream is paused."}
	case !current:
		return s.emptyQueue()
	default:
		return s.unheard()
	}
}

// emptyQueue says whether the stream waits for a song, and why it finds none. It does not
// wait for a disk: a probe that gets no answer has the server restarted.
func (s *Server) emptyQueue() *silence {
	if o := s.glance.outlook(s.o.Queue.Outlook); o != nil && o.Prospect == queue.NoSongs {
		return &silence{Reason: "nosongs", Text: "The queue is empty. " + noSongsText(o.Census) + " Add a song, or change the settings of the random selection or the genres."}
	}
	return &silence{Reason: "queue", Text: "The queue is empty; the next song is being chosen."}
}

func (s *Server) serveStatus(w http.ResponseWriter, _ *http.Request) {
	now := s.o.Stream.State()
	artists, albums, songs := s.o.Library.Catalogue().NumberOf()
	serveJSON(w, http.StatusOK, status{
		Version: s.o.Version, Uptime: time.Since(s.started).Seconds(),
		Clients: s.engine.Hub().Len(), Listeners: s.o.Stream.Listeners(),
		Songs: songs, Albums: albums, Artists: artists,
		Playing: now.Playing, Seconds: now.Seconds, Title: now.Title,
		Silence: s.silence(), Import: s.importing.Load(),
	})
}

// serveHealth tells that the process answers.
func (s *Server) serveHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// serveReady tells whether sound is going out, and if not, why.
func (s *Server) serveReady(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if why := s.silence(); why != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(why.Text + "\n" + s.icecastLines()))
		return
	}
	_, _ = w.Write([]byte("sound is going out\n" + s.icecastLines()))
}
