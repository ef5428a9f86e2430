package library

import (
	"context"
	"database/sql"
	"strings"
	"sync"
)

// load reads all rows of the lists into a new catalogue.
func (l *Library) load(ctx context.Context) (*Catalogue, error) {
	c := &Catalogue{generation: generations.Add(1), byName: &nameOrder{}}
	c.names = c.generation
	// Songs are by far the most rows; the rest is read beside them.
	parts := []func() error{
		func() (err error) { c.songs, err = readTable(ctx, l.music, selectSongs, scanSong); return err },
		func() (err error) {
			if c.artists, err = readTable(ctx, l.music, selectArtists, scanArtist); err != nil {
				return err
			}
			if c.albums, err = readTable(ctx, l.music, selectAlbums, scanAlbum); err != nil {
				return err
			}
			if c.tags, err = readTable(ctx, l.music, selectTags, scanTag); err != nil {
				return err
			}
			if c.albumTags, err = readTable(ctx, l.music, selectAlbumTags, scanAssignment); err != nil {
				return err
			}
			c.songTags, err = readTable(ctx, l.music, selectSongTags, scanAssignment)
			return err
		},
	}
	failures := make([]error, len(parts))
	var running sync.WaitGroup
	for i, part := range parts {
		running.Go(func() { failures[i] = part() })
	}
	running.Wait()
	for _, err := range failures {
		if err != nil {
			return nil, fileError(l.music.path, err)
		}
	}
	c.buildIndexes()
	return c, nil
}

func (c *Catalogue) buildIndexes() {
	artistPaths := make([]pair, 0, c.artists.rows)
	for a := range c.artists.all() {
		artistPaths = append(artistPaths, pair{pathHash(a.Path), a.ID})
	}
	albumsOf, albumPaths := make([]pair, 0, c.albums.rows), make([]pair, 0, c.albums.rows)
	for a := range c.albums.all() {
		if a.ArtistID != 0 { // 0 and NULL are nobody, who has no albums
			albumsOf = append(albumsOf, pair{a.ArtistID, a.ID})
		}
		albumPaths = append(albumPaths, pair{pathHash(a.Path), a.ID})
	}
	songsOf, songPaths := make([]pair, 0, c.songs.rows), make([]pair, 0, c.songs.rows)
	for s := range c.songs.all() {
		if s.AlbumID != 0 {
			songsOf = append(songsOf, pair{s.AlbumID, s.ID})
		}
		songPaths = append(songPaths, pair{pathHash(s.Path), s.ID})
	}
	c.artistPaths, c.albumPaths, c.songPaths = tableOf(artistPaths), tableOf(albumPaths), tableOf(songPaths)
	c.albumsOf, c.songsOf = tableOf(albumsOf), tableOf(songsOf)
}

// A column of an old file may hold NULL or a value of another type than its
// declaration says. text and integer make them what a row type can hold.
func text(column string) string          { return "COALESCE(CAST(" + column + " AS TEXT), '')" }
func integer(column string) string       { return "COALESCE(CAST(" + column + " AS INTEGER), 0)" }
func textOrNull(column string) string    { return "CAST(" + column + " AS TEXT)" }
func integerOrNull(column string) string { return "CAST(" + column + " AS INTEGER)" }

func selecting(from string, columns ...string) string {
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + from + " ORDER BY rowid"
}

var (
	selectArtists = selecting("artists", "artistid", text("name"), text("path"))
	selectAlbums  = selecting("albums", "albumid", integer("artistid"), text("name"), text("path"),
		integerOrNull("numofsongs"), integerOrNull("numofcds"), textOrNull("origin"), integerOrNull("release"),
		text("artworkpath"), text("bgcolor"), text("fgcolor"), text("hlcolor"), integer("added"), integer("hidden"))
	selectSongs = selecting("songs", "songid", integer("albumid"), integer("artistid"), text("name"), text("path"),
		integer("number"), integer("cd"), integer("disabled"), integer("playtime"), integer("bitrate"),
		integer("likes"), integer("dislikes"), integer("favorite"), integer("lyricsstate"), text("checksum"),
		integer("lastplayed"), integer("liverecording"), integer("badaudio"))
	selectTags = selecting("tags", "tagid", text("name"), integer("class"), integerOrNull("parentid"),
		integerOrNull("icontype"), textOrNull("icon"), textOrNull("color"), integerOrNull("posx"), integerOrNull("posy"))
	selectAlbumTags = selectAssignments("albumtags", "albumid")
	selectSongTags  = selectAssignments("songtags", "songid")
)

func selectAssignments(from, target string) string {
	return selecting(from, integer(target), "entryid", integer("tagid"),
		"COALESCE(CAST(confidence AS REAL), 0.0)", integer("approval"))
}

func readTable[R any, P ordered[R]](ctx context.Context, db *database, query string, scan func(*sql.Rows, *R) error) (table[R, P], error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return table[R, P]{}, err
	}
	defer rows.Close()
	var all []R
	for rows.Next() {
		var row R
		if err := scan(rows, &row); err != nil {
			return table[R, P]{}, err
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		return table[R, P]{}, err
	}
	return tableOf[R, P](all), nil
}

func scanArtist(from *sql.Rows, a *Artist) error { return from.Scan(&a.ID, &a.Name, &a.Path) }

func scanAlbum(from *sql.Rows, a *Album) error {
	return from.Scan(&a.ID, &a.ArtistID, &a.Name, &a.Path, &a.NumOfSongs, &a.NumOfCDs, &a.Origin, &a.Release,
		&a.ArtworkPath, &a.BgColor, &a.FgColor, &a.HlColor, &a.Added, &a.Hidden)
}

func scanSong(from *sql.Rows, s *Song) error {
	return from.Scan(&s.ID, &s.AlbumID, &s.ArtistID, &s.Name, &s.Path, &s.Number, &s.CD, &s.Disabled,
		&s.Playtime, &s.Bitrate, &s.Likes, &s.Dislikes, &s.Favorite, &s.LyricsState, &s.Checksum,
		&s.LastPlayed, &s.LiveRecording, &s.BadAudio)
}

func scanTag(from *sql.Rows, t *Tag) error {
	return from.Scan(&t.ID, &t.Name, &t.Class, &t.ParentID, &t.IconType, &t.Icon, &t.Color, &t.PosX, &t.PosY)
}

func scanAssignment(from *sql.Rows, a *assignment) error {
	return from.Scan(&a.target, &a.entry, &a.tag, &a.confidence, &a.approval)
}
