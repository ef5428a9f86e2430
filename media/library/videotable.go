package library

import (
	"context"
	"database/sql"
	"fmt"
)

// repairVideos completes a videos table that an upgrade from version 4 has
// left behind: it lacks ten columns and names one differently, although the
// file claims version 5. An empty one is made again in canonical order; one
// with rows gets the missing columns. The version number stays.
func (db *database) repairVideos(ctx context.Context, present map[string]bool) (map[string]bool, error) {
	var missing []column
	for _, c := range videoColumns {
		if !present[c.name] {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 || !present["videoid"] {
		return present, nil
	}
	err := db.transact(ctx, func(tx *sql.Tx) error {
		var rows int64
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM videos").Scan(&rows); err != nil {
			return err
		}
		for _, statement := range videoRepair(missing, rows, present["livevideo"]) {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("completing the table videos: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fileError(db.path, err)
	}
	return db.columns(ctx, "videos")
}

func videoRepair(missing []column, rows int64, liveVideo bool) []string {
	if rows == 0 {
		// The highest id ever given stays in sqlite_sequence, under the name of
		// the table, and dropping the table removes it; so it is renamed,
		// and its entry carried over.
		return []string{
			"ALTER TABLE videos RENAME TO videosofversion4",
			tableSchema{"videos", videoColumns}.create(),
			"INSERT INTO sqlite_sequence (name, seq) SELECT 'videos', seq FROM sqlite_sequence WHERE name = 'videosofversion4'",
			"DROP TABLE videosofversion4",
		}
	}
	var statements []string
	for _, c := range missing {
		// An import enters empty strings here, so a NULL would be news.
		is := c.is
		switch c.name {
		case "framesdirectory", "thumbnailfile", "previewfile":
			is += " DEFAULT ''"
		}
		statements = append(statements, "ALTER TABLE videos ADD COLUMN "+c.name+" "+is)
	}
	for _, c := range missing {
		switch {
		case c.name == "vbegin":
			statements = append(statements, "UPDATE videos SET vbegin = 0")
		case c.name == "vend":
			statements = append(statements, "UPDATE videos SET vend = playtime")
		case c.name == "liverecording" && liveVideo:
			statements = append(statements, "UPDATE videos SET liverecording = livevideo")
		}
	}
	return statements
}
