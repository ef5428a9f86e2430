package server

import (
	"musicdb/media/library"
	"musicdb/server/wire"
)

// The rows that long lists are made of, written without reflection. A test holds each
// of these functions equal to encoding/json, so that a new column cannot be forgotten.

func appendArtist(dst []byte, a *library.Artist) []byte {
	dst = wire.AppendInt(append(dst, `{"id":`...), a.ID)
	dst = wire.AppendString(append(dst, `,"name":`...), a.Name)
	dst = wire.AppendString(append(dst, `,"path":`...), a.Path)
	return append(dst, '}')
}

func appendAlbum(dst []byte, a *library.Album) []byte {
	dst = wire.AppendInt(append(dst, `{"id":`...), a.ID)
	dst = wire.AppendInt(append(dst, `,"artistid":`...), a.ArtistID)
	dst = wire.AppendString(append(dst, `,"name":`...), a.Name)
	dst = wire.AppendString(append(dst, `,"path":`...), a.Path)
	dst = wire.AppendMaybeInt(append(dst, `,"numofsongs":`...), a.NumOfSongs)
	dst = wire.AppendMaybeInt(append(dst, `,"numofcds":`...), a.NumOfCDs)
	dst = wire.AppendMaybeString(append(dst, `,"origin":`...), a.Origin)
	dst = wire.AppendMaybeInt(append(dst, `,"release":`...), a.Release)
	dst = wire.AppendString(append(dst, `,"artworkpath":`...), a.ArtworkPath)
	dst = wire.AppendString(append(dst, `,"bgcolor":`...), a.BgColor)
	dst = wire.AppendString(append(dst, `,"fgcolor":`...), a.FgColor)
	dst = wire.AppendString(append(dst, `,"hlcolor":`...), a.HlColor)
	dst = wire.AppendInt(append(dst, `,"added":`...), a.Added)
	dst = wire.AppendInt(append(dst, `,"hidden":`...), a.Hidden)
	return append(dst, '}')
}

func appendSong(dst []byte, s *library.Song) []byte {
	dst = wire.AppendInt(append(dst, `{"id":`...), s.ID)
	dst = wire.AppendInt(append(dst, `,"albumid":`...), s.AlbumID)
	dst = wire.AppendInt(append(dst, `,"artistid":`...), s.ArtistID)
	dst = wire.AppendString(append(dst, `,"name":`...), s.Name)
	dst = wire.AppendString(append(dst, `,"path":`...), s.Path)
	dst = wire.AppendInt(append(dst, `,"number":`...), s.Number)
	dst = wire.AppendInt(append(dst, `,"cd":`...), s.CD)
	dst = wire.AppendInt(append(dst, `,"disabled":`...), s.Disabled)
	dst = wire.AppendInt(append(dst, `,"playtime":`...), s.Playtime)
	dst = wire.AppendInt(append(dst, `,"bitrate":`...), s.Bitrate)
	dst = wire.AppendInt(append(dst, `,"likes":`...), s.Likes)
	dst = wire.AppendInt(append(dst, `,"dislikes":`...), s.Dislikes)
	dst = wire.AppendInt(append(dst, `,"favorite":`...), s.Favorite)
	dst = wire.AppendInt(append(dst, `,"lyricsstate":`...), s.LyricsState)
	dst = wire.AppendString(append(dst, `,"checksum":`...), s.Checksum)
	dst = wire.AppendInt(append(dst, `,"lastplayed":`...), s.LastPlayed)
	dst = wire.AppendInt(append(dst, `,"liverecording":`...), s.LiveRecording)
	dst = wire.AppendInt(append(dst, `,"badaudio":`...), s.BadAudio)
	return append(dst, '}')
}

func appendTag(dst []byte, t *library.Tag) []byte { return appendTagKeys(append(dst, '{'), t) }

// appendTagKeys adds the keys of a tag and the brace behind them.
func appendTagKeys(dst []byte, t *library.Tag) []byte {
	dst = wire.AppendInt(append(dst, `"id":`...), t.ID)
	dst = wire.AppendString(append(dst, `,"name":`...), t.Name)
	dst = wire.AppendInt(append(dst, `,"class":`...), t.Class)
	dst = wire.AppendMaybeInt(append(dst, `,"parentid":`...), t.ParentID)
	dst = wire.AppendMaybeInt(append(dst, `,"icontype":`...), t.IconType)
	dst = wire.AppendMaybeString(append(dst, `,"icon":`...), t.Icon)
	dst = wire.AppendMaybeString(append(dst, `,"color":`...), t.Color)
	dst = wire.AppendMaybeInt(append(dst, `,"posx":`...), t.PosX)
	dst = wire.AppendMaybeInt(append(dst, `,"posy":`...), t.PosY)
	return append(dst, '}')
}

func appendTargetTag(dst []byte, t *library.TargetTag) []byte {
	return appendTagKeys(append(appendAssignment(dst, t), ','), &t.Tag)
}

// appendAssignment adds the brace and the keys before those of the tag.
func appendAssignment(dst []byte, t *library.TargetTag) []byte {
	dst = wire.AppendInt(append(dst, `{"entryid":`...), t.EntryID)
	if t.SongID != 0 {
		dst = wire.AppendInt(append(dst, `,"songid":`...), t.SongID)
	}
	if t.AlbumID != 0 {
		dst = wire.AppendInt(append(dst, `,"albumid":`...), t.AlbumID)
	}
	if t.VideoID != 0 {
		dst = wire.AppendInt(append(dst, `,"videoid":`...), t.VideoID)
	}
	dst = wire.AppendInt(append(dst, `,"tagid":`...), t.TagID)
	dst = wire.AppendFloat(append(dst, `,"confidence":`...), t.Confidence)
	return wire.AppendInt(append(dst, `,"approval":`...), t.Approval)
}
