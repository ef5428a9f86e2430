package plans

import (
	"context"
	"errors"
	"fmt"
	"io"

	"musicdb/media/artwork"
	"musicdb/media/library"
)

// Apply makes the changes of a proposed, failed or stale plan. progress, which may be
// nil, is called before each operation. When ctx ends before the first file has its
// turn, what lies ready is removed and the plan has failed; later ctx is not asked.
//
// Errors: a *[StaleError] when something is not as the plan expects, nothing was
// touched then; a *[FailedError] when a change was impossible, everything was put back
// then; [ErrUnknown], [ErrBusy], one that matches [fsm.ErrRefused] for a plan in another
// state, and those of the database.
func (k *Keeper) Apply(ctx context.Context, id int64, by string, progress func(Progress)) (Plan, error) {
	k.resume(ctx)
	p, release, err := k.claim(ctx, id)
	if err != nil {
		return Plan{}, err
	}
	defer release()
	if err := k.can(&p, Agree); err != nil {
		return p, err
	}
	p.Outcome = Outcome{By: by}
	since, err := k.check(ctx, &p, true)
	if err != nil {
		return p, err
	}
	if len(since) > 0 {
		return p, k.outdate(ctx, &p, since)
	}
	if err := k.move(ctx, &p, Agree, false); err != nil {
		return p, err
	}
	k.reached(momentAgreed)
	j := k.newJob(&p, progress)
	if err := j.apply(ctx); err != nil {
		return p, j.fail(ctx, err)
	}
	return p, j.applied(context.WithoutCancel(ctx))
}

// outdate notes what has changed since the plan was made.
func (k *Keeper) outdate(ctx context.Context, p *Plan, since []string) error {
	stale := &StaleError{p.ID, since}
	p.Outcome.Failure = &Failure{Operation: -1, Cause: "files or rows are not as the plan expects", Remedy: "make a new plan, or bring back what has changed", Since: since}
	if p.State == Stale {
		row, err := p.row()
		if err == nil {
			err = k.o.Library.SavePlan(ctx, row, false)
		}
		return errors.Join(stale, err)
	}
	return errors.Join(stale, k.move(ctx, p, Outdate, false))
}

// apply makes everything that takes long and disturbs nobody, then, in turn with all
// other changes, what is seen: rows and files at once.
func (j *job) apply(ctx context.Context) error {
	if err := j.prepare(ctx); err != nil {
		return err
	}
	j.k.reached(momentPrepared)
	end, err := j.k.o.Maintenance.Turn(ctx)
	if err != nil {
		return err
	}
	defer end()
	since, err := j.k.check(ctx, j.plan, false)
	if err != nil {
		return err
	}
	if len(since) > 0 {
		return &StaleError{j.plan.ID, since}
	}
	err = j.k.o.Library.Edit(ctx, j.change)
	if err == nil {
		j.k.reached(momentCommitted)
	}
	return err
}

// change is the transaction: what the database refuses is refused before a file is
// touched.
func (j *job) change(e *library.Edit) error {
	for i := range j.plan.Operations {
		if err := j.writeRows(e, i); err != nil {
			return err
		}
	}
	rows, err := e.Changes()
	if err != nil {
		return err
	}
	for i, o := range j.plan.Operations {
		switch {
		case o.MakeDirectory != nil:
			j.on(o.MakeDirectory.Path)
			err = j.act(e, act{Kind: makeDirectory, Path: o.MakeDirectory.Path})
			j.made = append(j.made, Made{Operation: i, Directory: o.MakeDirectory.Path})
		case o.Move != nil:
			j.on(o.Move.From)
			err = j.move(e, i, o.Move)
		case o.WriteTags != nil:
			err = j.act(e, j.swap(i, o.WriteTags.File.Path))
		}
		if err != nil {
			return err
		}
	}
	j.plan.Outcome.Files, j.plan.Outcome.Rows = j.made, rows
	err = j.noteRows(e, step{Rows: &rows, Files: j.made, Warn: j.warned})
	j.k.reached(momentNoted)
	return err
}

// swap is how the file of an operation gets its other tags.
func (j *job) swap(operation int, rel string) act {
	a := act{Kind: swapFile, Path: rel, Key: j.key(operation)}
	for _, m := range j.made {
		if m.Operation == operation {
			a.Was, a.Left = m.Was, m.Left
		}
	}
	return a
}

func (j *job) move(e *library.Edit, i int, m *Move) error {
	if err := j.act(e, act{Kind: moveFile, Path: m.From, To: m.To}); err != nil {
		return err
	}
	made := Made{Operation: i, Move: &library.Move{Old: m.From, New: m.To}}
	if info, err := j.k.o.Music.Stat(m.To); err == nil && info.Mode().IsRegular() {
		made.Left = &File{Path: m.To, Size: info.Size(), Modified: info.ModTime().UnixNano()}
	}
	j.made = append(j.made, made)
	return nil
}

