package maintenance

import (
	"path"
	"strings"

	"musicdb/media/files"
	"musicdb/media/library"
)

// follow writes the rows of everything that a move gives another path, hidden
// albums included. The row of what was renamed itself gets the names that its new
// path says; the rows below it get another path and keep everything else. read is
// what the files of songs say, by old path; a song that is not in it keeps what
// its row says.
//
// It fails, and the edit with it, when a new name is outside the conventions and
// its row would need it, or when another row has a new path already.
func follow(e *library.Edit, m move, read map[string]files.Content) error {
	if err := followArtists(e, m); err != nil {
		return err
	}
	artists, err := followAlbums(e, m)
	if err != nil {
		return err
	}
	if err := followSongs(e, m, artists, read); err != nil {
		return err
	}
	return followVideos(e, m)
}

// moved is the new path of something at or below the old one.
func (m move) moved(rel string) string { return m.New + strings.TrimPrefix(rel, m.rows()) }

func followArtists(e *library.Edit, m move) error {
	for _, a := range e.Catalogue().Artists() {
		if a.Path != m.rows() {
			continue
		}
		if other, exists := e.Catalogue().ArtistByPath(m.New); exists {
			return taken("artist", other.ID, m.New)
		}
		a.Name, a.Path = path.Base(m.New), m.New
		if err := e.PutArtist(a); err != nil {
			return err
		}
	}
	return nil
}

// followAlbums returns the new artist of each album that got one.
func followAlbums(e *library.Edit, m move) (artists map[int64]int64, err error) {
	artists = map[int64]int64{}
	for _, a := range e.Catalogue().Albums() {
		if !within(m.rows(), a.Path) {
			continue
		}
		to := m.moved(a.Path)
		if other, exists := e.Catalogue().AlbumByPath(to); exists {
			return nil, taken("album", other.ID, to)
		}
		if a.Path == m.rows() {
			at, err := albumAt(to)
			if err != nil {
				return nil, err
			}
			release := int64(at.Release)
			a.Name, a.Release = at.Album, &release
			if path.Dir(m.Old) != path.Dir(m.New) {
				artist, known := e.Catalogue().ArtistByPath(at.Artist)
				if !known {
					if artist, err = e.AddArtist(at.Artist, at.Artist); err != nil {
						return nil, err
					}
				}
				a.ArtistID, artists[a.ID] = artist.ID, artist.ID
			}
		}
		a.Path = to
		if err := e.PutAlbum(a); err != nil {
			return nil, err
		}
	}
	return artists, nil
}

func followSongs(e *library.Edit, m move, artists map[int64]int64, read map[string]files.Content) error {
	for s := range e.Catalogue().Songs() {
		if !within(m.rows(), s.Path) {
			continue
		}
		to := m.moved(s.Path)
		if other, exists := e.Catalogue().SongByPath(to); exists {
			return taken("song", other.ID, to)
		}
		if content, ok := read[s.Path]; ok {
			take(&s, content)
		}
		itself := s.Path == m.rows()
		if itself {
			at, err := songAt(to)
			if err != nil {
				return err
			}
			s.Name, s.Number, s.CD = at.Name, int64(at.Number), int64(at.CD)
		}
		if artist, ok := artists[s.AlbumID]; ok {
			s.ArtistID = artist
		} else if album, known := e.Catalogue().Album(s.AlbumID); known && album.Path == path.Dir(to) {
			s.ArtistID = album.ArtistID // the album went before it
		}
		s.Path = to
		if err := e.PutSong(s); err != nil {
			return err
		}
		if _, known := e.Catalogue().Album(s.AlbumID); itself && known {
			if err := e.Recount(s.AlbumID); err != nil {
				return err
			}
		}
	}
	return nil
}

func followVideos(e *library.Edit, m move) error {
	for _, v := range e.Catalogue().Videos() {
		if !within(m.rows(), v.Path) {
			continue
		}
		to := m.moved(v.Path)
		if other, exists := e.Catalogue().VideoByPath(to); exists {
			return taken("video", other.ID, to)
		}
		if v.Path == m.rows() {
			at, err := files.Analyse(to, files.KindVideo)
			if err != nil {
				return err
			}
			release := int64(at.Release)
			v.Name, v.Release = at.Name, &release
		}
		v.Path = to
		if err := e.PutVideo(v); err != nil {
			return err
		}
	}
	return nil
}

// albumAt reads the name of an album's directory, which must not be empty.
func albumAt(rel string) (files.Location, error) {
	at, err := files.Analyse(rel, files.KindAlbum)
	if err == nil && at.Album == "" {
		err = &files.NamingError{Path: rel, Kind: files.KindAlbum, Why: "the name of the album is empty"}
	}
	return at, err
}

// songAt is albumAt for songs.
func songAt(rel string) (files.Location, error) {
	at, err := files.Analyse(rel, files.KindSong)
	if err == nil && at.Name == "" {
		err = &files.NamingError{Path: rel, Kind: files.KindSong, Why: "the name of the song is empty"}
	}
	return at, err
}

// take writes what a file says about itself into the row of its song.
func take(s *library.Song, c files.Content) {
	s.Playtime, s.Bitrate, s.Checksum = int64(c.Tags.Playtime), int64(c.Tags.Bitrate), c.Checksum
}

func taken(kind string, id int64, rel string) error {
	return &library.EntryError{Reason: library.ErrExists, Kind: kind, ID: id, Detail: rel}
}
