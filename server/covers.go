package server

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"

	"musicdb/media/artwork"
)

// serveArtwork serves covers and their scales. The path is hostile; the store
// never leaves its directory.
func (s *Server) serveArtwork(w http.ResponseWriter, r *http.Request) {
	file, err := s.o.Artwork.File(r.Context(), r.PathValue("path"))
	if err != nil {
		if !errors.Is(err, artwork.ErrBadName) && !errors.Is(err, fs.ErrNotExist) {
			s.log.Warn("a cover could not be served", "path", r.PathValue("path"), "err", err)
		}
		http.NotFound(w, r)
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "image/jpeg") // every picture of the store is one
	h.Set("Cache-Control", "no-cache")  // a cover may be replaced; the ETag makes asking cheap
	h.Set("ETag", `"`+strconv.FormatInt(info.Size(), 36)+"-"+strconv.FormatInt(info.ModTime().UnixNano(), 36)+`"`)
	http.ServeContent(w, r, "", info.ModTime(), file)
}
