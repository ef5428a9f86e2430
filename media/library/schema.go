package library

import (
	"context"
	"database/sql"
)

// A schema is everything this package knows about one kind of database file.
// The columns of the two old files, their types, defaults and order are those
// of the old server, which reads rows by position: they must stay as they are.
type schema struct {
	file    string
	version int
	tables  []tableSchema
	indexes []indexSchema                        // of our own file alone: MusicDB 8 has none
	rows    []string                             // inserted into a new file, besides the version
	steps   []step                               // from older versions, in order
	repair  func(context.Context, *sql.Tx) error // of what programs that wrote this version have done wrong; may be nil
}

// oldest is the version that can still be upgraded.
func (s schema) oldest() int { return s.version - len(s.steps) }

type tableSchema struct {
	name    string
	columns []column // the first one is the key of an AUTOINCREMENT table
}

// indexSchema is an index over one column.
type indexSchema struct{ name, table, column string }

// column is a column's name and what follows it in CREATE TABLE.
type column struct{ name, is string }

const rowID = "INTEGER PRIMARY KEY AUTOINCREMENT" // ids are never used again

var metaTable = tableSchema{"meta", []column{{"id", rowID}, {"key", "TEXT"}, {"value", "TEXT DEFAULT ''"}}}

var musicSchema = schema{
	file:    "music.db",
	version: 5,
	tables: []tableSchema{
		metaTable,
		{"artists", []column{{"artistid", rowID}, {"name", "TEXT"}, {"path", "TEXT"}}},
		{"albums", []column{
			{"albumid", rowID},
			{"artistid", "INTEGER"},
			{"name", "TEXT"},
			{"path", "TEXT"},
			{"numofsongs", "INTEGER"},
			{"numofcds", "INTEGER"},
			{"origin", "TEXT"},
			{"release", "INTEGER"},
			{"artworkpath", "TEXT DEFAULT 'default.jpg'"},
			{"bgcolor", "TEXT DEFAULT '#101010'"},
			{"fgcolor", "TEXT DEFAULT '#F0F0F0'"},
			{"hlcolor", "TEXT DEFAULT '#909090'"},
			{"added", "INTEGER DEFAULT 0"},
			{"hidden", "INTEGER DEFAULT 0"},
		}},
		{"songs", []column{
			{"songid", rowID},
			{"albumid", "INTEGER"},
			{"artistid", "INTEGER"},
			{"name", "TEXT"},
			{"path", "TEXT"},
			{"number", "INTEGER"},
			{"cd", "INTEGER"},
			{"disabled", "INTEGER"},
			{"playtime", "INTEGER"},
			{"bitrate", "INTEGER"},
			{"likes", "INTEGER DEFAULT 0"},
			{"dislikes", "INTEGER DEFAULT 0"},
			{"favorite", "INTEGER DEFAULT 0"},
			{"lyricsstate", "INTEGER DEFAULT 0"},
			{"checksum", `TEXT DEFAULT ""`},
			{"lastplayed", "INTEGER DEFAULT 0"},
			{"liverecording", "INTEGER DEFAULT 0"},
			{"badaudio", "INTEGER DEFAULT 0"},
		}},
		{"videos", videoColumns},
		{"lyrics", []column{{"songid", "INTEGER"}, {"lyrics", "TEXT"}}},
		{"tags", []column{
			{"tagid", rowID},
			{"name", "TEXT"},
			{"class", "INTEGER"},
			{"parentid", "INTEGER DEFAULT NULL"},
			{"icontype", "INTEGER DEFAULT NULL"},
			{"icon", "TEXT DEFAULT NULL"},
			{"color", "TEXT DEFAULT NULL"},
			{"posx", "INTEGER DEFAULT NULL"},
			{"posy", "INTEGER DEFAULT NULL"},
		}},
		{"albumtags", assignmentColumns("albumid")},
		{"songtags", assignmentColumns("songid")},
		{"videotags", assignmentColumns("videoid")},
	},
	rows: []string{`INSERT INTO tags (name, class, posx) VALUES ('Other', 1, 0)`},
	steps: []step{
		// Version 5 came with MusicDB 7.0.
		{5, []string{"videos", "videotags"}, map[string][]string{"songs": {"liverecording", "badaudio"}, "albums": {"hidden"}}},
	},
	repair: repairVideos,
}

