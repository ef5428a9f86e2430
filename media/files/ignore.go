package files

import (
	"slices"
	"strings"
)

// Ignore lists the names that are passed by in silence, wherever the music
// directory is searched. Names are compared byte by byte. A nil list means the
// default of the reference server, an empty one ignores nothing.
type Ignore struct {
	Artists []string // directory names at artist level; nil: DefaultIgnoreArtists
	Albums  []string // directory names at album level; nil: none
	Songs   []string // file names, wherever files are; nil: DefaultIgnoreSongs
}

// What is ignored unless it is said otherwise.
var (
	DefaultIgnoreArtists = []string{"lost+found"}
	DefaultIgnoreSongs   = []string{".directory", "desktop.ini", "Desktop.ini", ".DS_Store", "Thumbs.db", "README"}
)

// artist reports whether an entry of the music directory is ignored.
func (i Ignore) artist(name string) bool {
	return contains(i.Artists, DefaultIgnoreArtists, name) || i.file(name)
}

// album reports whether an entry of an artist's directory is ignored.
func (i Ignore) album(name string) bool { return slices.Contains(i.Albums, name) || i.file(name) }

// file reports whether an entry of an album's directory is ignored.
func (i Ignore) file(name string) bool {
	return strings.HasPrefix(name, reserved) || contains(i.Songs, DefaultIgnoreSongs, name)
}

func contains(list, otherwise []string, name string) bool {
	if list == nil {
		list = otherwise
	}
	return slices.Contains(list, name)
}
