package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"musicdb/media/files"
	"musicdb/media/library"
)

// faultIllness are the illnesses of databases.
var faultIllness = map[library.FaultKind]Illness{
	library.FaultDamaged: DatabaseDamaged, library.FaultUnreadable: Unreadable, library.FaultOrphan: BrokenReference,
	library.FaultDouble: DoubleRow, library.FaultCount: WrongCount, library.FaultValue: WrongValue,
}

// databases lets the library look through its databases.
func (r *round) databases() error {
	return databases(r.ctx, r.d.o.DataDir, func(v Verdict, f library.Fault) { r.report(r.mend(v, f)) })
}

// Databases examines the databases of a data directory alone, where one is so damaged
// that there is no library. The error is that of the context.
func Databases(ctx context.Context, dir string, tell func(Verdict)) error {
	return databases(ctx, dir, func(v Verdict, _ library.Fault) { tell(v) })
}

func databases(ctx context.Context, dir string, tell func(Verdict, library.Fault)) error {
	return library.Inspect(ctx, dir, func(f library.Fault) {
		name, reason := f.File, "the file "+f.Detail
		if f.Table != "" {
			name, reason = f.File+"/"+f.Table, fmt.Sprintf("row %d %s", f.ID, f.Detail)
		}
		v := verdict(faultIllness[f.Kind], SubjectDatabase, name, Certain, "%s", reason).of(f.ID)
		if f.Err != nil {
			v.Reason = f.Err.Error()
			v.Remedy = "see the reason"
		}
		if f.Path != "" {
			v.Related = []string{f.Path}
		}
		tell(v, f)
	})
}

// mend offers the repairs of rows that can be derived from the others.
func (r *round) mend(v Verdict, f library.Fault) Verdict {
	if f.Kind != library.FaultCount {
		return v
	}
	var count, cds int64
	for _, s := range r.catalogue.SongsOf(f.ID) {
		count++
		cds = max(cds, s.CD)
	}
	return v.fixed(FixRow, treatment{table: f.Table, row: map[string]any{"numofsongs": count, "numofcds": max(cds, 1)}})
}

// rows looks for entries of the library whose files are gone. Those in directories
// that were walked are known already.
func (r *round) rows() error {
	if r.away() {
		return nil
	}
	gone := map[int64]bool{} // artists
	for _, a := range r.catalogue.Artists() {
		if r.concerns(a.Path) && r.missing(a.Path) {
			gone[a.ID] = true
			r.report(verdict(RowWithoutFile, SubjectArtist, a.Path, Certain, "there is no such directory").of(a.ID).
				fixed(FixRemoveRow, treatment{table: "artists"}))
		}
	}
	lost := map[int64]bool{} // albums
	for _, a := range r.catalogue.Albums() {
		if err := context.Cause(r.ctx); err != nil {
			return err
		}
		switch {
		case gone[a.ArtistID]:
			lost[a.ID] = true
		case r.concerns(a.Path) && !r.seen[a.ID] && r.missing(a.Path):
			lost[a.ID] = true
			r.report(verdict(RowWithoutFile, SubjectAlbum, a.Path, Certain, "there is no such directory").of(a.ID).
				fixed(FixRemoveRow, treatment{table: "albums"}))
		}
	}
	if err := r.songRows(lost); err != nil {
		return err
	}
	return r.videoRows(gone)
}

// songRows looks for songs outside the directory of their album, and for those of
// albums that do not exist.
func (r *round) songRows(lost map[int64]bool) error {
	for s := range r.catalogue.Songs() {
		if err := context.Cause(r.ctx); err != nil {
			return err
		}
		album, known := r.catalogue.Album(s.AlbumID)
		within := known && (path.Dir(s.Path) == album.Path && r.seen[album.ID] || lost[album.ID])
		if !within && r.concerns(s.Path) && r.missing(s.Path) {
			r.report(verdict(RowWithoutFile, SubjectSong, s.Path, Certain, "there is no such file").of(s.ID).
				fixed(FixRemoveRow, treatment{table: "songs"}))
		}
	}
	return nil
}

func (r *round) videoRows(gone map[int64]bool) error {
	for _, v := range r.catalogue.Videos() {
		if err := context.Cause(r.ctx); err != nil {
			return err
		}
		switch {
		case gone[v.ArtistID] || !r.concerns(v.Path):
		case r.missing(v.Path):
			r.report(verdict(RowWithoutFile, SubjectVideo, v.Path, Certain, "there is no such file").of(v.ID).
				fixed(FixRemoveRow, treatment{table: "videos"}))
		default:
			if pictures, ill := r.frames(v); ill {
				r.report(pictures)
			}
		}
	}
	return nil
}

// away reports whether nothing of the library is there any more: a disk that is not
// mounted, and no loss of everything.
func (r *round) away() bool {
	artists := r.catalogue.Artists()
	if len(artists) == 0 {
		return false
	}
	for _, a := range artists {
		if !r.missing(a.Path) {
			return false
		}
	}
	r.report(verdict(MusicAway, SubjectFile, ".", Likely, "none of the %d artists of the library is in %s", len(artists), r.music.Dir()))
	return true
}

// concerns reports whether a path belongs to what was asked for.
func (r *round) concerns(rel string) bool {
	return r.order.Path == "" || rel == r.order.Path || strings.HasPrefix(rel, r.order.Path+"/")
}

// missing reports whether nothing is at a path. A path that is none is missing, too.
func (r *round) missing(rel string) bool {
	_, err := r.music.Stat(rel)
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, files.ErrPath)
}
