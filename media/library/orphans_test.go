package library_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
)

// orphansIn names every kind of row in the two old files that belongs to
// something that does not exist, and albums that are counted wrongly.
func orphansIn(t failer, dir string) (found string) {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(dir, "music.db"))
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("ATTACH ? AS tracker", filepath.Join(dir, "tracker.db")); err != nil {
		t.Fatalf("%v", err)
	}
	for _, link := range [][3]string{
		{"albums", "artistid", "artists"}, {"songs", "artistid", "artists"}, {"songs", "albumid", "albums"},
		{"videos", "artistid", "artists"}, {"videos", "albumid", "albums"}, {"videos", "songid", "songs"}, {"lyrics", "songid", "songs"},
		{"albumtags", "albumid", "albums"}, {"albumtags", "tagid", "tags"}, {"songtags", "songid", "songs"}, {"songtags", "tagid", "tags"},
		{"videotags", "videoid", "videos"}, {"videotags", "tagid", "tags"},
		{"tracker.playedsongs", "songid", "songs"}, {"tracker.playedvideos", "videoid", "videos"},
		{"tracker.songrelations", "songida", "songs"}, {"tracker.songrelations", "songidb", "songs"},
		{"tracker.videorelations", "videoida", "videos"}, {"tracker.videorelations", "videoidb", "videos"},
	} {
		from, column, to := link[0], link[1], link[2]
		key := to[:len(to)-1] + "id"
		var n int
		if err := db.QueryRow("SELECT count(*) FROM " + from + " WHERE " + column + " IS NOT NULL AND " + column + " NOT IN (SELECT " + key + " FROM main." + to + ")").Scan(&n); err != nil {
			t.Fatalf("%v: %v", link, err)
		}
		if n > 0 {
			found += fmt.Sprintf(" %d in %s.%s", n, from, column)
		}
	}
	var children int
	if err := db.QueryRow("SELECT count(*) FROM tags WHERE class = 2 AND COALESCE(parentid, 0) NOT IN (SELECT tagid FROM tags WHERE class = 1)").Scan(&children); err != nil {
		t.Fatalf("%v", err)
	}
	if children > 0 {
		found += fmt.Sprintf(" %d sub genres", children)
	}
	return found
}
