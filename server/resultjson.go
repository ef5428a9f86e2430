package server

import (
	"encoding/json"

	"musicdb/media/library"
)

// appendResult writes the JSON of a result. The types that are asked for often are
// written without reflection; what is JSON already passes as it is, so that numbers
// keep their digits.
func appendResult(dst []byte, result any) ([]byte, error) {
	switch r := result.(type) {
	case json.RawMessage:
		return append(dst, r...), nil
	case albumInfo:
		return appendAlbumInfo(dst, &r), nil
	case songInfo:
		return appendSongInfo(dst, &r), nil
	case findings:
		return appendFindings(dst, &r), nil
	case tagSet:
		return appendTagSet(dst, &r), nil
	case []library.Artist:
		return appendList(dst, r, appendArtist), nil
	case []albumEntry:
		return appendList(dst, r, appendAlbumEntry), nil
	default:
		raw, err := json.Marshal(result)
		return append(dst, raw...), err
	}
}

// appendList writes an array, or null for nil.
func appendList[T any](dst []byte, list []T, item func([]byte, *T) []byte) []byte {
	if list == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = item(dst, &list[i])
	}
	return append(dst, ']')
}

func appendAlbumEntry(dst []byte, a *albumEntry) []byte {
	dst = appendAlbum(append(dst, `{"album":`...), &a.Album)
	dst = appendAlbumTags(append(dst, `,"tags":`...), &a.Tags)
	return append(dst, '}')
}

func appendSongEntry(dst []byte, s *songEntry) []byte {
	dst = appendSong(append(dst, `{"song":`...), &s.Song)
	dst = appendSongTags(append(dst, `,"tags":`...), &s.Tags)
	return append(dst, '}')
}

func appendAlbumInfo(dst []byte, a *albumInfo) []byte {
	dst = appendArtist(append(dst, `{"artist":`...), &a.Artist)
	dst = appendAlbum(append(dst, `,"album":`...), &a.Album)
	dst = appendAlbumTags(append(dst, `,"tags":`...), &a.Tags)
	dst = appendList(append(dst, `,"cds":`...), a.CDs, func(dst []byte, cd *[]songEntry) []byte {
		return appendList(dst, *cd, appendSongEntry)
	})
	return append(dst, '}')
}

func appendSongInfo(dst []byte, s *songInfo) []byte {
	dst = appendSong(append(dst, `{"song":`...), &s.Song)
	dst = appendArtist(append(dst, `,"artist":`...), &s.Artist)
	dst = appendAlbum(append(dst, `,"album":`...), &s.Album)
	dst = appendSongTags(append(dst, `,"tags":`...), &s.Tags)
	return append(dst, '}')
}

func appendSongTags(dst []byte, t *songTags) []byte {
	dst = appendRaw(append(dst, `{"songid":`...), t.SongID)
	return append(appendAssigned(dst, &t.assigned), '}')
}

func appendAlbumTags(dst []byte, t *albumTags) []byte {
	dst = appendRaw(append(dst, `{"albumid":`...), t.AlbumID)
	return append(appendAssigned(dst, &t.assigned), '}')
}

func appendAssigned(dst []byte, t *assigned) []byte {
	dst = appendList(append(dst, `,"genres":`...), t.Genres, appendTargetTag)
	dst = appendList(append(dst, `,"subgenres":`...), t.Subgenres, appendTargetTag)
	return appendList(append(dst, `,"moods":`...), t.Moods, appendTargetTag)
}

func appendTagSet(dst []byte, t *tagSet) []byte {
	dst = appendList(append(dst, `{"genres":`...), t.Genres, appendTag)
	dst = appendList(append(dst, `,"subgenres":`...), t.Subgenres, appendTag)
	dst = appendList(append(dst, `,"moods":`...), t.Moods, appendTag)
	return append(dst, '}')
}

func appendFindings(dst []byte, f *findings) []byte {
	dst = appendList(append(dst, `{"artists":`...), f.Artists, func(dst []byte, a *foundArtist) []byte {
		dst = appendArtist(append(dst, `{"artist":`...), &a.Artist)
		dst = appendList(append(dst, `,"albums":`...), a.Albums, appendAlbum)
		return append(dst, '}')
	})
	dst = appendList(append(dst, `,"albums":`...), f.Albums, func(dst []byte, a *foundAlbum) []byte {
		dst = appendArtist(append(dst, `{"artist":`...), &a.Artist)
		dst = appendAlbum(append(dst, `,"album":`...), &a.Album)
		return append(dst, '}')
	})
	dst = appendList(append(dst, `,"songs":`...), f.Songs, func(dst []byte, s *foundSong) []byte {
		dst = appendArtist(append(dst, `{"artist":`...), &s.Artist)
		dst = appendAlbum(append(dst, `,"album":`...), &s.Album)
		dst = appendSong(append(dst, `,"song":`...), &s.Song)
		return append(dst, '}')
	})
	return append(dst, '}')
}

func appendRaw(dst []byte, raw json.RawMessage) []byte {
	if raw == nil {
		return append(dst, "null"...)
	}
	return append(dst, raw...)
}
