package library

import (
	"context"
	"sync"
)

// load reads all rows of the lists into a new catalogue.
func (l *Library) load(ctx context.Context) (*Catalogue, error) {
	c := &Catalogue{generation: generations.Add(1), byName: &nameOrder{}, uses: &tagUses{}}
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
			if c.videos, err = readTable(ctx, l.music, selectVideos, newVideoScan); err != nil {
				return err
			}
			if c.videoTags, err = readTable(ctx, l.music, selectVideoTags, newAssignmentScan); err != nil {
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
	c.artistPaths = indexed(c.artists, (*Artist).byPath)
	c.albumPaths = indexed(c.albums, (*Album).byPath)
	c.songPaths = indexed(c.songs, (*Song).byPath)
	c.videoPaths = indexed(c.videos, (*Video).byPath)
	c.albumsOf = indexed(c.albums, (*Album).byArtist)
	c.songsOf = indexed(c.songs, (*Song).byAlbum)
	c.videosOf = indexed(c.videos, (*Video).byArtist)
}
