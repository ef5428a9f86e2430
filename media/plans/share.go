package plans

import (
	"context"
	"errors"
	"io/fs"

	"musicdb/media/files"
)

// Mode is a change of the permissions of a file or directory.
type Mode struct {
	Path string `json:"path"` // behind the plan
	// Left is the file as the plan has left it; nil for a directory.
	Left   *File       `json:"left,omitempty"`
	Before fs.FileMode `json:"before"`
	After  fs.FileMode `json:"after"`
}

// share gives what was entered the permissions of music, see [files.ShareMode]. The
// former ones are noted before. Music of other users, and file systems without
// permissions, refuse that; it is no failure.
func (j *job) share(ctx context.Context) {
	log := j.k.log.With("plan", j.plan.ID)
	if j.modes == nil { // else a process that was killed has noted them
		j.modes = j.unshared()
		if len(j.modes) == 0 {
			return
		}
		if err := j.note(ctx, step{Modes: j.modes}); err != nil {
			log.Warn("the permissions of new music stay, because the former ones could not be noted", "err", err)
			return
		}
		j.k.reached(momentModes)
	}
	for _, m := range j.modes {
		if _, err := j.k.o.Music.SetMode(m.Path, m.After); err != nil {
			log.Warn("the permissions of new music could not be set", "path", m.Path, "err", err)
			continue
		}
		j.plan.Outcome.Files = append(j.plan.Outcome.Files, Made{Operation: -1, Mode: &m})
	}
	j.k.reached(momentShared)
}

// unshared is what was entered and has other permissions.
func (j *job) unshared() (modes []Mode) {
	add := func(i int, rel string) {
		rel = final(j.plan.Operations[i+1:], rel)
		info, err := j.k.o.Music.Stat(rel)
		if err != nil {
			j.k.log.Warn("the permissions of new music could not be looked at", "plan", j.plan.ID, "path", rel, "err", err)
			return
		}
		m := Mode{Path: rel, Before: info.Mode().Perm(), After: files.ShareMode(info)}
		if m.Before == m.After {
			return
		}
		if info.Mode().IsRegular() {
			m.Left = &File{Path: rel, Size: info.Size(), Modified: info.ModTime().UnixNano()}
		}
		modes = append(modes, m)
	}
	for i, o := range j.plan.Operations {
		switch {
		case o.EnterAlbum != nil:
			add(i, o.EnterAlbum.Path)
			for _, s := range o.EnterAlbum.Songs {
				add(i, s.File.Path)
			}
		case o.EnterVideo != nil:
			add(i, o.EnterVideo.File.Path)
		}
	}
	return modes
}

// unshare gives a file or directory its former permissions, after everything else was
// taken back, unless somebody has changed the file or its permissions since.
func (j *job) unshare(ctx context.Context, m Mode) error {
	rel := initial(j.plan.Operations, m.Path)
	info, err := j.k.o.Music.Stat(rel)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().Perm() != m.After {
		return nil
	}
	if err == nil && m.Left != nil {
		left := *m.Left
		for _, made := range j.plan.Outcome.Files {
			if made.Was != nil && made.Was.Path == rel {
				left = *made.Was
			}
		}
		var same bool
		if same, err = j.k.same(ctx, rel, left); err == nil && !same {
			return nil
		}
	}
	if err == nil {
		_, err = j.k.o.Music.SetMode(rel, m.Before)
	}
	return err
}
