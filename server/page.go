package server

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"log"
	"log/slog"
	"net/http"
	"path"
	"strings"
)

//go:embed page
var pageFiles embed.FS

var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

func (s *Server) servePage(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { serveEmbedded(w, r, "page/"+name) }
}

func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request) {
	serveEmbedded(w, r, "page/"+r.PathValue("name"))
}

func (s *Server) serveIcon(w http.ResponseWriter, r *http.Request) {
	serveEmbedded(w, r, "page/icon.svg")
}

func serveEmbedded(w http.ResponseWriter, r *http.Request, name string) {
	content, err := pageFiles.ReadFile(path.Clean(name))
	kind := pageTypes[path.Ext(name)]
	if err != nil || kind == "" {
		http.NotFound(w, r)
		return
	}
	serveBytes(w, r, kind, content)
}

// serveBytes answers with content that changes only with the binary: a browser
// asks each time and is told when it has it already.
func serveBytes(w http.ResponseWriter, r *http.Request, kind string, content []byte) {
	digest := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(digest[:12]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", kind)
	_, _ = w.Write(content) // a browser that went away needs no answer
}

func serveJSON(w http.ResponseWriter, status int, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// debugLogger carries what net/http has to say about broken clients.
func debugLogger(to *slog.Logger) *log.Logger {
	return slog.NewLogLogger(to.Handler(), slog.LevelDebug)
}
