package server

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"musicdb/media/sound"
)

// streamWriteTime is how long one piece of sound may take to leave. A listener
// that is slower has lost the stream's ring long before.
const streamWriteTime = 20 * time.Second

// serveStream sends the live stream until the listener goes, falls too far behind,
// or the server stops. Players that ask for it get the titles between the sound.
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "audio/mpeg")
	h.Set("Cache-Control", "no-store")
	h.Set("Accept-Ranges", "none")
	// Some players know these names in lower case only.
	h["icy-name"], h["icy-br"] = []string{"MusicDB"}, []string{"320"}
	// Simple players do not undo chunks; the end of the stream is the end of the connection.
	h.Set("Transfer-Encoding", "identity")
	if r.Method == http.MethodHead {
		return
	}

	var out io.Writer = w
	setTitle := func(string) {}
	if r.Header.Get("Icy-MetaData") == "1" {
		h["icy-metaint"] = []string{strconv.Itoa(sound.DefaultMetaint)}
		icy := sound.NewICYWriter(w, sound.DefaultMetaint)
		out, setTitle = icy, icy.SetTitle
	}
	w.WriteHeader(http.StatusOK)

	listener := s.o.Stream.Join()
	defer listener.Close()
	control := http.NewResponseController(w)
	for {
		frames, err := listener.Next(r.Context())
		if err != nil {
			s.log.Debug("a listener leaves", "peer", r.RemoteAddr, "why", err)
			return
		}
		setTitle(listener.Title())
		if err := control.SetWriteDeadline(time.Now().Add(streamWriteTime)); err != nil {
			return
		}
		if _, err := out.Write(frames); err != nil {
			return
		}
		if err := control.Flush(); err != nil {
			return
		}
	}
}
