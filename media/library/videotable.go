package library

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// repairVideos completes a videos table that an upgrade by the old server has
// left behind: it lacks ten columns and names one differently, although the
// file claims version 5. An empty one is made again in canonical order; one
// with rows gets the missing columns. The version number stays.
func repairVideos(ctx context.Context, tx *sql.Tx) error {
	present, err := columnsOf(ctx, tx, "videos")
	if err != nil || !slices.Contains(present, "videoid") {
		return err
	}
	var missing []column
	for _, c := range videoColumns {
		if !slices.Contains(present, c.name) {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var rows int64
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM videos").Scan(&rows); err != nil {
		return err
	}
	if rows == 0 {
		return tableSchema{"videos", videoColumns}.rebuild(ctx, tx, "")
	}
	for _, statement := range videoColumnsAdded(missing, slices.Contains(present, "livevideo")) {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("completing the table videos: %w", err)
		}
	}
	return nil
}

func videoColumnsAdded(missing []column, liveVideo bool) []string {
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
