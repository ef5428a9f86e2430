package doctor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"musicdb/media/durable"
)

// settled is how old an unfinished file must be for nobody to be working on it.
const settled = 10 * time.Minute

// Names in the data directory.
const (
	tasksDir   = "tasks"
	uploadsDir = "uploads"
	artworkDir = "webdata/artwork"
)

// leftovers looks through the data directory for what was interrupted.
func (r *round) leftovers() {
	root, err := os.OpenRoot(r.d.o.DataDir)
	if err != nil {
		r.report(verdict(Unreadable, SubjectData, ".", Certain, "%v", bare(err)))
		return
	}
	defer root.Close()
	dirs := []string{".", "state", "config", tasksDir, uploadsDir, artworkDir}
	for _, n := range r.d.o.Scales {
		dirs = append(dirs, path.Join(artworkDir, fmt.Sprintf("%dx%d", n, n)))
	}
	for _, dir := range dirs {
		for _, entry := range r.settledFiles(root, dir) {
			if name := entry.Name(); unfinished(name) {
				r.report(verdict(Leftover, SubjectData, path.Join(dir, name), Certain, "it was being written when its writer was killed"))
			}
		}
	}
	r.uploads(root)
}

// unfinished recognises the names of files that this program writes before it gives
// them their name, or beside a change of a database.
func unfinished(name string) bool {
	return durable.IsTemporary(name) || strings.HasPrefix(name, ".musicdb-trial-") || strings.HasPrefix(name, "music.db-mj")
}

// settledFiles are the files of a directory that were not written just now.
func (r *round) settledFiles(root *os.Root, dir string) (files []fs.DirEntry) {
	entries, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			r.report(verdict(Unreadable, SubjectData, dir, Certain, "%v", bare(err)))
		}
		return nil
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > settled {
			files = append(files, entry)
		}
	}
	return files
}

// uploads compares uploads with the tasks that they belong to.
func (r *round) uploads(root *os.Root) {
	owned, sure := r.ownedUploads(root)
	if !sure {
		return
	}
	for _, entry := range r.settledFiles(root, uploadsDir) {
		if name := entry.Name(); !owned[name] && !unfinished(name) {
			r.report(verdict(Leftover, SubjectData, path.Join(uploadsDir, name), Certain, "no task knows this upload").
				remedy("move it away; the server does not use it any more"))
		}
	}
}

// maxTask is how long the file of a task may be, in bytes.
const maxTask = 1 << 20

// ownedUploads are the uploads that tasks know. It is not sure of that when a task
// cannot be read.
func (r *round) ownedUploads(root *os.Root) (owned map[string]bool, sure bool) {
	owned, sure = map[string]bool{}, true
	entries, err := fs.ReadDir(root.FS(), tasksDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	for _, entry := range entries {
		name := path.Join(tasksDir, entry.Name())
		if path.Ext(name) != ".json" || unfinished(entry.Name()) {
			continue
		}
		names, err := uploadsOf(root, name)
		if err != nil {
			r.report(verdict(Unreadable, SubjectData, name, Certain, "it is no task: %v", bare(err)).remedy("move it away, and begin that upload or import again"))
			sure = false
		}
		for _, upload := range names {
			owned[path.Base(upload)] = true
		}
	}
	return owned, sure
}

func uploadsOf(root *os.Root, name string) ([]string, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxTask || !info.Mode().IsRegular() {
		return nil, errors.New("it is too long, or no file")
	}
	data, err := root.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var task struct {
		Uploaded     *string `json:"uploadpath"`
		Preprocessed *string `json:"preprocessedpath"`
	}
	if err := json.Unmarshal(data, &task); err != nil {
		return nil, err
	}
	var names []string
	for _, upload := range []*string{task.Uploaded, task.Preprocessed} {
		if upload != nil && *upload != "" {
			names = append(names, *upload)
		}
	}
	return names, nil
}
