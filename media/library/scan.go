package library

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// A column of an old file may hold NULL or a value of another type than its
// declaration says. The expressions below make of it what a row type can hold.
func text(column string) string          { return "COALESCE(CAST(" + column + " AS TEXT), '')" }
func textOrNull(column string) string    { return "CAST(" + column + " AS TEXT)" }
func integerOrNull(column string) string { return "CAST(" + column + " AS INTEGER)" }

// integers makes one column of many, to be read by parseIntegers: a database
// driver allocates memory for every value that it hands over, and there are
// millions of these. NULL becomes 0.
func integers(columns ...string) string {
	return "printf('" + strings.Repeat("%d ", len(columns)) + "', " + strings.Join(columns, ", ") + ")"
}

func selecting(from string, columns ...string) string {
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + from + " ORDER BY rowid"
}

var (
	selectArtists = selecting("artists", "artistid", text("name"), text("path"))
	selectAlbums  = selecting("albums", integers("albumid", "artistid", "added", "hidden"), text("name"), text("path"),
		integerOrNull("numofsongs"), integerOrNull("numofcds"), textOrNull("origin"), integerOrNull("release"),
		text("artworkpath"), text("bgcolor"), text("fgcolor"), text("hlcolor"))
	selectSongs = selecting("songs",
		integers("songid", "albumid", "artistid", "number", "cd", "disabled", "playtime", "bitrate", "likes", "dislikes",
			"favorite", "lyricsstate", "lastplayed", "liverecording", "badaudio"),
		text("name"), text("path"), text("checksum"))
	selectTags = selecting("tags", integers("tagid", "class"), text("name"), integerOrNull("parentid"),
		integerOrNull("icontype"), textOrNull("icon"), textOrNull("color"), integerOrNull("posx"), integerOrNull("posy"))
	selectVideos = selecting("videos",
		integers("videoid", "artistid", "disabled", "playtime", "added", "likes", "dislikes", "favorite", "liverecording",
			"badaudio", "lastplayed", "lyricsvideo"),
		text("name"), text("path"), text("framesdirectory"), text("thumbnailfile"), text("previewfile"), text("checksum"),
		text("bgcolor"), text("fgcolor"), text("hlcolor"), textOrNull("origin"), textOrNull("codec"), integerOrNull("songid"),
		integerOrNull("albumid"), integerOrNull("release"), integerOrNull("xresolution"), integerOrNull("yresolution"),
		integerOrNull("vbegin"), integerOrNull("vend"))
	selectAlbumTags = selectAssignments("albumtags", "albumid")
	selectSongTags  = selectAssignments("songtags", "songid")
	selectVideoTags = selectAssignments("videotags", "videoid")
)

func selectAssignments(from, target string) string {
	return selecting(from, integers(target, "entryid", "tagid", "approval"), "max(0.0, min(1.0, COALESCE(CAST(confidence AS REAL), 0.0)))")
}

// A scan reads the columns of a SELECT above into a row. It owns what it needs
// in between, so that nothing is allocated per row but its strings.
type scan[R any] func(*sql.Rows, *R) error

func newArtistScan() scan[Artist] {
	return func(from *sql.Rows, a *Artist) error { return from.Scan(&a.ID, &a.Name, &a.Path) }
}

func newAlbumScan() scan[Album] {
	var numbers sql.RawBytes
	return func(from *sql.Rows, a *Album) error {
		if err := from.Scan(&numbers, &a.Name, &a.Path, &a.NumOfSongs, &a.NumOfCDs, &a.Origin, &a.Release,
			&a.ArtworkPath, &a.BgColor, &a.FgColor, &a.HlColor); err != nil {
			return err
		}
		return parseIntegers(numbers, &a.ID, &a.ArtistID, &a.Added, &a.Hidden)
	}
}

func newSongScan() scan[Song] {
	var numbers sql.RawBytes
	return func(from *sql.Rows, s *Song) error {
		if err := from.Scan(&numbers, &s.Name, &s.Path, &s.Checksum); err != nil {
			return err
		}
		return parseIntegers(numbers, &s.ID, &s.AlbumID, &s.ArtistID, &s.Number, &s.CD, &s.Disabled, &s.Playtime,
			&s.Bitrate, &s.Likes, &s.Dislikes, &s.Favorite, &s.LyricsState, &s.LastPlayed, &s.LiveRecording, &s.BadAudio)
	}
}

func newVideoScan() scan[Video] {
	var numbers sql.RawBytes
	return func(from *sql.Rows, v *Video) error {
		if err := from.Scan(&numbers, &v.Name, &v.Path, &v.FramesDirectory, &v.ThumbnailFile, &v.PreviewFile, &v.Checksum,
			&v.BgColor, &v.FgColor, &v.HlColor, &v.Origin, &v.Codec, &v.SongID, &v.AlbumID, &v.Release, &v.XResolution,
			&v.YResolution, &v.VBegin, &v.VEnd); err != nil {
			return err
		}
		return parseIntegers(numbers, &v.ID, &v.ArtistID, &v.Disabled, &v.Playtime, &v.Added, &v.Likes, &v.Dislikes,
			&v.Favorite, &v.LiveRecording, &v.BadAudio, &v.LastPlayed, &v.LyricsVideo)
	}
}

func newTagScan() scan[Tag] {
	var numbers sql.RawBytes
	return func(from *sql.Rows, t *Tag) error {
		if err := from.Scan(&numbers, &t.Name, &t.ParentID, &t.IconType, &t.Icon, &t.Color, &t.PosX, &t.PosY); err != nil {
			return err
		}
		return parseIntegers(numbers, &t.ID, &t.Class)
	}
}

func newAssignmentScan() scan[assignment] {
	var numbers sql.RawBytes
	return func(from *sql.Rows, a *assignment) error {
		if err := from.Scan(&numbers, &a.confidence); err != nil {
			return err
		}
		return parseIntegers(numbers, &a.target, &a.entry, &a.tag, &a.approval)
	}
}

// parseIntegers reads what integers has written: decimal numbers, each followed
// by a blank.
func parseIntegers(text []byte, into ...*int64) error {
	for _, number := range into {
		negative := len(text) > 0 && text[0] == '-'
		if negative {
			text = text[1:]
		}
		var n uint64 // the lowest number has no positive twin in int64
		digits := 0
		for digits < len(text) && '0' <= text[digits] && text[digits] <= '9' {
			n = 10*n + uint64(text[digits]-'0')
			digits++
		}
		if digits == 0 || digits == len(text) || text[digits] != ' ' {
			return fmt.Errorf("%q is not a list of %d integers", text, len(into))
		}
		text = text[digits+1:]
		if *number = int64(n); negative {
			*number = -*number
		}
	}
	return nil
}

// readTable reads all rows of a SELECT. They go straight into pages, which are
// those of the table if the rows come in its order.
func readTable[R any, P ordered[R]](ctx context.Context, db *database, query string, newScan func() scan[R]) (table[R, P], error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return table[R, P]{}, err
	}
	defer rows.Close()
	var (
		read  = newScan()
		pages [][]R
		page  []R
	)
	for rows.Next() {
		if len(page) == cap(page) {
			pages = append(pages, make([]R, 0, pageRows))
		}
		last := len(pages) - 1
		page = pages[last][:len(pages[last])+1]
		pages[last] = page
		if err := read(rows, &page[len(page)-1]); err != nil {
			return table[R, P]{}, err
		}
	}
	if err := rows.Err(); err != nil {
		return table[R, P]{}, err
	}
	return tableOfPages[R, P](pages), nil
}
