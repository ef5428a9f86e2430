package library

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"time"
)

// KnownFile is what was seen of a file of the music directory when it was last looked
// at. A file that has the same size and time still holds the same; a file elsewhere with
// the same content is this one, moved.
type KnownFile struct {
	Path     string // relative to the music directory
	SongID   int64  // of the song that it is, or 0
	VideoID  int64  // of the video that it is, or 0
	Size     int64  // bytes
	Modified time.Time
	Inode    uint64
	Device   uint64 // as the system numbers it now; another one after the next start may be the same
	Content  string // SHA-256 of the sound alone in lower-case hex, see package files; empty: not known
}

// EachKnownFile calls each for everything that is known, in no order. Rows of songs and
// videos that are gone may be among them.
func (l *Library) EachKnownFile(ctx context.Context, each func(KnownFile)) error {
	return l.knownFiles(ctx, each, "")
}

// KnownFile returns what is known of the file at a path. False: nothing.
func (l *Library) KnownFile(ctx context.Context, path string) (known KnownFile, exists bool, err error) {
	err = l.knownFiles(ctx, func(k KnownFile) { known, exists = k, true }, "WHERE path = ?", path)
	return known, exists, err
}

// KnownFilesOf returns which files held a sound when they were last looked at, in the
// order of their paths. What is there now may be something else, and rows of songs that
// are gone may be among them. It fails with an EntryError of ErrInvalid for a checksum
// that is none.
func (l *Library) KnownFilesOf(ctx context.Context, content string) (known []KnownFile, err error) {
	sum, err := contentOf(content)
	if err != nil {
		return nil, &EntryError{Reason: ErrInvalid, Kind: "file", Detail: "it has the checksum " + content}
	}
	err = l.knownFiles(ctx, func(k KnownFile) { known = append(known, k) }, "WHERE checksum = ? ORDER BY path", sum)
	return known, err
}

func (l *Library) knownFiles(ctx context.Context, each func(KnownFile), which string, args ...any) error {
	rows, err := l.own.QueryContext(ctx, "SELECT path, songid, videoid, size, modified, inode, device, checksum FROM contents "+which, args...)
	if err != nil {
		return fileError(l.own.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var k KnownFile
		var modified, inode, device int64
		var checksum sql.RawBytes
		if err := rows.Scan(&k.Path, &k.SongID, &k.VideoID, &k.Size, &modified, &inode, &device, &checksum); err != nil {
			return fileError(l.own.path, err)
		}
		k.Modified, k.Inode, k.Device = time.Unix(0, modified), uint64(inode), uint64(device)
		k.Content = hex.EncodeToString(checksum)
		each(k)
	}
	if err := rows.Err(); err != nil {
		return fileError(l.own.path, err)
	}
	return nil
}

// contentOf is a checksum as it is kept.
func contentOf(content string) ([]byte, error) {
	sum, err := hex.DecodeString(content)
	if err == nil && len(sum) != sha256.Size {
		err = hex.ErrLength
	}
	return sum, err
}

// SaveKnownFiles forgets the files at the paths that are gone, and then replaces what is
// known of others, in one transaction. It is on the disk when nil is returned. It fails
// with an EntryError of ErrInvalid for a checksum that is none.
func (l *Library) SaveKnownFiles(ctx context.Context, files []KnownFile, gone []string) error {
	sums := make([][]byte, len(files))
	for i, k := range files {
		if k.Content == "" {
			continue
		}
		sum, err := contentOf(k.Content)
		if err != nil {
			return &EntryError{Reason: ErrInvalid, Kind: "file", Detail: k.Path + " has the checksum " + k.Content}
		}
		sums[i] = sum
	}
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		forget, err := tx.PrepareContext(ctx, "DELETE FROM contents WHERE path = ?")
		if err != nil {
			return err
		}
		defer forget.Close() //nolint:errcheck // of a statement
		for _, path := range gone {
			if _, err := forget.ExecContext(ctx, path); err != nil {
				return err
			}
		}
		enter, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO contents (path, songid, videoid, size, modified, inode, device, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		defer enter.Close() //nolint:errcheck // of a statement
		for i, k := range files {
			if _, err := enter.ExecContext(ctx, k.Path, k.SongID, k.VideoID, k.Size, k.Modified.UnixNano(), int64(k.Inode), int64(k.Device), sums[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