var videoColumns = []column{
	{"videoid", rowID},
	{"songid", "INTEGER DEFAULT NULL"},
	{"albumid", "INTEGER DEFAULT NULL"},
	{"artistid", "INTEGER"},
	{"name", "TEXT"},
	{"path", "TEXT"},
	{"disabled", "INTEGER DEFAULT 0"},
	{"playtime", "INTEGER"},
	{"origin", "TEXT"},
	{"release", "INTEGER"},
	{"added", "INTEGER"},
	{"codec", "TEXT"},
	{"xresolution", "INTEGER"},
	{"yresolution", "INTEGER"},
	{"framesdirectory", "TEXT"},
	{"thumbnailfile", "TEXT"},
	{"previewfile", "TEXT"},
	{"likes", "INTEGER DEFAULT 0"},
	{"dislikes", "INTEGER DEFAULT 0"},
	{"favorite", "INTEGER DEFAULT 0"},
	{"liverecording", "INTEGER DEFAULT 0"},
	{"badaudio", "INTEGER DEFAULT 0"},
	{"checksum", `TEXT DEFAULT ""`},
	{"lastplayed", "INTEGER DEFAULT 0"},
	{"lyricsvideo", "INTEGER DEFAULT 0"},
	{"bgcolor", "TEXT DEFAULT '#101010'"},
	{"fgcolor", "TEXT DEFAULT '#F0F0F0'"},
	{"hlcolor", "TEXT DEFAULT '#909090'"},
	{"vbegin", "INTEGER"},
	{"vend", "INTEGER"},
}

func assignmentColumns(target string) []column {
	return []column{
		{"entryid", rowID},
		{target, "INTEGER"},
		{"tagid", "INTEGER"},
		{"confidence", "REAL DEFAULT 1.0"},
		{"approval", "INTEGER DEFAULT 1"},
	}
}

var trackerSchema = schema{
	file:    "tracker.db",
	version: 4,
	tables: []tableSchema{
		metaTable,
		{"songrelations", []column{{"id", rowID}, {"songida", "INTEGER"}, {"songidb", "INTEGER"}, {"weight", "INTEGER DEFAULT 1"}}},
		{"videorelations", []column{{"id", rowID}, {"videoida", "INTEGER"}, {"videoidb", "INTEGER"}, {"weight", "INTEGER DEFAULT 1"}}},
		{"playedsongs", []column{{"id", rowID}, {"songid", "INTEGER"}, {"timestamp", "INTEGER DEFAULT 0"}, {"random", "INTEGER DEFAULT 0"}}},
		{"playedvideos", []column{{"id", rowID}, {"videoid", "INTEGER"}, {"timestamp", "INTEGER DEFAULT 0"}, {"random", "INTEGER DEFAULT 0"}}},
	},
	steps: []step{
		{3, []string{"videorelations"}, nil},              // MusicDB 7.0
		{4, []string{"playedsongs", "playedvideos"}, nil}, // MusicDB 8.1
	},
}

