package library

import (
	"context"
	"database/sql"
	"errors"
)

// Lyrics returns the lyrics of a song, or nil when it has none or does not
// exist. They are read from the file; an edit that is being committed is waited
// for.
func (l *Library) Lyrics(ctx context.Context, songID int64) (*string, error) {
	var lyrics *string
	err := l.music.QueryRowContext(ctx, "SELECT CAST(lyrics AS TEXT) FROM lyrics WHERE songid = ? ORDER BY rowid LIMIT 1", songID).Scan(&lyrics)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fileError(l.music.path, err)
	}
	return lyrics, nil
}

// SetLyrics gives a song lyrics, and says by one of the Lyrics constants where
// they come from. No text, which an empty one is too, makes the state
// [LyricsNone]; [LyricsNone] and [LyricsInstrumental] drop the text. It fails with
// an EntryError: ErrNotFound for an unknown song, ErrInvalid for an unknown state.
func (e *Edit) SetLyrics(songID int64, lyrics *string, state int64) error {
	s, exists := e.now.Song(songID)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "song", ID: songID}
	}
	if state < LyricsNone || state > LyricsInstrumental {
		return &EntryError{Reason: ErrInvalid, Kind: "song", ID: songID, Detail: "the state of its lyrics is not 0 to 4"}
	}
	none := lyrics == nil || *lyrics == ""
	if none && state != LyricsInstrumental {
		state = LyricsNone
	}
	if err := e.exec("DELETE FROM main.lyrics WHERE songid = ?", songID); err != nil {
		return err
	}
	if state != LyricsNone && state != LyricsInstrumental {
		if err := e.exec("INSERT INTO main.lyrics (songid, lyrics) VALUES (?, ?)", songID, *lyrics); err != nil {
			return err
		}
	}
	s.LyricsState = state
	return e.PutSong(s)
}
