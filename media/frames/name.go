package frames

import (
	"fmt"
	"path"
	"strings"

	"musicdb/media/artwork"
	"musicdb/media/library"
)

// The names of a video's pictures.
const (
	thumbnailName = "thumbnail.jpg"
	previewName   = "preview.webp"
)

// frameName is the name of a frame, counted from 0.
func frameName(i int) string { return fmt.Sprintf("frame-%02d.jpg", i+1) }

// scaledName is the name of a picture's copy in a scale, with U+00D7 in it.
func scaledName(name string, s Scale) string {
	extension := path.Ext(name)
	return fmt.Sprintf("%s (%v)%s", strings.TrimSuffix(name, extension), s, extension)
}

// directory is where the pictures of a video are to be: "<Artist>/<Video>". A
// second video of an artist that has the same name gets its id appended, so that
// it does not show the pictures of the first.
func directory(c *library.Catalogue, artist library.Artist, v library.Video) string {
	dir := artwork.Element(artist.Name) + "/" + artwork.Element(v.Name)
	for _, other := range c.VideosOf(v.ArtistID) {
		if other.ID != v.ID && other.FramesDirectory == dir {
			return artwork.Element(artist.Name) + "/" + artwork.Element(fmt.Sprintf("%s #%d", v.Name, v.ID))
		}
	}
	return dir
}
