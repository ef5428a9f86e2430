package library

import (
	"context"
	"database/sql"
	"time"
)

// SetLastPlayed notes when a song was last played to its end. Times before 1970
// are refused.
func (l *Library) SetLastPlayed(ctx context.Context, songID int64, at time.Time) error {
	return l.change(ctx, func(ctx context.Context, tx *sql.Tx, c *Catalogue) (func(*Catalogue), error) {
		missing := &EntryError{Reason: ErrNotFound, Kind: "song", ID: songID}
		song, exists := c.Song(songID)
		if !exists {
			return nil, missing
		}
		if song.LastPlayed = at.Unix(); song.LastPlayed < 0 {
			return nil, &EntryError{Reason: ErrInvalid, Kind: "song", ID: songID, Detail: "played before 1970"}
		}
		err := updateOne(ctx, tx, missing, "UPDATE songs SET lastplayed = ? WHERE songid = ?", song.LastPlayed, songID)
		return func(c *Catalogue) { c.songs = c.songs.with(song) }, err
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

func insertSong(ctx context.Context, tx *sql.Tx, s Song, lyrics string) (Song, error) {
	var err error
	s.ID, err = insert(ctx, tx, `INSERT INTO songs (albumid, artistid, name, path, number, cd, disabled, playtime,
		bitrate, likes, dislikes, favorite, lyricsstate, checksum, lastplayed, liverecording, badaudio)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.AlbumID, s.ArtistID, s.Name, s.Path, s.Number, s.CD, s.Disabled, s.Playtime,
		s.Bitrate, s.Likes, s.Dislikes, s.Favorite, s.LyricsState, s.Checksum, s.LastPlayed, s.LiveRecording, s.BadAudio)
	if err != nil || lyrics == "" {
		return s, err
	}
	_, err = insert(ctx, tx, "INSERT INTO lyrics (songid, lyrics) VALUES (?, ?)", s.ID, lyrics)
	return s, err
}

func (c *Catalogue) addSong(s Song) {
	c.names = c.generation
	c.songs = c.songs.with(s)
	c.songsOf = c.songsOf.with(pair{s.AlbumID, s.ID})
	c.songPaths = c.songPaths.with(pair{pathHash(s.Path), s.ID})
}
