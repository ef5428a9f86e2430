package server

import "net/http"

// musicTypes are the kinds of files that are served from the music directory, by
// their extension. Nothing else that lies there is anybody's business.
var musicTypes = map[string]string{
	"mp3":  "audio/mpeg",
	"m4a":  "audio/mp4",
	"aac":  "audio/aac",
	"flac": "audio/flac",
	"ogg":  "audio/ogg",
	"oga":  "audio/ogg",
	"opus": "audio/ogg",
	"mp4":  "video/mp4",
	"m4v":  "video/mp4",
	"webm": "video/webm",
}

// serveMusic serves a song or a video as it is, for a preview in the browser. The
// path is hostile; the music directory is never left.
func (s *Server) serveMusic(w http.ResponseWriter, r *http.Request) {
	if s.o.Music == nil {
		http.NotFound(w, r)
		return
	}
	file, name, err := openFile(fileNames(r), s.o.Music.Open)
	if err != nil {
		s.noFile(w, r, err)
		return
	}
	defer file.Close()
	kind, isMusic := musicTypes[extension(name)]
	if !isMusic {
		http.NotFound(w, r)
		return
	}
	serveFile(w, r, file, kind)
}
