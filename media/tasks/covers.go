package tasks

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/library"
)

// Covers stores the cover of an album and returns the name under which it was
// stored, relative to the artwork directory. A picture that cannot be used gives
// an error that matches artwork.ErrFormat, ErrTooLarge or ErrDamaged.
type Covers interface {
	SetCover(ctx context.Context, artist, album string, picture []byte) (name string, err error)
}

// covers gives every album with the default cover the first picture embedded in
// its songs. It runs after all songs are in, because scaling one cover takes as
// long as reading twenty songs, and music should be there first. It fails after
// the last album when covers could not be stored, so that the next start tries
// those again.
func (s *firstScan) covers(ctx context.Context) error {
	if s.o.Covers == nil {
		return nil
	}
	catalogue := s.o.Library.Catalogue()
	for _, album := range catalogue.Albums() {
		if album.ArtworkPath == library.DefaultArtwork {
			if err := s.cover(ctx, catalogue, album); err != nil {
				return err
			}
		}
		s.looked++
		s.tell(MarkCovers, album.Path)
	}
	if s.unstored != nil {
		return fmt.Errorf("tasks: not all covers could be stored: %w; check free space and permissions of the artwork directory, the next start goes on", s.unstored)
	}
	return nil
}

// cover fails only when the context ends or the database cannot be written. An
// album whose picture cannot be used, or not be stored, keeps the default cover.
func (s *firstScan) cover(ctx context.Context, catalogue *library.Catalogue, album library.Album) error {
	song, picture := s.picture(ctx, catalogue.SongsOf(album.ID))
	if err := ctx.Err(); err != nil || picture == nil {
		return err
	}
	artist, _ := catalogue.Artist(album.ArtistID)
	name, err := s.o.Covers.SetCover(ctx, artist.Name, album.Name, picture)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, artwork.ErrFormat), errors.Is(err, artwork.ErrTooLarge), errors.Is(err, artwork.ErrDamaged):
		s.note(&files.Finding{Path: song, Problem: files.ProblemPicture, Err: err})
		return nil
	default:
		s.o.Log.Error("a cover cannot be stored", "album", album.Path, "error", err)
		s.unstored = cmp.Or(s.unstored, err)
		return nil
	}
	// A client may have set another cover, or removed the album, meanwhile.
	if now, exists := s.o.Library.Catalogue().Album(album.ID); !exists || now.ArtworkPath != library.DefaultArtwork {
		return nil
	}
	err = s.o.Library.SetAlbumArtwork(ctx, album.ID, name)
	if errors.Is(err, library.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("tasks: entering the cover of %q: %w", album.Path, err)
	}
	s.report.Covers++
	return nil
}

// picture returns the first embedded picture and the path of its song. A song
// whose tags cannot be read was a finding already.
func (s *firstScan) picture(ctx context.Context, songs []library.Song) (string, []byte) {
	for _, song := range songs {
		picture, err := s.o.Music.ReadCover(ctx, song.Path)
		if err == nil && picture != nil {
			return song.Path, picture
		}
	}
	return "", nil
}