// prepare writes covers, and files with other tags beside those that they will replace.
func (j *job) prepare(ctx context.Context) error {
	for i, o := range j.plan.Operations {
		var err error
		switch {
		case o.WriteTags != nil:
			j.on(o.WriteTags.File.Path)
			err = j.prepareTags(ctx, i, o.WriteTags)
		case o.SetCover != nil:
			j.on(o.SetCover.AlbumPath)
			err = j.prepareCover(ctx, i, o.SetCover)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (j *job) prepareTags(ctx context.Context, i int, w *WriteTags) error {
	v, err := j.k.o.Music.PrepareTags(ctx, w.File.Path, j.key(i), w.After)
	if err != nil {
		return err
	}
	if err := j.k.o.Library.KeepForPlan(ctx, j.plan.ID, kept("tags", i), v.Patch); err != nil {
		return err
	}
	j.checksums[w.File.Path] = v.Checksum
	was := w.File
	if info, err := j.k.o.Music.Stat(w.File.Path); err == nil {
		was.Modified = info.ModTime().UnixNano() // only the checksum may have been the expected one
	}
	j.made = append(j.made, Made{
		Operation: i, Was: &was, Former: true,
		Left: &File{Path: w.File.Path, Size: v.Size, Modified: v.Modified.UnixNano(), Checksum: v.Checksum},
	})
	return nil
}

func (j *job) prepareCover(ctx context.Context, i int, s *SetCover) error {
	picture, err := j.picture(ctx, s.Source)
	if err != nil {
		return err
	}
	c := cover{Operation: i, Name: j.coverName(s.AlbumPath)}
	j.covers[i] = c.Name
	former, _, err := j.k.currentCover(ctx, c.Name)
	if err != nil {
		return err
	}
	if former != nil {
		c.Former = true
		if err := j.k.o.Library.KeepForPlan(ctx, j.plan.ID, kept("cover", i), former); err != nil {
			return err
		}
	}
	if err := j.note(ctx, step{Cover: &c}); err != nil {
		return err
	}
	j.written = append(j.written, c)
	if err := j.k.o.Artwork.SetNamed(ctx, c.Name, picture); err != nil {
		return err
	}
	j.k.reached(momentCover)
	_, left, err := j.k.currentCover(ctx, c.Name)
	j.made = append(j.made, Made{Operation: i, Cover: c.Name, Former: c.Former, Left: left})
	return err
}

// coverName is the file name of an album's cover, which may be entered by the plan.
func (j *job) coverName(album string) string {
	for _, o := range j.plan.Operations {
		if o.EnterAlbum != nil && o.EnterAlbum.Path == album {
			return artwork.Name(o.EnterAlbum.ArtistName, o.EnterAlbum.Name)
		}
	}
	c := j.k.o.Library.Catalogue()
	a, _ := c.AlbumByPath(initial(j.plan.Operations, album))
	artist, _ := c.Artist(a.ArtistID)
	return artwork.Name(artist.Name, a.Name)
}

// picture reads the picture that becomes a cover.
func (j *job) picture(ctx context.Context, s CoverSource) (picture []byte, err error) {
	switch {
	case s.Song != "":
		picture, err = j.k.o.Music.ReadCover(ctx, s.Song)
	case s.File != "":
		f, openErr := j.k.o.Music.Open(s.File)
		if openErr != nil {
			return nil, openErr
		}
		defer f.Close()
		picture, err = io.ReadAll(io.LimitReader(f, artwork.MaxBytes+1))
	default:
		picture, _, err = j.k.o.Library.KeptForPlan(ctx, j.plan.ID, s.Picture)
	}
	if err == nil && picture == nil {
		err = fmt.Errorf("plans: there is no picture in %q", s.Song+s.File+s.Picture)
	}
	return picture, err
}

// applied brings a committed plan to its end.
func (j *job) applied(ctx context.Context) error {
	p := j.plan
	if err := j.clear(); err != nil {
		j.warn("what lay beside files whose tags were written could not be removed: %v", err)
	}
	j.k.reached(momentCleared)
	j.share(ctx)
	if err := j.remember(ctx); err != nil {
		j.k.log.Warn("the checksums of new songs could not be kept; their files are read again for them", "plan", p.ID, "err", err)
	}
	for _, o := range p.Operations {
		if o.MakeFrames == nil || j.k.o.Frames == nil {
			continue
		}
		j.on(o.MakeFrames.VideoPath)
		v, known := j.k.o.Library.Catalogue().VideoByPath(o.MakeFrames.VideoPath)
		if !known {
			continue
		}
		if err := j.k.o.Frames.Make(ctx, v.ID); err != nil {
			j.warn("the pictures of %q could not be made: %v", v.Path, err)
		}
	}
	p.Outcome.Warnings, p.Outcome.Failure = j.warned, nil
	if err := j.k.move(ctx, p, Finish, false); err != nil {
		return err
	}
	j.k.trim(ctx)
	return nil
}

func (j *job) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	j.warned = append(j.warned, text)
	j.k.log.Warn(text, "plan", j.plan.ID)
}
