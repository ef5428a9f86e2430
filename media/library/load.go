package library

import (
	"context"
	"sync"
)

// load reads all rows of the lists into a new catalogue.
func (l *Library) load(ctx context.Context) (*Catalogue, error) {
	c := &Catalogue{generation: generations.Add(1), byName: &nameOrder{}}
	c.names = c.generation
	// Songs are by far the most rows; the rest is read beside them.
	parts := []func() error{
		func() (err error) { c.songs, err = readTable(ctx, l.music, selectSongs, newSongScan); return err },
		func() (err error) {
			if c.artists, err = readTable(ctx, l.music, selectArtists, newArtistScan); err != nil {
				return err
			}
			if c.albums, err = readTable(ctx, l.music, selectAlbums, newAlbumScan); err != nil {
				return err
			}
			if c.tags, err = readTable(ctx, l.music, selectTags, newTagScan); err != nil {
				return err
			}
			if c.albumTags, err = readTable(ctx, l.music, selectAlbumTags, newAssignmentScan); err != nil {
				return err
			}
			c.songTags, err = readTable(ctx, l.music, selectSongTags, newAssignmentScan)
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
