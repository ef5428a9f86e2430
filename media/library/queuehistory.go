package library

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
)

// QueueKind tells the queues apart.
type QueueKind uint8

// The queues.
const (
	SongQueue QueueKind = iota + 1
	VideoQueue
)

// QueueChange is one row in the history of the queues: what happened to one entry.
// What the words mean is for package queue to know.
type QueueChange struct {
	ID         int64 // ascending in the order of the changes, of both queues together; never used again
	Command    int64 // the ID of the first change of the command that this one belongs to
	At         time.Time
	Queue      QueueKind
	What       string
	Connection uint64 // 0: the server itself
	Client     string
	EntryID    string
	MediaID    int64 // of the song or video
	Random     bool
	Position   int // where the entry was put, taken from, or is after a move; 0 is the current one
	From       int // where it was before a move
}

// QueueEntry is an entry of a queue in a checkpoint.
type QueueEntry struct {
	EntryID string `json:"entry"`
	MediaID int64  `json:"media"`
	Random  bool   `json:"random,omitempty"`
}

// QueueCheckpoint is what a queue was after a change.
type QueueCheckpoint struct {
	Queue   QueueKind
	Change  int64 // the ID of that change, or of a later one of the other queue
	Entries []QueueEntry
}

// LastQueueChange returns the highest ID that was ever given to a change, 0 if none
// was.
func (l *Library) LastQueueChange(ctx context.Context) (int64, error) {
	var last int64
	err := l.own.QueryRowContext(ctx, "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'queuechanges'), 0)").Scan(&last)
	if err != nil {
		return 0, fileError(l.own.path, err)
	}
	return last, nil
}

// SaveQueueChanges appends changes to the history and replaces checkpoints, all or
// nothing. A change that is there already is replaced, so that a batch of which
// nobody knows whether it was saved can be saved again. It is on the disk when nil
// is returned.
func (l *Library) SaveQueueChanges(ctx context.Context, changes []QueueChange, checkpoints ...QueueCheckpoint) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO queuechanges (id, command, time, queue, what, connection, client, entryid, mediaid, random, position, origin)"+
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		defer func() { _ = insert.Close() }() // the transaction ends it anyway
		for _, c := range changes {
			_, err := insert.ExecContext(ctx, c.ID, c.Command, c.At.UnixMilli(), c.Queue, c.What, int64(c.Connection), c.Client,
				c.EntryID, c.MediaID, flag(c.Random), c.Position, c.From)
			if err != nil {
				return err
			}
		}
		for _, c := range checkpoints {
			entries, err := json.Marshal(c.Entries)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO queuecheckpoints (queue, change, entries) VALUES (?, ?, ?)", c.Queue, c.Change, string(entries))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// QueueCheckpoint returns the last checkpoint of a queue, if there is one.
func (l *Library) QueueCheckpoint(ctx context.Context, of QueueKind) (c QueueCheckpoint, found bool, err error) {
	var entries string
	c.Queue = of
	err = l.own.QueryRowContext(ctx, "SELECT change, entries FROM queuecheckpoints WHERE queue = ?", of).Scan(&c.Change, &entries)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return QueueCheckpoint{}, false, nil
	case err == nil:
		err = json.Unmarshal([]byte(entries), &c.Entries)
	}
	if err != nil {
		return QueueCheckpoint{}, false, fileError(l.own.path, err)
	}
	return c, true, nil
}

// QueueChangesBefore returns the newest changes of a queue with a lower ID, the newest one
// first, at most as many as limit says. 0 stands for an ID above all.
func (l *Library) QueueChangesBefore(ctx context.Context, of QueueKind, id int64, limit int) ([]QueueChange, error) {
	return l.queueChanges(ctx, "(?2 = 0 OR id < ?2) ORDER BY id DESC LIMIT ?3", of, id, limit)
}

// QueueChangesAfter returns all changes of a queue with a higher ID, the oldest one
// first.
func (l *Library) QueueChangesAfter(ctx context.Context, of QueueKind, id int64) ([]QueueChange, error) {
	return l.queueChanges(ctx, "id > ?2 ORDER BY id", of, id)
}

func (l *Library) queueChanges(ctx context.Context, which string, args ...any) (changes []QueueChange, err error) {
	rows, err := l.own.QueryContext(ctx, "SELECT id, command, time, queue, what, connection, client, entryid, mediaid, random, position, origin"+
		" FROM queuechanges WHERE queue = ?1 AND "+which, args...)
	if err != nil {
		return nil, fileError(l.own.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var (
			c              QueueChange
			at, connection int64
		)
		err := rows.Scan(&c.ID, &c.Command, &at, &c.Queue, &c.What, &connection, &c.Client, &c.EntryID, &c.MediaID, &c.Random, &c.Position, &c.From)
		if err != nil {
			return nil, fileError(l.own.path, err)
		}
		c.At, c.Connection = time.UnixMilli(at), uint64(connection)
		changes = append(changes, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fileError(l.own.path, err)
	}
	return changes, nil
}

// TrimQueueChanges removes the oldest changes: those in a row that happened before a
// time, and as many more that no more than keep are left. What came after the last
// checkpoint of its queue stays. A change later than now, noted while the clock was
// ahead, ends the row no more once one that was noted after it is old. Without the
// latter it may be now that is wrong, and nothing is removed for that.
func (l *Library) TrimQueueChanges(ctx context.Context, before, now time.Time, keep int) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM queuechanges"+
			" WHERE (id < COALESCE((SELECT min(id) FROM queuechanges WHERE time >= ?1"+
			" AND (time <= ?3 OR id > COALESCE((SELECT max(id) FROM queuechanges WHERE time < ?1), 0))), 1 << 62)"+
			" OR id <= (SELECT id FROM queuechanges ORDER BY id DESC LIMIT 1 OFFSET ?2))"+
			" AND id <= (SELECT change FROM queuecheckpoints WHERE queuecheckpoints.queue = queuechanges.queue)", before.UnixMilli(), keep, now.UnixMilli())
		return err
	})
}

// ForgetQueueChanges removes the history of the queues.
func (l *Library) ForgetQueueChanges(ctx context.Context) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM queuechanges")
		if err == nil {
			_, err = tx.ExecContext(ctx, "DELETE FROM queuecheckpoints")
		}
		return err
	})
}
