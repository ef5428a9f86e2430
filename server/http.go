package server

import (
	_ "embed"
	"net/http"
	"strings"
	"time"
)

// Limits of the HTTP listener. The stream is beyond them: its connections are handed to
// the engine.
const (
	httpHeaderTime  = 10 * time.Second
	httpRequestTime = 30 * time.Second
	httpAnswerTime  = 60 * time.Second
	httpIdleTime    = 90 * time.Second
	httpMaxHeader   = 16 << 10
)

//go:embed page/socket.html
var socketPage []byte

func (s *Server) newHTTPServer() *http.Server {
	h := &http.Server{
		Handler:           s.guard(s.onlyKnownHosts(s.protect(onlyCleanPaths(s.routes())))),
		ReadHeaderTimeout: httpHeaderTime,
		ReadTimeout:       httpRequestTime,
		WriteTimeout:      httpAnswerTime,
		IdleTimeout:       httpIdleTime,
		MaxHeaderBytes:    httpMaxHeader,
		ErrorLog:          debugLogger(s.log),
	}
	s.greet(h)
	return h
}

// routes is every path of the HTTP listener.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	if s.webui != nil {
		mux.HandleFunc("GET /{$}", redirect("/musicdb/"))
		mux.HandleFunc("GET /musicdb/{path...}", s.serveWebUI)
	} else {
		mux.HandleFunc("GET /{$}", s.servePage("index.html"))
		mux.HandleFunc("GET /musicdb/{$}", redirect("/"))
	}
	mux.HandleFunc("GET /musicdb", redirect("/musicdb/"))
	mux.HandleFunc("GET /player/{$}", s.servePage("index.html"))
	mux.HandleFunc("GET /lifecycle", s.servePage("lifecycle.html"))
	mux.HandleFunc("GET /lifecycle/{$}", s.servePage("lifecycle.html"))
	mux.HandleFunc("GET /assets/{name}", s.serveAsset)
	mux.HandleFunc("GET /favicon.ico", s.serveIcon)

	mux.HandleFunc("GET /asyncapi.json", s.serveDescription)
	mux.HandleFunc("GET /status", s.serveStatus)
	mux.HandleFunc("GET /status/key", s.serveKey)
	mux.HandleFunc("GET "+socketPath, s.serveSocket)
	for path := range streamPaths {
		mux.HandleFunc("GET "+path, s.serveStream)
	}
	mux.HandleFunc("GET /artwork/{path...}", s.serveArtwork)
	mux.HandleFunc("GET /musicdb/webdata/artwork/{path...}", s.serveArtwork)
	mux.HandleFunc("GET /musicdb/videoframes/{path...}", s.serveArtwork)
	mux.HandleFunc("GET /musicdb/webdata/config.js", s.serveConfig)
	mux.HandleFunc("GET /musicdb/webdata/", http.NotFound)
	mux.HandleFunc("GET /musicdb/music/{path...}", s.serveMusic)

	mux.HandleFunc("GET /lifecycle/figures", s.serveFigures)
	mux.HandleFunc("GET /lifecycle/connections", s.serveConnections)
	mux.HandleFunc("GET /lifecycle/drawings/{name}", s.serveDrawing)
	mux.HandleFunc("GET /healthz", s.serveHealth)
	mux.HandleFunc("GET /readyz", s.serveReady)
	mux.Handle("GET /metrics", s.metricsHandler())
	return mux
}

// policy lets a page of ours load what this server serves, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard adds the headers that every answer has.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if strings.HasPrefix(r.URL.Path, "/musicdb/") {
			h.Set("Content-Security-Policy", webuiPolicy)
		} else {
			h.Set("Content-Security-Policy", policy)
		}
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Server", "musicdb")
		next.ServeHTTP(w, r)
	})
}
