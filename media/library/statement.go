package library

import "strings"

// rows is how the rows of one table are written: by id, with the values of all
// other columns in the order of the schema.
type rows struct {
	noun    string // what a row is called in errors
	table   string
	key     string
	columns []string // without the key
	insert  string
	remove  string
}

var (
	artistRows = rowsOf("artist", "artists")
	albumRows  = rowsOf("album", "albums")
	songRows   = rowsOf("song", "songs")
	videoRows  = rowsOf("video", "videos")
	tagRows    = rowsOf("tag", "tags")

	assignmentRows = map[Target]*rows{
		SongTarget:  rowsOf("tag of a song", "songtags"),
		AlbumTarget: rowsOf("tag of an album", "albumtags"),
		VideoTarget: rowsOf("tag of a video", "videotags"),
	}
)

// rowsOf finds a table of the music database. The edits' connection has it
// as "main", beside the tracker.
func rowsOf(noun, table string) *rows {
	for _, t := range musicSchema.tables {
		if t.name != table {
			continue
		}
		r := &rows{noun: noun, table: table, key: t.columns[0].name}
		for _, c := range t.columns[1:] {
			r.columns = append(r.columns, c.name)
		}
		r.insert = "INSERT INTO main." + table + " (" + strings.Join(r.columns, ", ") + ") VALUES (?" +
			strings.Repeat(", ?", len(r.columns)-1) + ")"
		r.remove = "DELETE FROM main." + table + " WHERE " + r.key + " = ?"
		return r
	}
	panic("no such table: " + table)
}

// update returns the statement that writes the columns in which before and after
// differ, and its arguments without the key; no arguments when all are equal.
func (r *rows) update(before, after []any) (statement string, args []any) {
	var set []string
	for i, value := range after {
		if value != before[i] {
			set, args = append(set, r.columns[i]+" = ?"), append(args, value)
		}
	}
	return "UPDATE main." + r.table + " SET " + strings.Join(set, ", ") + " WHERE " + r.key + " = ?", args
}

// The values of a row without its key, in the order of the schema.

func (a *Artist) values() []any { return []any{a.Name, a.Path} }

func (a *Album) values() []any {
	return []any{a.ArtistID, a.Name, a.Path, orNull(a.NumOfSongs), orNull(a.NumOfCDs), orNull(a.Origin), orNull(a.Release),
		a.ArtworkPath, a.BgColor, a.FgColor, a.HlColor, a.Added, a.Hidden}
}

func (s *Song) values() []any {
	return []any{s.AlbumID, s.ArtistID, s.Name, s.Path, s.Number, s.CD, s.Disabled, s.Playtime, s.Bitrate, s.Likes, s.Dislikes,
		s.Favorite, s.LyricsState, s.Checksum, s.LastPlayed, s.LiveRecording, s.BadAudio}
}

func (v *Video) values() []any {
	return []any{orNull(v.SongID), orNull(v.AlbumID), v.ArtistID, v.Name, v.Path, v.Disabled, v.Playtime, orNull(v.Origin),
		orNull(v.Release), v.Added, orNull(v.Codec), orNull(v.XResolution), orNull(v.YResolution), v.FramesDirectory,
		v.ThumbnailFile, v.PreviewFile, v.Likes, v.Dislikes, v.Favorite, v.LiveRecording, v.BadAudio, v.Checksum, v.LastPlayed,
		v.LyricsVideo, v.BgColor, v.FgColor, v.HlColor, orNull(v.VBegin), orNull(v.VEnd)}
}

func (t *Tag) values() []any {
	return []any{t.Name, t.Class, orNull(t.ParentID), orNull(t.IconType), orNull(t.Icon), orNull(t.Color), orNull(t.PosX), orNull(t.PosY)}
}

func orNull[T any](value *T) any {
	if value == nil {
		return nil
	}
	return *value
}
