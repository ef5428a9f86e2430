package plans

import (
	"context"

	"musicdb/media/library"
)

// remember keeps what is known of the files of songs that were entered, as they are now:
// whoever looks at the music directory later, or at other new music, need not read them.
func (j *job) remember(ctx context.Context) error {
	var known []library.KnownFile
	rows := j.k.o.Library.Catalogue()
	for i, o := range j.plan.Operations {
		var songs []Song
		switch {
		case o.EnterAlbum != nil:
			songs = o.EnterAlbum.Songs
		case o.EnterSongs != nil:
			songs = o.EnterSongs.Songs
		}
		for _, s := range songs {
			rel := final(j.plan.Operations[i+1:], s.File.Path)
			row, exists := rows.SongByPath(rel)
			info, err := j.k.o.Music.Stat(rel)
			if s.Content == "" || !exists || err != nil {
				continue
			}
			known = append(known, library.KnownFile{Path: rel, SongID: row.ID, Size: info.Size(), Modified: info.ModTime(), Content: s.Content})
		}
	}
	if len(known) == 0 {
		return nil
	}
	return j.k.o.Library.SaveKnownFiles(ctx, known, nil)
}
