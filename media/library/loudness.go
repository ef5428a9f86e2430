package library

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Loudness is what is known about how loud a song is, or why that could not be
// measured. What the numbers mean is said in package loudness, which makes them.
type Loudness struct {
	SongID   int64
	Checksum string    // of the song's row when its file was measured
	Size     int64     // of the file, in bytes
	Modified time.Time // of the file
	Measured time.Time // kept in milliseconds; zero: the time of saving

	Integrated *float64 // LUFS; nil: the song is silent, or could not be measured
	Range      float64  // LU
	Peak       float64  // true peak, 1 is full scale
	Blocks     []byte   // nil if the song could not be measured
	Failure    string   // why it could not be measured, empty if it was
}

// Loudness returns what is known about a song, whether or not it still exists.
func (l *Library) Loudness(ctx context.Context, songID int64) (Loudness, bool, error) {
	row := l.own.QueryRowContext(ctx, "SELECT songid, checksum, size, modified, measured, integrated, range, peak, failure, blocks FROM loudness WHERE songid = ?", songID)
	var n Loudness
	err := n.scan(row.Scan, &n.Blocks)
	if errors.Is(err, sql.ErrNoRows) {
		return Loudness{}, false, nil
	}
	if err != nil {
		return Loudness{}, false, fileError(l.own.path, err)
	}
	return n, true, nil
}

// EachLoudness calls each for everything that is known, without the blocks, in
// the order of the songs' ids.
func (l *Library) EachLoudness(ctx context.Context, each func(Loudness)) error {
	rows, err := l.own.QueryContext(ctx, "SELECT songid, checksum, size, modified, measured, integrated, range, peak, failure FROM loudness ORDER BY songid")
	if err != nil {
		return fileError(l.own.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var n Loudness
		if err := n.scan(rows.Scan); err != nil {
			return fileError(l.own.path, err)
		}
		each(n)
	}
	if err := rows.Err(); err != nil {
		return fileError(l.own.path, err)
	}
	return nil
}

func (n *Loudness) scan(row func(...any) error, more ...any) error {
	var modified, measured int64
	err := row(append([]any{&n.SongID, &n.Checksum, &n.Size, &modified, &measured, &n.Integrated, &n.Range, &n.Peak, &n.Failure}, more...)...)
	n.Modified, n.Measured = time.Unix(0, modified), time.UnixMilli(measured)
	return err
}

// SaveLoudness replaces what is known about a song. It is on the disk when nil is
// returned.
func (l *Library) SaveLoudness(ctx context.Context, n Loudness) error {
	if n.Measured.IsZero() {
		n.Measured = l.now()
	}
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO loudness (songid, checksum, size, modified, measured, integrated, range, peak, blocks, failure) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			n.SongID, n.Checksum, n.Size, n.Modified.UnixNano(), n.Measured.UnixMilli(), n.Integrated, n.Range, n.Peak, n.Blocks, n.Failure)
		return err
	})
}

// RemoveLoudness forgets what is known about songs.
func (l *Library) RemoveLoudness(ctx context.Context, songIDs []int64) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range songIDs {
			if _, err := tx.ExecContext(ctx, "DELETE FROM loudness WHERE songid = ?", id); err != nil {
				return err
			}
		}
		return nil
	})
}

// changeOwn runs a transaction on our own database, in turn with all writes.
func (l *Library) changeOwn(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return l.write(ctx, func(ctx context.Context) error {
		if err := l.own.transact(ctx, func(tx *sql.Tx) error { return do(ctx, tx) }); err != nil {
			return fileError(l.own.path, err)
		}
		return nil
	})
}
