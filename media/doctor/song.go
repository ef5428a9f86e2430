package doctor

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"musicdb/media/files"
)

// song examines one song of the album.
func (c *albumCase) song(ctx context.Context, rel string) {
	row, known := c.rows[rel]
	x, err := c.r.music.Examine(ctx, rel)
	if errors.Is(err, fs.ErrNotExist) || ctx.Err() != nil {
		return // removed while it was looked at
	}
	c.files++
	add := func(v Verdict) { c.add(v.of(row.ID)) }
	s := songCase{path: rel, id: row.ID, tags: x.Tags, readable: err == nil}
	at, wrong := files.Analyse(rel, files.KindSong)
	switch {
	case c.at.Kind == 0: // the name of the directory is what must be corrected first
	case wrong != nil:
		add(named(SubjectSong, rel, wrong))
	case at.Name == "":
		add(verdict(BadName, SubjectSong, rel, Certain, "the name of the song is empty"))
	default:
		s.at = at
		c.named = append(c.named, s)
	}
	switch {
	case err == nil:
	case errors.Is(err, files.ErrNotAudio):
		add(c.noAudio(rel, x, err))
		return
	case errors.Is(err, files.ErrTags):
		add(verdict(TagsUnreadable, SubjectSong, rel, Certain, "%s", strings.TrimPrefix(errors.Unwrap(err).Error(), files.ErrTags.Error()+": ")))
	default:
		add(verdict(Unreadable, SubjectSong, rel, Certain, "%v", err))
		return
	}
	c.songs = append(c.songs, s)
	extension := strings.TrimPrefix(strings.ToLower(path.Ext(rel)), ".")
	if usual := x.Tags.Format.Extensions(); len(usual) > 0 && !slices.Contains(usual, extension) {
		to := strings.TrimSuffix(rel, path.Ext(rel)) + "." + usual[0]
		add(verdict(WrongExtension, SubjectSong, rel, Certain, "it is called %s and contains %s", extension, x.Tags.Format).
			fixed(FixMove, treatment{to: to}))
	}
	if x.Tags.Truncated {
		add(verdict(Truncated, SubjectSong, rel, Certain, "its last part is missing"))
	}
	if x.Damage != nil {
		add(verdict(Damaged, SubjectSong, rel, Likely, "there is %v", x.Damage))
	}
	if known && s.at.Kind != 0 && (row.Name != at.Name || row.Number != int64(at.Number) || row.CD != int64(at.CD)) {
		add(verdict(RowDisagrees, SubjectSong, rel, Certain, "the entry says %q, number %d of CD %d", row.Name, row.Number, row.CD).
			fixed(FixRow, treatment{table: "songs", row: map[string]any{"name": at.Name, "number": at.Number, "cd": at.CD}}))
	}
	c.patients = append(c.patients, patient{rel, row.ID, x.Tags.Seconds, x.Tags.Truncated || x.Damage != nil})
	c.finding.twins = append(c.finding.twins, newTwin(rel, row.ID, x))
}

// noAudio is the verdict about a file without sound.
func (c *albumCase) noAudio(rel string, x files.Examination, err error) Verdict {
	if x.Content != "" && x.Size > 0 {
		return verdict(WrongExtension, SubjectSong, rel, Certain, "it is %s", x.Content).remedy("move it away, and look for the song")
	}
	if x.Size == 0 {
		return verdict(Damaged, SubjectSong, rel, Certain, "it is empty")
	}
	why := err
	if inner := errors.Unwrap(err); inner != nil {
		why = inner
	}
	return verdict(Damaged, SubjectSong, rel, Certain, "%v", why)
}

// video examines a video by its name, its row and its beginning.
func (r *round) video(rel string) finding {
	f := finding{files: 1, path: rel}
	row, known := r.catalogue.VideoByPath(rel)
	at, err := files.Analyse(rel, files.KindVideo)
	if err != nil {
		f.verdicts = append(f.verdicts, named(SubjectVideo, rel, err).of(row.ID))
		return f
	}
	if why, ok := r.videoContent(rel); !ok {
		f.verdicts = append(f.verdicts, verdict(Damaged, SubjectVideo, rel, Certain, "%s", why).of(row.ID))
		return f
	}
	switch {
	case !known:
		f.verdicts = append(f.verdicts, verdict(FileWithoutRow, SubjectVideo, rel, Certain, "it waits to be imported"))
	case row.Name != at.Name || row.Release == nil || *row.Release != int64(at.Release):
		f.verdicts = append(f.verdicts, verdict(RowDisagrees, SubjectVideo, rel, Certain, "the entry says %q of %s", row.Name, yearOf(row.Release)).of(row.ID).
			fixed(FixRow, treatment{table: "videos", row: map[string]any{"name": at.Name, "release": at.Release}}))
	}
	f.patients = append(f.patients, patient{rel, row.ID, float64(row.Playtime), false})
	return f
}

// videoContent compares the first bytes of a video with its name.
func (r *round) videoContent(rel string) (why string, ok bool) {
	file, err := r.music.Open(rel)
	if err != nil {
		return err.Error(), false
	}
	defer file.Close()
	head := make([]byte, 12)
	n, err := file.ReadAt(head, 0)
	switch {
	case n == 0:
		return "it is empty", false
	case n < len(head):
		return "it ends in its header: " + err.Error(), false
	case string(head[4:8]) == "ftyp", string(head[:4]) == "\x1A\x45\xDF\xA3":
		return "", true
	}
	return "it is neither MPEG-4 nor WebM", false
}
