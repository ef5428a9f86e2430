package server

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"musicdb/conn"
	"musicdb/media/sound"
	"musicdb/media/stream"
)

// streamPaths are where the stream is, by the name of the format.
var streamPaths = map[string]string{
	"/stream":      sound.MP3.String(),
	"/stream.mp3":  sound.MP3.String(),
	"/stream.opus": sound.Opus.String(),
	"/stream.aac":  sound.AAC.String(),
	"/stream.flac": sound.FLAC.String(),
}

// serveStream sends the live stream in the format of the path until the listener goes,
// falls too far behind, or the server stops. Players that ask for it get the titles
// between the sound. The engine does the sending: this handler ends as soon as the
// connection is handed over.
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request) {
	mount, err := s.o.Stream.Mount(streamPaths[r.URL.Path])
	switch {
	case errors.Is(err, stream.ErrNoMount):
		http.Error(w, err.Error()+"; /stream is the stream as MP3", http.StatusNotFound)
		return
	case err != nil:
		http.Error(w, err.Error()+"; /stream is the stream as MP3", http.StatusNotImplemented)
		return
	}
	h := w.Header()
	h.Set("Content-Type", mount.Format().ContentType())
	h.Set("Cache-Control", "no-store")
	h.Set("Accept-Ranges", "none")
	// Some players know these names in lower case only.
	h["icy-name"] = []string{"MusicDB"}
	if mount.Format() == sound.MP3 {
		h["icy-br"] = []string{strconv.Itoa(sound.Bitrate / 1000)}
	}
	metaint := 0
	if r.Header.Get("Icy-MetaData") == "1" && mount.Format().ICY() {
		metaint = sound.DefaultMetaint
		h["icy-metaint"] = []string{strconv.Itoa(metaint)}
	}
	if r.Method == http.MethodHead {
		return
	}

	nc, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "the stream needs HTTP/1: its connection is its own", http.StatusHTTPVersionNotSupported)
		return
	}
	nc, leave := keepCount(nc)
	at := &listening{server: s, feed: mount.NewFeed(metaint), peer: r.RemoteAddr, leave: leave}
	if err := s.engine.Follow(nc, streamHead(r, h), at); err != nil {
		s.log.Debug("a listener came too late", "peer", r.RemoteAddr, "err", err)
	}
}

// streamHead writes the head of an answer whose end is the end of the connection: simple
// players do not undo chunks.
func streamHead(r *http.Request, h http.Header) []byte {
	h.Set("Connection", "close")
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	var head bytes.Buffer
	if r.ProtoAtLeast(1, 1) {
		head.WriteString("HTTP/1.1 200 OK\r\n")
	} else {
		head.WriteString("HTTP/1.0 200 OK\r\n")
	}
	_ = h.Write(&head) // a bytes.Buffer takes everything
	head.WriteString("\r\n")
	return head.Bytes()
}

// listening is the way of one listener through the stream (conn.Flow).
type listening struct {
	server *Server
	feed   *sound.Feed
	peer   string
	leave  func() // the count of connections; nil if that does not concern it
}

// Next returns what comes next (conn.Flow).
func (l *listening) Next(pieces [][]byte) ([][]byte, error) {
	pieces, err := l.feed.Next(pieces)
	switch {
	case err == nil:
		return pieces, nil
	case errors.Is(err, sound.ErrTooSlow):
		return pieces, conn.ErrOutrun
	case errors.Is(err, sound.ErrEnded):
		return pieces, io.EOF
	default:
		return pieces, err
	}
}

// Kept reports whether the sound that comes next is (conn.Flow).
func (l *listening) Kept() bool { return l.feed.Kept() }

// Ended takes the listener out of all lists (conn.Flow).
func (l *listening) Ended(d conn.Departure) {
	l.feed.Close()
	if l.leave != nil {
		l.leave()
	}
	l.server.log.Debug("a listener leaves", "conn", d.ID, "peer", l.peer,
		"how", conn.FollowLifecycle.StateName(d.State), "err", d.Err, "after", d.Age, "bytes", d.Sent)
}

// keepCount lets the limits of the HTTP listener count a connection until leave is called,
// whatever becomes of the connection itself, and returns it without the layer that counts
// if that is on top. leave is nil if nobody counts it.
func keepCount(nc net.Conn) (bare net.Conn, leave func()) {
	for layer := nc; ; {
		switch at := layer.(type) {
		case *countedConn:
			if layer == nc {
				nc = at.TCPConn
			}
			return nc, at.keep()
		case interface{ NetConn() net.Conn }:
			layer = at.NetConn()
		default:
			return nc, nil
		}
	}
}
