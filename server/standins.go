package server

import (
	"path"
	"strings"

	"musicdb/media/files"
	"musicdb/media/library"
)

// Databases that have been through old versions hold rows whose artist or album is
// gone: removing an artist used to leave his hidden albums behind. Such music can be
// played and shown, and the clients use what they get unchecked, so what is missing
// is made from the path.

// artistOf is the artist of a song, an album or a video at a path.
func artistOf(c *library.Catalogue, id int64, of string) library.Artist {
	if artist, known := c.Artist(id); known {
		return artist
	}
	name, _, _ := strings.Cut(of, "/")
	return library.Artist{ID: id, Name: name, Path: name}
}

// albumOf is the album of a song.
func albumOf(c *library.Catalogue, song library.Song) library.Album {
	if album, known := c.Album(song.AlbumID); known {
		return album
	}
	album := library.Album{
		ID: song.AlbumID, ArtistID: song.ArtistID, ArtworkPath: library.DefaultArtwork,
		BgColor: library.DefaultBgColor, FgColor: library.DefaultFgColor, HlColor: library.DefaultHlColor,
	}
	if dir := path.Dir(song.Path); dir != "." {
		album.Path, album.Name = dir, path.Base(dir)
	}
	if at, err := files.Analyse(album.Path, files.KindAlbum); err == nil {
		release := int64(at.Release)
		album.Name, album.Release = at.Album, &release
	}
	return album
}
