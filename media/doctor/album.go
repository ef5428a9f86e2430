package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"musicdb/media/durable"
	"musicdb/media/files"
	"musicdb/media/library"
)

// albumCase is the examination of one album's directory.
type albumCase struct {
	r        *round
	at       files.Location // zero if the name is outside the conventions
	path     string
	row      library.Album // zero without one
	known    bool
	rows     map[string]library.Song // of the album, by path
	songs    []songCase              // that can be read, in order of their names
	named    []songCase              // whose names follow the conventions, whatever is in them
	pictures []string                // files beside the songs
	finding
}

// songCase is one song of the album that can be read.
type songCase struct {
	at       files.Location // zero if the name is outside the conventions
	path     string
	id       int64 // of its row, 0 without one
	tags     files.Tags
	readable bool // its tags
}

// album examines the songs of a directory, and the directory as a whole.
func (r *round) album(ctx context.Context, w ward) finding {
	c := &albumCase{r: r, path: w.path, rows: map[string]library.Song{}}
	c.finding = finding{albums: 1, path: w.path}
	c.row, c.known = r.catalogue.AlbumByPath(w.path)
	if c.known {
		c.finding.album = c.row.ID
		for _, s := range r.catalogue.SongsOf(c.row.ID) {
			c.rows[s.Path] = s
		}
	}
	var err error
	if c.at, err = files.Analyse(w.path, files.KindAlbum); err != nil {
		c.add(named(SubjectAlbum, w.path, err))
	} else if c.at.Album == "" {
		c.add(verdict(BadName, SubjectAlbum, w.path, Certain, "the name of the album is empty"))
		c.at = files.Location{}
	}
	entries, err := r.music.List(w.path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) { // else it was removed while it was looked at
			c.add(verdict(Unreadable, SubjectAlbum, w.path, Certain, "%v", err).of(c.row.ID))
		}
		return c.finding
	}
	for _, entry := range entries {
		if ctx.Err() != nil {
			return c.finding
		}
		if w.only == "" || w.only == entry.Name() {
			c.entry(ctx, entry)
		}
	}
	if w.only == "" {
		c.whole()
	}
	return c.finding
}

func (c *albumCase) add(verdicts ...Verdict) { c.verdicts = append(c.verdicts, verdicts...) }

// named is the verdict about a name outside the conventions.
func named(on Subject, rel string, err error) Verdict {
	var naming *files.NamingError
	if errors.As(err, &naming) {
		return verdict(BadName, on, rel, Certain, "%s", naming.Why).remedy(naming.Remedy())
	}
	return verdict(BadName, on, rel, Certain, "%v", err)
}

// entry examines one entry of the directory.
func (c *albumCase) entry(ctx context.Context, entry fs.DirEntry) {
	rel := path.Join(c.path, entry.Name())
	if c.r.d.o.Ignore.IgnoresSong(entry.Name()) {
		return
	}
	info, v := c.r.entry(rel, entry)
	switch {
	case v != nil:
		c.add(*v)
	case info.IsDir():
		c.add(verdict(Misplaced, SubjectFile, rel, Certain, "it is a directory inside an album"))
	case durable.IsTemporary(entry.Name()):
		c.add(verdict(Leftover, SubjectFile, rel, Certain, "it was being written when the server was killed"))
	case info.Mode().IsRegular() && files.IsSong(rel):
		c.song(ctx, rel)
	case info.Mode().IsRegular() && files.IsCompanion(rel):
		if isPicture(rel) {
			c.pictures = append(c.pictures, rel)
		}
	default:
		c.add(verdict(Unsupported, SubjectFile, rel, Possible, "nothing plays it"))
	}
}

// whole examines what concerns the album and not one of its songs.
func (c *albumCase) whole() {
	if len(c.songs) == 0 && !slices.ContainsFunc(c.verdicts, func(v Verdict) bool { return v.Subject == SubjectSong }) {
		c.add(verdict(NoSongs, SubjectAlbum, c.path, Certain, "").of(c.row.ID))
	}
	c.entries()
	if c.at.Kind == 0 {
		return
	}
	c.numbers()
	c.formats()
	c.compare()
	c.cover()
}

