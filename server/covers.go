package server

import (
	"io"
	"net/http"
	"os"
	"strings"
)

// serveArtwork serves covers, their scales, and the frames of videos. The path is
// hostile; the store never leaves its directory.
func (s *Server) serveArtwork(w http.ResponseWriter, r *http.Request) {
	open := func(name string) (*os.File, error) { return s.o.Artwork.File(r.Context(), name) }
	file, _, err := openFile(fileNames(r), open)
	if err != nil {
		s.noFile(w, r, err)
		return
	}
	defer file.Close()
	kind, isPicture := pictureType(file)
	if !isPicture {
		http.NotFound(w, r)
		return
	}
	serveFile(w, r, file, kind)
}

// pictureType looks at the content: in the artwork directories of MusicDB 8 some
// covers are PNG files that are called .jpg.
func pictureType(file io.ReadSeeker) (kind string, ok bool) {
	var head [512]byte
	n, err := io.ReadFull(file, head[:])
	if err != nil && n == 0 {
		return "", false
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", false
	}
	kind = http.DetectContentType(head[:n])
	return kind, strings.HasPrefix(kind, "image/")
}
