package plans

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"musicdb/media/library"
	"musicdb/media/maintenance"
)

// writeRows writes the rows of an operation.
func (j *job) writeRows(e *library.Edit, i int) error {
	switch o := &j.plan.Operations[i]; {
	case o.Move != nil:
		return maintenance.Follow(e, o.Move.From, o.Move.To)
	case o.WriteTags != nil:
		return j.checkedAgain(e, o.WriteTags.File.Path)
	case o.SetCover != nil:
		return setCover(e, o.SetCover, j.covers[i])
	case o.EnterAlbum != nil:
		_, err := e.AddAlbum(j.album(o.EnterAlbum))
		return err
	case o.EnterSongs != nil:
		return j.enterSongs(e, o.EnterSongs)
	case o.EnterVideo != nil:
		return enterVideo(e, o.EnterVideo)
	case o.ChangeRow != nil:
		return changeRow(e, o.ChangeRow)
	case o.RemoveRow != nil:
		return removeRow(e, o.RemoveRow)
	}
	return nil
}

// checkedAgain gives the row of a song the checksum of its new file.
func (j *job) checkedAgain(e *library.Edit, rel string) error {
	s, known := e.Catalogue().SongByPath(rel)
	if !known {
		return nil
	}
	s.Checksum = j.checksums[rel]
	return e.PutSong(s)
}

func (j *job) album(a *EnterAlbum) library.NewAlbum {
	return library.NewAlbum{
		ArtistName: a.ArtistName, ArtistPath: a.ArtistPath, Name: a.Name, Path: a.Path, Origin: a.Origin, Release: a.Release,
		BgColor: a.Colors.Background, FgColor: a.Colors.Foreground, HlColor: a.Colors.Highlight, Added: added(a.Added), Songs: j.songs(a.Songs),
	}
}

func (j *job) songs(songs []Song) []library.NewSong {
	list := make([]library.NewSong, len(songs))
	for i, s := range songs {
		checksum := s.File.Checksum
		if written, ok := j.checksums[initial(j.plan.Operations, s.File.Path)]; ok {
			checksum = written
		}
		list[i] = library.NewSong{
			Name: s.Name, Path: s.File.Path, Number: s.Number, CD: s.CD, Playtime: s.Playtime, Bitrate: s.Bitrate,
			Checksum: checksum, Lyrics: s.Lyrics, LiveRecording: s.LiveRecording, BadAudio: s.BadAudio,
		}
	}
	return list
}

func (j *job) enterSongs(e *library.Edit, o *EnterSongs) error {
	a, known := e.Catalogue().AlbumByPath(o.AlbumPath)
	if !known {
		return &library.EntryError{Reason: library.ErrNotFound, Kind: "album", Detail: o.AlbumPath}
	}
	for _, s := range j.songs(o.Songs) {
		if _, err := e.AddSong(a.ID, s); err != nil {
			return err
		}
	}
	return e.Recount(a.ID)
}

func enterVideo(e *library.Edit, o *EnterVideo) error {
	artist, known := e.Catalogue().ArtistByPath(o.ArtistPath)
	if !known {
		var err error
		if artist, err = e.AddArtist(o.ArtistName, o.ArtistPath); err != nil {
			return err
		}
	}
	_, err := e.AddVideo(library.NewVideo{
		ArtistID: artist.ID, Added: added(o.Added), Name: o.Name, Path: o.File.Path, Playtime: o.Playtime, Origin: o.Origin, Release: o.Release,
		Codec: o.Codec, XResolution: o.XResolution, YResolution: o.YResolution, Checksum: o.File.Checksum,
		LiveRecording: o.LiveRecording, BadAudio: o.BadAudio, LyricsVideo: o.LyricsVideo,
	})
	return err
}

func setCover(e *library.Edit, o *SetCover, name string) error {
	a, known := e.Catalogue().AlbumByPath(o.AlbumPath)
	if !known {
		return &library.EntryError{Reason: library.ErrNotFound, Kind: "album", Detail: o.AlbumPath}
	}
	a.ArtworkPath = name
	if o.Colors != (Colors{}) {
		a.BgColor, a.FgColor, a.HlColor = o.Colors.Background, o.Colors.Foreground, o.Colors.Highlight
	}
	return e.PutAlbum(a)
}

// changeRow writes columns of a row, the others as they are.
func changeRow(e *library.Edit, o *ChangeRow) error {
	row, err := columns(e.Catalogue(), o.Table, o.ID)
	if err != nil {
		return err
	}
	maps.Copy(row, o.After)
	raw, err := json.Marshal(row)
	if err != nil {
		return err
	}
	switch o.Table {
	case "artists":
		return put(raw, e.PutArtist)
	case "albums":
		return put(raw, e.PutAlbum)
	case "songs":
		return put(raw, e.PutSong)
	case "videos":
		return put(raw, e.PutVideo)
	}
	return fmt.Errorf("plans: no rows of %q can be changed", o.Table)
}

func put[R any](raw []byte, write func(R) error) error {
	var row R
	if err := json.Unmarshal(raw, &row); err != nil {
		return fmt.Errorf("plans: a row cannot have these values: %w", err)
	}
	return write(row)
}

func removeRow(e *library.Edit, o *RemoveRow) error {
	switch o.Table {
	case "artists":
		return e.RemoveArtist(o.ID)
	case "albums":
		return e.RemoveAlbum(o.ID)
	case "songs":
		return e.RemoveSong(o.ID)
	case "videos":
		return e.RemoveVideo(o.ID)
	}
	return fmt.Errorf("plans: no rows of %q can be removed", o.Table)
}

// added is when something was added; 0 is the zero time, which means now.
func added(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0)
}