// ownSchema is ours alone; no other program reads it.
var ownSchema = schema{
	file:    "musicdb.db",
	version: 8,
	indexes: []indexSchema{{"contentsbychecksum", "contents", "checksum"}},
	tables: []tableSchema{
		metaTable,
		{"streamposition", []column{
			{"id", "INTEGER PRIMARY KEY CHECK (id = 1)"}, // there is one stream
			{"entryid", "TEXT NOT NULL"},
			{"seconds", "REAL NOT NULL"},
			{"playing", "INTEGER NOT NULL"},
			{"saved", "INTEGER NOT NULL"}, // Unix time in milliseconds
		}},
		{"firstscan", []column{
			{"id", "INTEGER PRIMARY KEY CHECK (id = 1)"}, // a library is filled once
			{"state", "TEXT NOT NULL"},
		}},
		{"loudness", []column{
			{"songid", "INTEGER PRIMARY KEY"},
			{"checksum", "TEXT NOT NULL"},    // of the song's row when it was measured
			{"size", "INTEGER NOT NULL"},     // of the file, in bytes
			{"modified", "INTEGER NOT NULL"}, // time of the file, Unix time in nanoseconds
			{"measured", "INTEGER NOT NULL"}, // Unix time in milliseconds
			{"integrated", "REAL"},           // LUFS; NULL: silence, or a failure
			{"range", "REAL NOT NULL"},       // LU
			{"peak", "REAL NOT NULL"},        // true peak, 1 is full scale
			{"blocks", "BLOB"},               // how often which loudness; NULL with a failure
			{"failure", "TEXT NOT NULL"},     // why it could not be measured, or empty
		}},
		{"queuechanges", []column{
			{"id", rowID},
			{"command", "INTEGER NOT NULL"},
			{"time", "INTEGER NOT NULL"}, // Unix time in milliseconds
			{"queue", "INTEGER NOT NULL"},
			{"what", "TEXT NOT NULL"},
			{"connection", "INTEGER NOT NULL"},
			{"client", "TEXT NOT NULL"},
			{"entryid", "TEXT NOT NULL"},
			{"mediaid", "INTEGER NOT NULL"},
			{"random", "INTEGER NOT NULL"},
			{"position", "INTEGER NOT NULL"},
			{"origin", "INTEGER NOT NULL"},
		}},
		{"queuecheckpoints", []column{
			{"queue", "INTEGER PRIMARY KEY"},
			{"change", "INTEGER NOT NULL"},
			{"entries", "TEXT NOT NULL"}, // JSON
		}},
		{"videostream", []column{
			{"id", "INTEGER PRIMARY KEY CHECK (id = 1)"}, // there is one video stream
			{"streaming", "INTEGER NOT NULL"},
		}},
		{"counting", []column{
			{"id", "INTEGER PRIMARY KEY CHECK (id = 1)"}, // one song ends at a time
			{"entryid", "TEXT NOT NULL"},                 // whose play is counted
			{"play", "INTEGER NOT NULL"},                 // the newest row of playedsongs before that
		}},
		{"contents", []column{
			{"path", "TEXT PRIMARY KEY NOT NULL"},
			{"songid", "INTEGER NOT NULL"},   // 0: it is no song's
			{"videoid", "INTEGER NOT NULL"},  // 0: it is no video's
			{"size", "INTEGER NOT NULL"},     // of the file, in bytes
			{"modified", "INTEGER NOT NULL"}, // time of the file, Unix time in nanoseconds
			{"inode", "INTEGER NOT NULL"},
			{"device", "INTEGER NOT NULL"},
			{"checksum", "BLOB"}, // SHA-256 of the sound alone; NULL: not known
		}},
		{"plans", []column{ // and other changes that can be taken back
			{"id", rowID},
			{"kind", "TEXT NOT NULL"},
			{"title", "TEXT NOT NULL"},
			{"path", "TEXT NOT NULL"},
			{"state", "TEXT NOT NULL"},
			{"who", "TEXT NOT NULL"},
			{"created", "INTEGER NOT NULL"}, // Unix time in milliseconds
			{"changed", "INTEGER NOT NULL"}, // "
			{"body", "BLOB"},                // JSON
			{"outcome", "BLOB"},             // JSON
		}},
		{"plansteps", []column{ // of plans that are being applied or undone
			{"id", rowID},
			{"plan", "INTEGER NOT NULL"},
			{"step", "BLOB NOT NULL"}, // JSON
		}},
		{"plankept", []column{ // what plans need to be applied or undone
			{"id", rowID},
			{"plan", "INTEGER NOT NULL"}, // 0: of none yet
			{"name", "TEXT NOT NULL"},
			{"data", "BLOB NOT NULL"},
		}},
	},
	steps: []step{
		{2, []string{"loudness"}, nil},
		{3, []string{"queuechanges", "queuecheckpoints"}, nil},
		{4, []string{"videostream"}, nil},
		{5, []string{"counting"}, nil},
		{6, []string{"contents"}, nil},
		{7, []string{"plans", "plansteps", "plankept"}, nil},
		{8, nil, nil}, // the index of contents
	},
}
