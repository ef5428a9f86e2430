package library

// faultRule is one invariant of the databases, as the query for what breaks it: the
// id of the row, the path of what it describes, and a detail for the sentence, the
// latter two possibly NULL.
type faultRule struct {
	kind  FaultKind
	file  string
	table string
	says  string // completes the sentence "the row ..."; %s is the detail
	query string
}

func musicRule(kind FaultKind, table, says, query string) faultRule {
	return faultRule{kind, musicSchema.file, table, says, query}
}

func trackerRule(kind FaultKind, table, says, query string) faultRule {
	return faultRule{kind, trackerSchema.file, table, says, query}
}

// faultRules are the invariants. The schema of MusicDB 8 has no foreign keys and
// nothing that is unique, so that only the programs keep them.
var faultRules = []faultRule{
	musicRule(FaultOrphan, "songs", "belongs to album %s, which does not exist",
		"SELECT songid, path, COALESCE(albumid, 'NULL') FROM songs WHERE albumid IS NULL OR albumid NOT IN (SELECT albumid FROM albums) ORDER BY songid"),
	musicRule(FaultOrphan, "songs", "belongs to artist %s, who does not exist",
		"SELECT songid, path, COALESCE(artistid, 'NULL') FROM songs WHERE artistid IS NULL OR artistid NOT IN (SELECT artistid FROM artists) ORDER BY songid"),
	musicRule(FaultOrphan, "albums", "belongs to artist %s, who does not exist",
		"SELECT albumid, path, COALESCE(artistid, 'NULL') FROM albums WHERE artistid IS NULL OR artistid NOT IN (SELECT artistid FROM artists) ORDER BY albumid"),
	musicRule(FaultOrphan, "videos", "belongs to artist %s, who does not exist",
		"SELECT videoid, path, COALESCE(artistid, 'NULL') FROM videos WHERE artistid IS NULL OR artistid NOT IN (SELECT artistid FROM artists) ORDER BY videoid"),
	musicRule(FaultOrphan, "lyrics", "has the lyrics of song %s, which does not exist",
		"SELECT rowid, NULL, COALESCE(songid, 'NULL') FROM lyrics WHERE songid IS NULL OR songid NOT IN (SELECT songid FROM songs) ORDER BY rowid"),
	musicRule(FaultOrphan, "albumtags", "assigns a tag to album %s, and one of the two does not exist",
		"SELECT entryid, NULL, COALESCE(albumid, 'NULL') FROM albumtags WHERE albumid IS NULL OR tagid IS NULL OR albumid NOT IN (SELECT albumid FROM albums) OR tagid NOT IN (SELECT tagid FROM tags) ORDER BY entryid"),
	musicRule(FaultOrphan, "songtags", "assigns a tag to song %s, and one of the two does not exist",
		"SELECT entryid, NULL, COALESCE(songid, 'NULL') FROM songtags WHERE songid IS NULL OR tagid IS NULL OR songid NOT IN (SELECT songid FROM songs) OR tagid NOT IN (SELECT tagid FROM tags) ORDER BY entryid"),
	musicRule(FaultOrphan, "videotags", "assigns a tag to video %s, and one of the two does not exist",
		"SELECT entryid, NULL, COALESCE(videoid, 'NULL') FROM videotags WHERE videoid IS NULL OR tagid IS NULL OR videoid NOT IN (SELECT videoid FROM videos) OR tagid NOT IN (SELECT tagid FROM tags) ORDER BY entryid"),
	musicRule(FaultOrphan, "tags", "is the sub genre %s of no genre",
		"SELECT tagid, NULL, COALESCE(name, 'NULL') FROM tags WHERE class = 2 AND (parentid IS NULL OR parentid NOT IN (SELECT tagid FROM tags WHERE class = 1)) ORDER BY tagid"),

	musicRule(FaultDouble, "artists", "has a path that another row has, too", "SELECT artistid, path, NULL FROM artists WHERE path IN (SELECT path FROM artists GROUP BY path HAVING count(*) > 1) ORDER BY path, artistid"),
	musicRule(FaultDouble, "albums", "has a path that another row has, too", "SELECT albumid, path, NULL FROM albums WHERE path IN (SELECT path FROM albums GROUP BY path HAVING count(*) > 1) ORDER BY path, albumid"),
	musicRule(FaultDouble, "songs", "has a path that another row has, too", "SELECT songid, path, NULL FROM songs WHERE path IN (SELECT path FROM songs GROUP BY path HAVING count(*) > 1) ORDER BY path, songid"),
	musicRule(FaultDouble, "videos", "has a path that another row has, too", "SELECT videoid, path, NULL FROM videos WHERE path IN (SELECT path FROM videos GROUP BY path HAVING count(*) > 1) ORDER BY path, videoid"),
	musicRule(FaultDouble, "lyrics", "is one of several with the lyrics of song %s", "SELECT rowid, NULL, songid FROM lyrics WHERE songid IN (SELECT songid FROM lyrics GROUP BY songid HAVING count(*) > 1) ORDER BY rowid"),
	musicRule(FaultDouble, "tags", "is one of several tags called %s", "SELECT tagid, NULL, name FROM tags t WHERE EXISTS (SELECT 1 FROM tags o WHERE o.name = t.name AND o.class = t.class AND o.parentid IS t.parentid AND o.tagid <> t.tagid) ORDER BY tagid"),
	musicRule(FaultDouble, "albumtags", "assigns the same tag to album %s as another row", "SELECT max(entryid), NULL, albumid FROM albumtags GROUP BY albumid, tagid HAVING count(*) > 1 ORDER BY 1"),
	musicRule(FaultDouble, "songtags", "assigns the same tag to song %s as another row", "SELECT max(entryid), NULL, songid FROM songtags GROUP BY songid, tagid HAVING count(*) > 1 ORDER BY 1"),
	musicRule(FaultDouble, "videotags", "assigns the same tag to video %s as another row", "SELECT max(entryid), NULL, videoid FROM videotags GROUP BY videoid, tagid HAVING count(*) > 1 ORDER BY 1"),

	musicRule(FaultCount, "albums", "says %s",
		"SELECT a.albumid, a.path, COALESCE(a.numofsongs, 'nothing of its') || ' songs and there are ' || count(s.songid) FROM albums a LEFT JOIN songs s ON s.albumid = a.albumid GROUP BY a.albumid HAVING a.numofsongs IS NOT count(s.songid) ORDER BY a.albumid"),
	musicRule(FaultCount, "albums", "says that its last CD is %s",
		"SELECT a.albumid, a.path, COALESCE(a.numofcds, 'unknown') || ' and it is ' || max(s.cd) FROM albums a JOIN songs s ON s.albumid = a.albumid GROUP BY a.albumid HAVING a.numofcds IS NOT max(s.cd) ORDER BY a.albumid"),

	musicRule(FaultValue, "songs", "is not below the path of its album, %s",
		"SELECT s.songid, s.path, a.path FROM songs s JOIN albums a ON a.albumid = s.albumid WHERE substr(s.path, 1, length(a.path) + 1) IS NOT a.path || '/' ORDER BY s.songid"),
	musicRule(FaultValue, "songs", "has another artist than its album: %s",
		"SELECT s.songid, s.path, s.artistid || ' and ' || a.artistid FROM songs s JOIN albums a ON a.albumid = s.albumid JOIN artists b ON b.artistid = s.artistid JOIN artists c ON c.artistid = a.artistid WHERE s.artistid <> a.artistid ORDER BY s.songid"),
	musicRule(FaultValue, "albums", "is not below the path of its artist, %s",
		"SELECT a.albumid, a.path, b.path FROM albums a JOIN artists b ON b.artistid = a.artistid WHERE substr(a.path, 1, length(b.path) + 1) IS NOT b.path || '/' ORDER BY a.albumid"),
	musicRule(FaultValue, "videos", "is not below the path of its artist, %s",
		"SELECT v.videoid, v.path, b.path FROM videos v JOIN artists b ON b.artistid = v.artistid WHERE substr(v.path, 1, length(b.path) + 1) IS NOT b.path || '/' ORDER BY v.videoid"),
	musicRule(FaultValue, "songs", "has no playing time", "SELECT songid, path, NULL FROM songs WHERE playtime IS NULL OR playtime < 0 ORDER BY songid"),
	musicRule(FaultValue, "tags", "has the impossible class %s", "SELECT tagid, NULL, COALESCE(class, 'NULL') FROM tags WHERE class IS NULL OR class NOT IN (1, 2, 3) ORDER BY tagid"),

	trackerRule(FaultOrphan, "songrelations", "relates a song that does not exist to song %s",
		"SELECT id, NULL, CASE WHEN songida IN (SELECT songid FROM songs) THEN songida ELSE songidb END FROM tracker.songrelations WHERE songida NOT IN (SELECT songid FROM songs) OR songidb NOT IN (SELECT songid FROM songs) ORDER BY id"),
	trackerRule(FaultOrphan, "videorelations", "relates a video that does not exist to video %s",
		"SELECT id, NULL, CASE WHEN videoida IN (SELECT videoid FROM videos) THEN videoida ELSE videoidb END FROM tracker.videorelations WHERE videoida NOT IN (SELECT videoid FROM videos) OR videoidb NOT IN (SELECT videoid FROM videos) ORDER BY id"),
	trackerRule(FaultOrphan, "playedsongs", "notes plays of song %s, which does not exist",
		"SELECT min(id), NULL, COALESCE(songid, 'NULL') FROM tracker.playedsongs WHERE songid IS NULL OR songid NOT IN (SELECT songid FROM songs) GROUP BY songid ORDER BY 1"),
	trackerRule(FaultOrphan, "playedvideos", "notes plays of video %s, which does not exist",
		"SELECT min(id), NULL, COALESCE(videoid, 'NULL') FROM tracker.playedvideos WHERE videoid IS NULL OR videoid NOT IN (SELECT videoid FROM videos) GROUP BY videoid ORDER BY 1"),
	trackerRule(FaultDouble, "songrelations", "relates the same two songs as another row", "SELECT max(id), NULL, NULL FROM tracker.songrelations GROUP BY min(songida, songidb), max(songida, songidb) HAVING count(*) > 1 ORDER BY 1"),
	trackerRule(FaultDouble, "videorelations", "relates the same two videos as another row", "SELECT max(id), NULL, NULL FROM tracker.videorelations GROUP BY min(videoida, videoidb), max(videoida, videoidb) HAVING count(*) > 1 ORDER BY 1"),
	trackerRule(FaultValue, "songrelations", "has its two songs in the wrong order, or relates song %s to itself", "SELECT id, NULL, songida FROM tracker.songrelations WHERE songida >= songidb ORDER BY id"),
	trackerRule(FaultValue, "videorelations", "has its two videos in the wrong order, or relates video %s to itself", "SELECT id, NULL, videoida FROM tracker.videorelations WHERE videoida >= videoidb ORDER BY id"),
}
