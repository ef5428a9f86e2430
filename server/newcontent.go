package server

import (
	"context"
	"errors"
	"path"

	"musicdb/media/files"
	"musicdb/server/wire"
)

// newContent is the result of FindNewContent.
type newContent struct {
	Albums []newAlbum `json:"albums"`
	Videos []newVideo `json:"videos"`
}

type newAlbum struct {
	Path       string `json:"path"`
	ArtistName string `json:"artistname"`
	AlbumName  string `json:"albumname"`
	Release    *int   `json:"release"`
}

type newVideo struct {
	Path       string `json:"path"`
	ArtistName string `json:"artistname"`
	VideoName  string `json:"videoname"`
	Release    *int   `json:"release"`
	Extension  string `json:"extension"`
}

// findNewContent may take long in a large collection. It holds up nobody but its
// caller, and ends when the server does.
func (s *Server) findNewContent(ctx context.Context, _ none) (newContent, error) {
	c := s.o.Library.Catalogue()
	found, err := s.o.Music.FindNew(ctx, files.FindOptions{
		Ignore:     s.o.Ignore,
		KnownAlbum: func(rel string) bool { _, known := c.AlbumByPath(rel); return known },
		KnownVideo: func(rel string) bool { _, known := c.VideoByPath(rel); return known },
		Found: func(f *files.Finding) {
			s.log.Debug("new content: "+f.Problem.String(), "path", f.Path, "cause", f.Cause(), "remedy", f.Remedy())
		},
	})
	if err != nil {
		return newContent{}, err
	}
	result := newContent{make([]newAlbum, len(found.Albums)), make([]newVideo, len(found.Videos))}
	for i, a := range found.Albums {
		result.Albums[i] = newAlbum{a.Path, a.Artist, a.Name, a.Release}
	}
	for i, v := range found.Videos {
		result.Videos[i] = newVideo{v.Path, v.Artist, v.Name, v.Release, v.Extension}
	}
	return result, nil
}

// songFile is one entry of FindAlbumSongFiles.
type songFile struct {
	Path     string    `json:"path"`
	FromMeta fromMeta  `json:"frommeta"`
	FromFile *fromFile `json:"fromfile"`
}

// fromMeta is what a file says about itself. Numbers it does not say are 0.
type fromMeta struct {
	SongName    *string      `json:"songname"`
	AlbumName   *string      `json:"albumname"`
	ArtistName  *string      `json:"artistname"`
	ReleaseYear *int         `json:"releaseyear"`
	Origin      files.Origin `json:"origin"`
	CDNumber    int          `json:"cdnumber"`
	SongNumber  int          `json:"songnumber"`
	HasLyrics   bool         `json:"haslyrics"`
	HasArtwork  bool         `json:"hasartwork"`
}

// fromFile is what the path says.
type fromFile struct {
	SongName    string `json:"songname"`
	AlbumName   string `json:"albumname"`
	ArtistName  string `json:"artistname"`
	ReleaseYear int    `json:"releaseyear"`
	CDNumber    int    `json:"cdnumber"`
	SongNumber  int    `json:"songnumber"`
}

type findAlbumSongFilesArgs struct {
	AlbumPath wire.Text `json:"albumpath"`
}

// findAlbumSongFiles answers with an empty list for what is no directory of the
// music directory. A file that cannot be read is listed with what its path says.
func (s *Server) findAlbumSongFiles(ctx context.Context, a findAlbumSongFilesArgs) ([]songFile, error) {
	songs, err := s.newSongs(string(a.AlbumPath))
	if err != nil {
		s.log.Debug("no songs to be found", "path", string(a.AlbumPath), "err", err)
	}
	list := make([]songFile, 0, len(songs))
	for _, rel := range songs {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		list = append(list, s.describe(ctx, rel))
	}
	return list, nil
}

func (s *Server) newSongs(albumPath string) ([]string, error) {
	c := s.o.Library.Catalogue()
	return s.o.Music.NewSongs(albumPath, s.o.Ignore, func(rel string) bool { _, known := c.SongByPath(rel); return known })
}

func (s *Server) describe(ctx context.Context, rel string) songFile {
	tags, err := s.o.Music.ReadTags(ctx, rel)
	cover, coverErr := s.o.Music.ReadCover(ctx, rel)
	if err := errors.Join(err, coverErr); err != nil {
		s.log.Info("a new song cannot be read completely", "path", rel, "err", err)
	}
	entry := songFile{Path: rel, FromMeta: fromMeta{
		SongName: tags.Title, AlbumName: tags.Album, ArtistName: tags.Artist, ReleaseYear: tags.Year, Origin: tags.Origin,
		CDNumber: tags.Disc, SongNumber: tags.Track, HasLyrics: tags.Lyrics != nil, HasArtwork: len(cover) > 0,
	}}
	if tags.Origin == "" {
		entry.FromMeta.Origin = files.OriginInternet
	}
	if tags.Year == nil && tags.Format == files.FormatMPEG {
		entry.FromMeta.ReleaseYear = new(int)
	}
	if at, err := files.Analyse(rel, files.KindSong); err == nil {
		entry.FromFile = &fromFile{at.Name, at.Album, at.Artist, at.Release, at.CD, at.Number}
		return entry
	}
	// A client that gets a name from neither side has nothing to show.
	orElement := func(name *string, element string) *string {
		if name == nil {
			return &element
		}
		return name
	}
	file, directory := path.Base(rel), path.Dir(rel)
	m := &entry.FromMeta
	m.SongName = orElement(m.SongName, file[:len(file)-len(path.Ext(file))])
	m.AlbumName = orElement(m.AlbumName, path.Base(directory))
	m.ArtistName = orElement(m.ArtistName, path.Base(path.Dir(directory)))
	return entry
}
