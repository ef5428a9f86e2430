package artwork

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"musicdb/media/files"
)

// Source says where the picture of a cover comes from.
type Source uint8

// The sources of an album's cover in its directory.
const (
	SourceFolder   Source = iota + 1 // a picture file beside the songs
	SourceEmbedded                   // in the tags of a song
)

var sourceNames = [...]string{"unknown", "folder", "embedded"}

func (s Source) String() string {
	if int(s) >= len(sourceNames) {
		return sourceNames[0]
	}
	return sourceNames[s]
}

// Candidate is a picture that could become the cover of an album.
type Candidate struct {
	Source Source
	Path   string // of the picture, or of the song that holds it, relative to the music directory
	Bytes  int
	Info   // zero where Err is set

	// Err says why the picture cannot be used: it matches [ErrFormat], [ErrTooLarge]
	// or [ErrDamaged], or comes from the file system or the tag library.
	Err error
}

// Candidates lists the pictures in an album's directory, the best first: pictures
// in files named cover, folder, front or album, and the first one that is embedded
// in a song, that of the front before others. A picture is the better the larger
// its shorter side is, up to the largest scale; among equals an embedded one comes
// first, as the reference server takes it. What cannot be used comes last, with the
// reason. Pictures are looked at, not decoded: one that is damaged further inside
// is found out by [Store.SetCover].
//
// album is a directory relative to the music directory. The error is that of a
// directory that cannot be listed, or of ctx.
func (s *Store) Candidates(ctx context.Context, music *files.Music, album string) ([]Candidate, error) {
	names, songs, err := music.PictureSources(album)
	if err != nil {
		return nil, fmt.Errorf("artwork: pictures of %q: %w", album, err)
	}
	var found []Candidate
	for _, name := range songs {
		c := s.candidate(ctx, music, Candidate{Source: SourceEmbedded, Path: name})
		if errors.Is(c.Err, fs.ErrNotExist) {
			continue
		}
		found = append(found, c)
		if c.Err == nil {
			break
		}
	}
	for _, name := range names {
		found = append(found, s.candidate(ctx, music, Candidate{Source: SourceFolder, Path: name}))
	}
	slices.SortStableFunc(found, func(a, b Candidate) int { return s.rank(b) - s.rank(a) })
	return found, ctx.Err()
}

// rank is 0 for what cannot be used.
func (s *Store) rank(c Candidate) int {
	edge := min(c.Width, c.Height)
	if len(s.scales) > 0 {
		edge = min(edge, s.scales[len(s.scales)-1])
	}
	return edge
}

func (s *Store) candidate(ctx context.Context, music *files.Music, c Candidate) Candidate {
	data, err := c.Read(ctx, music)
	if err == nil {
		c.Bytes = len(data)
		c.Info, err = s.Inspect(data)
	}
	c.Err = err
	return c
}

// Read returns the picture for [Store.SetCover]. The error matches fs.ErrNotExist
// where there is no picture any more.
func (c Candidate) Read(ctx context.Context, music *files.Music) ([]byte, error) {
	if c.Source == SourceFolder {
		data, err := music.ReadPicture(ctx, c.Path, MaxBytes)
		if errors.Is(err, files.ErrTooMuch) {
			err = fmt.Errorf("%w: %w", ErrTooLarge, err)
		}
		return data, err
	}
	data, err := music.ReadCover(ctx, c.Path)
	if err == nil && data == nil {
		err = fmt.Errorf("artwork: the song %q holds no picture: %w", c.Path, fs.ErrNotExist)
	}
	return data, err
}
