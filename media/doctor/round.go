package doctor

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"musicdb/media/durable"
	"musicdb/media/files"
	"musicdb/media/library"
)

// round is one examination. Its methods run in the goroutine of the examination,
// except those of albumWard, which get what they need by value.
type round struct {
	ctx       context.Context
	d         *Doctor
	order     Order
	catalogue *library.Catalogue
	music     *files.Music
	tell      func(Verdict)
	told      time.Time

	covers   *coverCase     // nil: there is no cache
	seen     map[int64]bool // albums of the library whose directory was looked at
	twins    twins
	patients []patient // songs to listen to
}

// patient is a song that will be decoded.
type patient struct {
	path    string
	id      int64
	seconds float64 // by its headers
	known   bool    // to be damaged or cut off, which needs not be told again
}

// tellEvery is how often progress is told.
const tellEvery = time.Second

func newRound(ctx context.Context, d *Doctor, order Order, tell func(Verdict)) *round {
	return &round{ctx: ctx, d: d, order: order, music: d.o.Music, tell: tell, catalogue: d.o.Catalogue(),
		seen: map[int64]bool{}, twins: twins{}}
}

// report tells a verdict to whoever waits for it, and keeps it.
func (r *round) report(verdicts ...Verdict) {
	for _, v := range verdicts {
		r.d.keep(v)
		if r.tell != nil {
			r.tell(v)
		}
	}
}

// progress notes how far the round has come, and tells it now and then.
func (r *round) progress(change func(*Status)) {
	r.d.note(change)
	if now := time.Now(); now.Sub(r.told) >= tellEvery {
		r.told = now
		r.d.announce()
	}
}

// look examines everything that needs no decoding.
func (r *round) look() error {
	var err error
	if r.covers, err = openCovers(r.d.o); err != nil {
		r.d.log.Warn("the artwork cache is not examined", "error", err)
	}
	defer r.covers.close()
	if r.order.Path == "" {
		if err := r.databases(); err != nil {
			return err
		}
	}
	if err := r.walk(); err != nil {
		return err
	}
	if err := r.rows(); err != nil {
		return err
	}
	if err := r.duplicates(); err != nil {
		return err
	}
	if r.order.Path == "" {
		r.leftovers()
	}
	return context.Cause(r.ctx)
}

// walk goes through the music directory, or the part of it that was asked for.
// Albums are looked at by several goroutines, and told in path order.
func (r *round) walk() error {
	elements := strings.Split(r.order.Path, "/")
	if r.order.Path == "" {
		return r.wards(r.everything)
	}
	info, err := r.music.Stat(r.order.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && r.inLibrary(r.order.Path):
		return nil // the rows will tell
	case err != nil:
		return err
	}
	return r.wards(func(ask func(ward) bool) error {
		switch {
		case len(elements) == 1 && info.IsDir():
			r.artist(r.order.Path, ask)
		case len(elements) == 2 && info.IsDir():
			ask(ward{path: r.order.Path})
		case len(elements) == 2 && files.IsVideo(r.order.Path):
			ask(ward{path: r.order.Path, video: true})
		case len(elements) == 3 && !info.IsDir():
			ask(ward{path: path.Dir(r.order.Path), only: path.Base(r.order.Path)})
		default:
			ask(ward{verdicts: []Verdict{verdict(Misplaced, SubjectFile, r.order.Path, Certain, "")}})
		}
		return nil
	})
}

// inLibrary reports whether a row has the path.
func (r *round) inLibrary(rel string) bool {
	_, artist := r.catalogue.ArtistByPath(rel)
	_, album := r.catalogue.AlbumByPath(rel)
	_, song := r.catalogue.SongByPath(rel)
	_, video := r.catalogue.VideoByPath(rel)
	return artist || album || song || video
}

// everything walks all artists. Only a music directory that cannot be listed is an
// error.
func (r *round) everything(ask func(ward) bool) error {
	entries, err := r.music.List(".")
	if err != nil {
		return &files.RootError{Dir: r.music.Dir(), Err: err}
	}
	for _, entry := range entries {
		name := entry.Name()
		if r.d.o.Ignore.IgnoresArtist(name) {
			continue
		}
		info, v := r.entry(name, entry)
		switch {
		case v != nil:
			if !ask(ward{verdicts: []Verdict{*v}}) {
				return nil
			}
		case !info.IsDir():
			if !ask(ward{verdicts: []Verdict{r.stray(name)}}) {
				return nil
			}
		default:
			if !r.artist(name, ask) {
				return nil
			}
		}
	}
	return nil
}

// artist walks the directory of an artist.
func (r *round) artist(artist string, ask func(ward) bool) bool {
	entries, err := r.music.List(artist)
	if err != nil {
		return ask(ward{verdicts: []Verdict{verdict(Unreadable, SubjectArtist, artist, Certain, "%v", err)}})
	}
	for _, entry := range entries {
		rel := path.Join(artist, entry.Name())
		if r.d.o.Ignore.IgnoresAlbum(entry.Name()) {
			continue
		}
		info, v := r.entry(rel, entry)
		w := ward{path: rel}
		switch {
		case v != nil:
			w = ward{verdicts: []Verdict{*v}}
		case info.IsDir():
		case files.IsVideo(rel):
			w.video = true
		case files.IsCompanion(rel):
			continue
		default:
			w = ward{verdicts: []Verdict{r.stray(rel)}}
		}
		if !ask(w) {
			return false
		}
	}
	return true
}

// entry follows a directory entry to what it stands for. Without information there is
// a verdict that says why.
func (r *round) entry(rel string, entry fs.DirEntry) (fs.FileInfo, *Verdict) {
	if !utf8.ValidString(entry.Name()) {
		v := verdict(BadName, SubjectFile, strings.ToValidUTF8(rel, "\uFFFD"), Certain, "its name is not valid UTF-8").
			remedy("rename it, convmv can do that for whole directories")
		return nil, &v
	}
	info, err := r.music.Stat(rel)
	if err == nil {
		return info, nil
	}
	v := verdict(Unreadable, SubjectFile, rel, Certain, "%v", err)
	if entry.Type()&fs.ModeSymlink != 0 {
		v = verdict(Unreadable, SubjectFile, rel, Certain, "it is a link that leads out of the music directory, or nowhere").
			remedy("put the music itself there, or mount it with a bind mount")
	}
	return nil, &v
}

// stray is a file where no file is looked for.
func (r *round) stray(rel string) Verdict {
	if durable.IsTemporary(path.Base(rel)) {
		return verdict(Leftover, SubjectFile, rel, Certain, "it was being written when the server was killed")
	}
	if files.IsSong(rel) || files.IsVideo(rel) {
		return verdict(Misplaced, SubjectFile, rel, Certain, "")
	}
	return verdict(Misplaced, SubjectFile, rel, Possible, "no file is looked for there").remedy("nothing needs to be done unless it is music")
}
