package library

import (
	"context"
	"time"
)

// AddSong enters a song with its lyrics into an album, whose artist becomes the
// song's. The numbers of the album stay what they are: see [Edit.Recount]. It
// fails with an EntryError: ErrNotFound when there is no such album, ErrInvalid
// when name or path is empty, ErrExists with the ID of the song of this path.
func (e *Edit) AddSong(albumID int64, n NewSong) (Song, error) {
	album, exists := e.now.Album(albumID)
	if !exists {
		return Song{}, &EntryError{Reason: ErrNotFound, Kind: "album", ID: albumID}
	}
	if err := named("song", 0, n.Name, n.Path); err != nil {
		return Song{}, err
	}
	if known, exists := e.now.SongByPath(n.Path); exists {
		return Song{}, &EntryError{Reason: ErrExists, Kind: "song", ID: known.ID, Detail: n.Path}
	}
	return e.enterSong(n.row(albumID, album.ArtistID), n.Lyrics)
}

func (e *Edit) enterSong(s Song, lyrics string) (Song, error) {
	var err error
	if s.ID, err = e.insert(songRows, s.values()); err != nil {
		return Song{}, err
	}
	if lyrics != "" {
		if err := e.exec("INSERT INTO main.lyrics (songid, lyrics) VALUES (?, ?)", s.ID, lyrics); err != nil {
			return Song{}, err
		}
	}
	e.learn(func(c *Catalogue) { c.changeSong(nil, &s) })
	return s, nil
}

// PutSong replaces the row of a song. The numbers of its album stay what they
// are: see [Edit.Recount]. It fails with an EntryError: ErrNotFound when there is
// no such song, or not the artist or album it shall go to; ErrInvalid when the
// new name or path is empty; ErrExists when another song has the new path.
func (e *Edit) PutSong(s Song) error {
	before, exists := e.now.Song(s.ID)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "song", ID: s.ID}
	}
	if s.Name != before.Name || s.Path != before.Path {
		if err := named("song", s.ID, s.Name, s.Path); err != nil {
			return err
		}
	}
	if known, exists := e.now.SongByPath(s.Path); exists && s.Path != before.Path {
		return &EntryError{Reason: ErrExists, Kind: "song", ID: known.ID, Detail: s.Path}
	}
	if _, exists := e.now.Artist(s.ArtistID); !exists && s.ArtistID != before.ArtistID {
		return &EntryError{Reason: ErrNotFound, Kind: "artist", ID: s.ArtistID}
	}
	if _, exists := e.now.Album(s.AlbumID); !exists && s.AlbumID != before.AlbumID {
		return &EntryError{Reason: ErrNotFound, Kind: "album", ID: s.AlbumID}
	}
	return e.rewriteSong(before, s)
}

func (e *Edit) rewriteSong(before, s Song) error {
	changed, err := e.update(songRows, s.ID, before.values(), s.values())
	if err == nil && changed {
		e.learn(func(c *Catalogue) { c.changeSong(&before, &s) })
	}
	return err
}

// RemoveSong removes a song with its lyrics, tags, relations and history, and
// counts its album again. A video that refers to it stays without the reference.
func (e *Edit) RemoveSong(id int64) error {
	s, exists := e.now.Song(id)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "song", ID: id}
	}
	if err := e.removeSong(s); err != nil {
		return err
	}
	if _, exists := e.now.Album(s.AlbumID); !exists {
		return nil
	}
	return e.Recount(s.AlbumID)
}

func (e *Edit) removeSong(s Song) error {
	for v := range e.now.videos.all() {
		if v := *v; v.SongID != nil && *v.SongID == s.ID {
			v.SongID = nil
			if err := e.PutVideo(v); err != nil {
				return err
			}
		}
	}
	if err := e.unassignAll(SongTarget, s.ID); err != nil {
		return err
	}
	if err := e.delete(songRows, s.ID); err != nil {
		return err
	}
	e.gone.songs = append(e.gone.songs, s.ID)
	e.learn(func(c *Catalogue) { c.changeSong(&s, nil) })
	return nil
}

// SetLastPlayed notes when a song was last played to its end. Times before 1970
// are refused.
func (l *Library) SetLastPlayed(ctx context.Context, songID int64, at time.Time) error {
	return l.Edit(ctx, func(e *Edit) error {
		s, exists := e.now.Song(songID)
		if !exists {
			return &EntryError{Reason: ErrNotFound, Kind: "song", ID: songID}
		}
		if s.LastPlayed = at.Unix(); s.LastPlayed < 0 {
			return &EntryError{Reason: ErrInvalid, Kind: "song", ID: songID, Detail: "played before 1970"}
		}
		return e.PutSong(s)
	})
}

func (s NewSong) row(albumID, artistID int64) Song {
	lyrics := LyricsNone
	if s.Lyrics != "" {
		lyrics = LyricsFromFile
	}
	return Song{
		AlbumID: albumID, ArtistID: artistID, Name: s.Name, Path: s.Path, Number: s.Number, CD: max(s.CD, 1),
		Playtime: s.Playtime, Bitrate: s.Bitrate, LyricsState: lyrics, Checksum: s.Checksum,
		LiveRecording: flag(s.LiveRecording), BadAudio: flag(s.BadAudio),
	}
}
