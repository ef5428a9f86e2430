package tasks

import (
	"fmt"
	"path/filepath"
	"strings"

	"musicdb/media/files"
)

// checkTarget refuses a path that cannot lie in the music directory.
func checkTarget(musicPath string, mayBeEmpty bool) error {
	if musicPath == "" && mayBeEmpty {
		return nil
	}
	if err := files.CheckPath(musicPath); err != nil {
		return fmt.Errorf("%w: %w", ErrTarget, err)
	}
	return nil
}

// coverTarget finds out what a cover is for: an album's directory or a video. Nothing
// is changed before that is known.
func (m *Manager) coverTarget(target string) (set func(*Task), err error) {
	info, err := m.o.Music.Stat(target)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrTarget, err)
	case info.IsDir():
		if _, err := files.Analyse(target, files.KindAlbum); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTarget, err)
		}
		return func(t *Task) { t.AlbumPath = &target }, nil
	case info.Mode().IsRegular() && files.IsVideo(target):
		return func(t *Task) { t.VideoPath = &target }, nil
	default:
		return nil, fmt.Errorf("%w: a cover is for the directory of an album or for a video, and %q is neither", ErrTarget, target)
	}
}

// coverSource finds out where a cover comes from. A path may be absolute only inside
// the uploads.
func (m *Manager) coverSource(source string) (set func(*Task), err error) {
	if name, ok := m.uploadName(source); ok {
		if info, err := m.uploads.Stat(name); err == nil && info.Mode().IsRegular() {
			at := filepath.Join(m.uploads.Name(), name)
			return func(t *Task) { t.AwSourceType, t.AwSourcePath = new(ImageFile), &at }, nil
		}
	}
	info, err := m.o.Music.Stat(source)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTarget, err)
	}
	kind := SongFile
	switch {
	case info.Mode().IsRegular() && files.IsSong(source):
	case info.Mode().IsRegular() && files.IsVideo(source):
		kind = VideoFile
	case info.Mode().IsRegular() && files.IsPicture(source) && strings.Contains(source, "/"):
		kind = ImageFile // beside the songs; without "/" it would be taken for an upload
	default:
		return nil, fmt.Errorf("%w: a cover comes from a picture, a song or a video, and %q is none of these", ErrTarget, source)
	}
	return func(t *Task) { t.AwSourceType, t.AwSourcePath = &kind, &source }, nil
}

// uploadName is the name of an uploaded file in its directory. ok is false for
// everything that cannot be one.
func (m *Manager) uploadName(at string) (name string, ok bool) {
	if filepath.IsAbs(at) {
		rel, err := filepath.Rel(m.uploads.Name(), at)
		if err != nil {
			return "", false
		}
		at = rel
	}
	return at, at != "" && at[0] != '.' && !strings.ContainsAny(at, "/\x00")
}

// deleteUploads deletes the uploaded and the prepared file of a task, unless another
// task needs them.
func (m *Manager) deleteUploads(r *record) {
	for _, at := range []*string{r.task.UploadPath, r.task.PreprocessedPath} {
		if at == nil {
			continue
		}
		name, ok := m.uploadName(*at)
		if !ok || m.isNeeded(name, r) {
			continue
		}
		if err := removeFile(m.uploads, name); err != nil {
			m.o.Log.Error("an uploaded file cannot be deleted", "file", name, "err", err, "remedy", "delete it by hand")
		}
	}
}

// isNeeded says whether an uploaded file belongs to a task, other than the one whose
// record is given.
func (m *Manager) isNeeded(name string, but *record) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.order {
		if r == but {
			continue
		}
		t := r.shown.Load()
		for _, at := range []*string{t.UploadPath, t.PreprocessedPath, t.AwSourcePath} {
			if at == nil {
				continue
			}
			if other, ok := m.uploadName(*at); ok && other == name {
				return true
			}
		}
	}
	return false
}
