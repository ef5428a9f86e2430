package tasks

import (
	"errors"
	"io/fs"
	"regexp"
	"time"

	"musicdb/media/durable"
)

// ownUpload are the names that this server gives to uploads, and to the pictures that
// it makes of them. Files of other names in the directory belong to somebody else.
var ownUpload = regexp.MustCompile(`^(albumfile|artwork|video)-[0-9A-Za-z_-]{1,128}(\.[0-9A-Za-z]{1,16})?$`)

// sweepUploads deletes the files in the directory of uploads that no task has had for
// a day: those of tasks that were deleted by hand, and of a process that was killed
// between two steps. It runs at the start, before anybody uploads.
func (m *Manager) sweepUploads() {
	entries, err := fs.ReadDir(m.uploads.FS(), ".")
	if err != nil {
		m.o.Log.Error("the directory of uploads cannot be listed", "err", err)
		return
	}
	for _, entry := range entries {
		name := entry.Name()
		if !ownUpload.MatchString(name) && !durable.IsTemporary(name) || m.isNeeded(name, nil) {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		// What was being written belongs to a process that has ended; the rest may be
		// looked for by somebody who has just deleted the file of its task.
		old := err == nil && m.o.Now().Sub(info.ModTime()) > maxAge || durable.IsTemporary(name)
		if err == nil && (!info.Mode().IsRegular() || !old) {
			continue
		}
		if err == nil {
			err = removeFile(m.uploads, name)
		}
		if err != nil {
			m.o.Log.Warn("an upload without a task cannot be deleted", "file", name, "err", err, "remedy", "delete it by hand")
			continue
		}
		m.o.Log.Info("an upload without a task was deleted", "file", name, "unchanged", m.o.Now().Sub(info.ModTime()).Round(time.Hour))
	}
}
