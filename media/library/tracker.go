package library

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"
)

// Relation says how often something was played next to something else.
type Relation struct {
	ID     int64 `json:"id"` // of the other song or video
	Weight int64 `json:"weight"`
}

// tracks is where the tracker keeps what was played of a kind.
type tracks struct{ relations, a, b, plays, id string }

var (
	songTracks  = tracks{"songrelations", "songida", "songidb", "playedsongs", "songid"}
	videoTracks = tracks{"videorelations", "videoida", "videoidb", "playedvideos", "videoid"}
)

// AddPlay notes in the tracker that the playback of a song ended at a time, and
// whether the random selection had put it into the queue. A song that was removed
// meanwhile leaves no history.
func (l *Library) AddPlay(ctx context.Context, songID int64, at time.Time, random bool) error {
	return l.addPlay(ctx, songTracks, songID, at, random)
}

// AddVideoPlay is AddPlay for a video.
func (l *Library) AddVideoPlay(ctx context.Context, videoID int64, at time.Time, random bool) error {
	return l.addPlay(ctx, videoTracks, videoID, at, random)
}

func (l *Library) addPlay(ctx context.Context, of tracks, id int64, at time.Time, random bool) error {
	return l.changeTracker(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if !l.Catalogue().has(of, id) {
			return nil
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO "+of.plays+" ("+of.id+", timestamp, random) VALUES (?, ?, ?)", id, at.Unix(), flag(random))
		return err
	})
}

// AddSongRelation notes in the tracker that two songs were played one after the
// other: the weight of the pair grows by one. A song has no relation to itself,
// nor to one that was removed meanwhile.
func (l *Library) AddSongRelation(ctx context.Context, a, b int64) error {
	return l.addRelation(ctx, songTracks, a, b)
}

// AddVideoRelation is AddSongRelation for videos.
func (l *Library) AddVideoRelation(ctx context.Context, a, b int64) error {
	return l.addRelation(ctx, videoTracks, a, b)
}

func (l *Library) addRelation(ctx context.Context, of tracks, a, b int64) error {
	if a == b {
		return nil
	}
	a, b = min(a, b), max(a, b)
	return l.changeTracker(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if c := l.Catalogue(); !c.has(of, a) || !c.has(of, b) {
			return nil
		}
		var id int64
		// Old files may hold a pair twice; then the first one counts.
		err := tx.QueryRowContext(ctx, "SELECT id FROM "+of.relations+" WHERE "+of.a+" = ? AND "+of.b+" = ? ORDER BY id LIMIT 1", a, b).Scan(&id)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = tx.ExecContext(ctx, "INSERT INTO "+of.relations+" ("+of.a+", "+of.b+", weight) VALUES (?, ?, 1)", a, b)
		case err == nil:
			_, err = tx.ExecContext(ctx, "UPDATE "+of.relations+" SET weight = COALESCE(weight, 0) + 1 WHERE id = ?", id)
		}
		return err
	})
}

// CutSongRelation removes the relation between two songs. Where there is none,
// nothing happens.
func (l *Library) CutSongRelation(ctx context.Context, a, b int64) error {
	return l.cutRelation(ctx, songTracks, a, b)
}

// CutVideoRelation is CutSongRelation for videos.
func (l *Library) CutVideoRelation(ctx context.Context, a, b int64) error {
	return l.cutRelation(ctx, videoTracks, a, b)
}

func (l *Library) cutRelation(ctx context.Context, of tracks, a, b int64) error {
	return l.changeTracker(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM "+of.relations+" WHERE "+of.a+" = ? AND "+of.b+" = ?", min(a, b), max(a, b))
		return err
	})
}

// SongRelations returns the songs that were played next to a song: first those
// with lower ids, then those with higher ones, each in the order in which they
// were first noted. Songs that no longer exist are left out.
func (l *Library) SongRelations(ctx context.Context, songID int64) ([]Relation, error) {
	return l.relationsOf(ctx, songTracks, songID)
}

// VideoRelations is SongRelations for videos.
func (l *Library) VideoRelations(ctx context.Context, videoID int64) ([]Relation, error) {
	return l.relationsOf(ctx, videoTracks, videoID)
}

func (l *Library) relationsOf(ctx context.Context, of tracks, id int64) (relations []Relation, err error) {
	// One scan for both halves, as there is no index.
	rows, err := l.track.QueryContext(ctx, "SELECT "+integers("CASE WHEN "+of.b+" = ?1 THEN "+of.a+" ELSE "+of.b+" END", "weight")+
		" FROM "+of.relations+" WHERE "+of.a+" = ?1 OR "+of.b+" = ?1 ORDER BY "+of.b+" <> ?1, id", id)
	if err != nil {
		return nil, fileError(l.track.path, err)
	}
	defer rows.Close()
	known := l.Catalogue()
	seen := map[int64]bool{id: true}
	for rows.Next() {
		var (
			numbers  sql.RawBytes
			relation Relation
		)
		if err := rows.Scan(&numbers); err != nil {
			return nil, fileError(l.track.path, err)
		}
		if err := parseIntegers(numbers, &relation.ID, &relation.Weight); err != nil {
			return nil, fileError(l.track.path, err)
		}
		if !seen[relation.ID] && known.has(of, relation.ID) {
			seen[relation.ID] = true
			relations = append(relations, relation)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fileError(l.track.path, err)
	}
	return relations, nil
}

func (c *Catalogue) has(of tracks, id int64) bool {
	if of == videoTracks {
		return c.hasTarget(VideoTarget, id)
	}
	return c.hasTarget(SongTarget, id)
}

// forget removes what is kept elsewhere of removed songs and videos, all at once
// because none of these tables has an index. The commit is one of both files.
func (e *Edit) forget() error {
	if len(e.gone.songs) > 0 {
		songs := idList(e.gone.songs)
		if err := e.exec("DELETE FROM main.lyrics WHERE songid IN (SELECT value FROM json_each(?))", songs); err != nil {
			return err
		}
		if err := e.forgetTracks(songTracks, songs); err != nil {
			return err
		}
	}
	if len(e.gone.videos) > 0 {
		return e.forgetTracks(videoTracks, idList(e.gone.videos))
	}
	return nil
}

func (e *Edit) forgetTracks(of tracks, ids string) error {
	err := e.exec("DELETE FROM tracker."+of.plays+" WHERE "+of.id+" IN (SELECT value FROM json_each(?))", ids)
	if err != nil {
		return err
	}
	return e.exec("DELETE FROM tracker."+of.relations+" WHERE "+of.a+" IN (SELECT value FROM json_each(?1)) OR "+
		of.b+" IN (SELECT value FROM json_each(?1))", ids)
}

// idList writes ids as a JSON array, one argument for any number of them.
func idList(ids []int64) string {
	list := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, id, 10)
	}
	return string(append(list, ']'))
}

func (l *Library) changeTracker(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return l.write(ctx, func(ctx context.Context) error {
		if err := l.track.transact(ctx, func(tx *sql.Tx) error { return do(ctx, tx) }); err != nil {
			return fileError(l.track.path, err)
		}
		return nil
	})
}
