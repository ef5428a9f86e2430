package server

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"

	"musicdb/media/files"
)

// webuiTypes are the kinds of files that a WebUI is made of, by their extension.
var webuiTypes = map[string]string{
	"html":  "text/html; charset=utf-8",
	"htm":   "text/html; charset=utf-8",
	"css":   "text/css; charset=utf-8",
	"js":    "text/javascript; charset=utf-8",
	"mjs":   "text/javascript; charset=utf-8",
	"json":  "application/json",
	"map":   "application/json",
	"wasm":  "application/wasm",
	"txt":   "text/plain; charset=utf-8",
	"svg":   "image/svg+xml",
	"png":   "image/png",
	"jpg":   "image/jpeg",
	"jpeg":  "image/jpeg",
	"gif":   "image/gif",
	"webp":  "image/webp",
	"ico":   "image/vnd.microsoft.icon",
	"ttf":   "font/ttf",
	"otf":   "font/otf",
	"woff":  "font/woff",
	"woff2": "font/woff2",
}

// webuiPolicy is what pages below /musicdb/ may load. The WebUI of MusicDB 8 was
// written for a server that set no policy: it has scripts and styles in its pages,
// puts together what it has loaded, and takes sound from the address that its
// settings name, on any host; config.js may name any websocket. A policy that lets
// all that work cannot keep a script in the page from talking to others, so it does
// not pretend to. It keeps others out: no plugin, no foreign script file, no frame
// of another site around the page, no form or base address that leads away.
const webuiPolicy = "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; " +
	"style-src 'self' 'unsafe-inline' blob:; media-src * data: blob:; connect-src 'self' ws: wss: data: blob:; " +
	"worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"

// webui is the directory of another WebUI. Nothing outside of it is ever opened.
type webui struct {
	root  *os.Root
	start string // the page that it begins with
}

// openWebUI opens a directory that has an index.html, or a debug.html, which works
// without having been built.
func openWebUI(dir string) (*webui, error) {
	const remedy = "set MUSICDB_HTTP_WEBUI to the directory that has the index.html of a WebUI, or leave it empty"
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the WebUI directory %s cannot be read: %w; %s", dir, err, remedy)
	}
	for _, start := range []string{"index.html", "debug.html"} {
		if _, err := root.Stat(start); err == nil {
			return &webui{root, start}, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("the WebUI directory %s has neither index.html nor debug.html; %s", dir, remedy), root.Close())
}

// CheckWebUI tells why a directory cannot be used as Options.WebUI, nil if it can.
func CheckWebUI(dir string) error {
	u, err := openWebUI(dir)
	if err != nil {
		return err
	}
	return u.root.Close()
}

// open opens a regular file that is not hidden. It never waits for a pipe.
func (u *webui) open(name string) (*os.File, error) {
	if strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return nil, os.ErrNotExist
	}
	file, err := u.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(files.ErrNotRegular, err, file.Close())
	}
	return file, nil
}

// serveWebUI serves the files of the configured WebUI.
func (s *Server) serveWebUI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("path")
	if name == "" {
		name = s.webui.start
	}
	file, err := s.webui.open(name)
	if err != nil {
		s.noFile(w, r, err)
		return
	}
	defer file.Close()
	kind := webuiTypes[extension(name)]
	if kind == "" {
		kind = "application/octet-stream"
	}
	serveFile(w, r, file, kind)
}

// redirect leads to where the page is with the present settings, which may change.
func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	}
}
