package server

import (
	"bytes"
	"net/http"
)

// socketPath is where the HTTP port takes websockets.
const socketPath = "/ws"

// serveSocket hands a websocket request to the engine, with the bytes that the
// engine would have read itself: one port is then enough behind a proxy. The engine
// decides over the request, its origin included, as on its own port.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	controller := http.NewResponseController(w)
	head := requestHead(r)
	nc, buffered, err := controller.Hijack()
	if err != nil {
		http.Error(w, "a websocket needs HTTP/1.1", http.StatusHTTPVersionNotSupported)
		return
	}
	if n := buffered.Reader.Buffered(); n > 0 {
		early, _ := buffered.Reader.Peek(n) // what is buffered can be peeked
		head = append(head, early...)
	}
	if err := s.engine.Adopt(handOver(nc), head); err != nil {
		s.log.Debug("a websocket was refused", "peer", nc.RemoteAddr(), "err", err)
	}
}

// requestHead writes a request as it came over the wire. net/http has checked
// that no header holds a line break.
func requestHead(r *http.Request) []byte {
	var head bytes.Buffer
	head.WriteString(r.Method + " " + r.RequestURI + " HTTP/1.1\r\nHost: " + r.Host + "\r\n")
	_ = r.Header.Write(&head) // a bytes.Buffer takes everything
	head.WriteString("\r\n")
	return head.Bytes()
}
