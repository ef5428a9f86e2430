package server

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"musicdb/media/artwork"
	"musicdb/media/files"
)

// openFile opens the first of some names that there is.
func openFile(names []string, open func(name string) (*os.File, error)) (file *os.File, name string, err error) {
	for _, name = range names {
		if file, err = open(name); err == nil {
			return file, name, nil
		}
	}
	return nil, name, err
}

// serveFile answers with a file, or a part of it, that may change at any time: a
// browser asks each time and is told when it has it already.
func serveFile(w http.ResponseWriter, r *http.Request, file *os.File, kind string) {
	info, err := file.Stat()
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+strconv.FormatInt(info.Size(), 36)+"-"+strconv.FormatInt(info.ModTime().UnixNano(), 36)+`"`)
	http.ServeContent(patientWriter{w, http.NewResponseController(w)}, r, "", info.ModTime(), file)
}

// pieceTime is how long one piece of a file may take to leave. A player reads ahead
// and then as fast as it plays; one that was paused for longer asks for the rest anew.
const pieceTime = 2 * time.Minute

// patientWriter gives each piece of an answer its time, instead of the whole answer:
// hours of music leave at the pace of whoever listens.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write sends one piece.
func (w patientWriter) Write(p []byte) (int, error) {
	if err := w.control.SetWriteDeadline(time.Now().Add(pieceTime)); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return 0, err
	}
	return w.ResponseWriter.Write(p)
}

// noFile answers a request for a file that cannot be opened. That there is none is
// nothing to tell; that there is one which the server may not read is.
func (s *Server) noFile(w http.ResponseWriter, r *http.Request, err error) {
	_, isBadPath := errors.AsType[*files.PathError](err)
	switch {
	case isBadPath || errors.Is(err, fs.ErrNotExist) || errors.Is(err, files.ErrNotRegular) || errors.Is(err, artwork.ErrBadName):
	case errors.Is(err, fs.ErrPermission):
		s.log.Warn("a file could not be served; give the user of this server the right to read it", "path", r.URL.Path, "err", err)
	default:
		s.log.Debug("a file could not be served", "path", r.URL.Path, "err", err)
	}
	http.NotFound(w, r)
}

// extension is the part of a name behind its last dot, in lower case, "" without one.
func extension(name string) string {
	base := name[strings.LastIndexByte(name, '/')+1:]
	if dot := strings.LastIndexByte(base, '.'); dot > 0 {
		return strings.ToLower(base[dot+1:])
	}
	return ""
}