// entries compares the songs of the directory with those of the library.
func (c *albumCase) entries() {
	there := map[string]bool{}
	spelt := map[string]string{} // as it is compared → as it is
	for _, s := range c.songs {
		there[s.path] = true
		spelt[spelling(s.path)] = s.path
	}
	other := map[string]bool{} // files that a row means which spells them otherwise
	for _, rel := range slices.Sorted(maps.Keys(c.rows)) {
		row := c.rows[rel]
		if there[rel] || path.Dir(rel) != c.path {
			continue // rows of other directories are looked for one by one
		}
		if _, err := c.r.music.Stat(rel); !errors.Is(err, fs.ErrNotExist) {
			continue // it is there, and something else is wrong with it
		}
		if is := spelt[spelling(rel)]; is != "" && c.rows[is].ID == 0 {
			other[is] = true
			columns := map[string]any{"path": is}
			if at, err := files.Analyse(is, files.KindSong); err == nil {
				columns["name"] = at.Name
			}
			c.add(verdict(RowDisagrees, SubjectSong, rel, Certain, "its file is spelt otherwise, in another Unicode form or with other capitals").
				of(row.ID).with(is).fixed(FixRow, treatment{table: "songs", row: columns}))
			continue
		}
		v := verdict(RowWithoutFile, SubjectSong, rel, Certain, "there is no such file").of(row.ID)
		if misnamed := slices.IndexFunc(c.verdicts, func(o Verdict) bool { return o.treatment.to == rel }); misnamed >= 0 {
			// What the user has said about the song would be lost with its entry.
			c.add(v.with(c.verdicts[misnamed].Path).remedy("give that file its right extension"))
			continue
		}
		c.add(v.fixed(FixRemoveRow, treatment{table: "songs"}))
	}
	if !c.known {
		if len(c.songs) > 0 && c.at.Kind != 0 {
			c.add(verdict(FileWithoutRow, SubjectAlbum, c.path, Certain, "with %s", songs(len(c.songs))))
		}
		return
	}
	for _, s := range c.songs {
		if s.id == 0 && s.at.Kind != 0 && !other[s.path] {
			c.add(verdict(FileWithoutRow, SubjectSong, s.path, Certain, "its album is in the library, and it is not"))
		}
	}
	if c.at.Kind != 0 && (c.row.Name != c.at.Album || c.row.Release == nil || *c.row.Release != int64(c.at.Release)) {
		c.add(verdict(RowDisagrees, SubjectAlbum, c.path, Certain, "the entry says %q of %s", c.row.Name, yearOf(c.row.Release)).of(c.row.ID).
			fixed(FixRow, treatment{table: "albums", row: map[string]any{"name": c.at.Album, "release": c.at.Release}}))
	}
}

func songs(n int) string {
	if n == 1 {
		return "1 song"
	}
	return fmt.Sprintf("%d songs", n)
}

func yearOf(release *int64) string {
	if release == nil {
		return "no year"
	}
	return fmt.Sprint(*release)
}

// numbers looks for gaps and doubles in the numbers of songs, CD by CD.
func (c *albumCase) numbers() {
	byCD := map[int]map[int]string{}
	for _, s := range c.named {
		if byCD[s.at.CD] == nil {
			byCD[s.at.CD] = map[int]string{}
		}
		if before, taken := byCD[s.at.CD][s.at.Number]; taken {
			c.add(verdict(NumberTwice, SubjectSong, s.path, Certain, "its number is %d", s.at.Number).of(s.id).with(before))
			continue
		}
		byCD[s.at.CD][s.at.Number] = s.path
	}
	var missing []string
	for _, cd := range slices.Sorted(maps.Keys(byCD)) {
		missing = append(missing, gaps(cd, byCD)...)
	}
	if len(missing) > 0 {
		c.add(verdict(NumberMissing, SubjectAlbum, c.path, Possible, "there is no %s", strings.Join(missing, ", ")).of(c.row.ID))
	}
}

// maxGaps is how many missing numbers are named.
const maxGaps = 10

// gaps are the numbers that are missing below the highest one of a CD, and the CDs
// that are missing below this one.
func gaps(cd int, byCD map[int]map[int]string) (missing []string) {
	if cd > 1 && byCD[cd-1] == nil {
		missing = append(missing, fmt.Sprintf("CD %d", cd-1))
	}
	highest := slices.Max(slices.Collect(maps.Keys(byCD[cd])))
	for n := 1; n < highest; n++ {
		if _, there := byCD[cd][n]; there {
			continue
		}
		if len(missing) == maxGaps {
			return append(missing, "and others")
		}
		name := fmt.Sprintf("number %d", n)
		if len(byCD) > 1 {
			name += fmt.Sprintf(" of CD %d", cd)
		}
		missing = append(missing, name)
	}
	return missing
}

// formatsTell is how many songs an album must have for their formats to tell that some
// come from elsewhere. Singles are often put together.
const formatsTell = 5

// formats tells when not all songs have the same one.
func (c *albumCase) formats() {
	number := map[string]int{}
	for _, s := range c.songs {
		number[s.tags.Format.String()]++
	}
	if len(number) < 2 || len(c.songs) < formatsTell {
		return
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(number)) {
		list = append(list, fmt.Sprintf("%d %s", number[name], name))
	}
	c.add(verdict(MixedFormats, SubjectAlbum, c.path, Possible, "%s", strings.Join(list, ", ")).of(c.row.ID))
}
