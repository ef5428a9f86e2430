package tasks

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"

	"musicdb/media/files"
	"musicdb/media/library"
)

// lostPaths are the rows whose file or directory is missing, in the order of their
// ids (MusicDB protocol, InitiateFilesystemScan).
type lostPaths struct {
	Artists []library.Artist `json:"artists"`
	Albums  []library.Album  `json:"albums"`
	Songs   []library.Song   `json:"songs"`
	Videos  []library.Video  `json:"videos"`
}

// newPaths are files and directories that have no row, in path order. Filtered songs
// are those whose album has one.
type newPaths struct {
	Artists       []newPath `json:"artists"`
	Albums        []newPath `json:"albums"`
	Songs         []newPath `json:"songs"`
	FilteredSongs []newPath `json:"filteredsongs"`
	Videos        []newPath `json:"videos"`
}

// newPath is a path with the SHA-256 of the file, by which clients find out what was
// moved; none for a directory and a file that cannot be read.
type newPath struct {
	Path     string `json:"path"`
	Checksum string `json:"checksum,omitempty"`
}

// scanFiles compares the music directory with the database. The result replaces the
// annotations of the task.
func scanFiles(ctx context.Context, w *Work) error {
	s := &fsScan{work: w, o: w.Options(), catalogue: w.Options().Library.Catalogue()}
	found, err := s.look(ctx)
	if err != nil {
		return err
	}
	lost, err := s.lost(ctx)
	if err != nil {
		return err
	}
	if err := s.checksums(ctx, &found); err != nil {
		return err
	}
	raw, err := rawValues(map[string]any{"lostpaths": lost, "newpaths": found})
	if err != nil {
		return err
	}
	w.Set(func(t *Task) { t.Annotations = raw })
	return nil
}

// fsScan is one comparison. Its fields belong to the goroutine of the step.
type fsScan struct {
	work      *Work
	o         *Options
	catalogue *library.Catalogue
}

// look finds what has no row.
func (s *fsScan) look(ctx context.Context) (newPaths, error) {
	found := newPaths{[]newPath{}, []newPath{}, []newPath{}, []newPath{}, []newPath{}}
	content, err := s.o.Music.FindNew(ctx, files.FindOptions{Ignore: s.o.Ignore, Found: func(f *files.Finding) {
		s.o.Log.Debug("scan: "+f.Problem.String(), "path", f.Path, "cause", f.Cause(), "remedy", f.Remedy())
	}})
	var root *files.RootError
	if errors.As(err, &root) {
		return found, Fail("The music directory cannot be read", err, "look whether its disk is mounted, then scan again")
	}
	if err != nil {
		return found, err
	}
	albums, artists := map[string]bool{}, map[string]bool{}
	for _, a := range content.Albums {
		albums[a.Path], artists[a.Artist] = true, true
		if _, known := s.catalogue.AlbumByPath(a.Path); !known {
			found.Albums = append(found.Albums, newPath{Path: a.Path})
		}
	}
	for _, v := range content.Videos {
		artists[v.Artist] = true
		if _, known := s.catalogue.VideoByPath(v.Path); !known {
			found.Videos = append(found.Videos, newPath{Path: v.Path})
		}
	}
	if _, known, _ := s.catalogue.NumberOf(); known > 0 && len(albums) == 0 {
		return found, &Failure{Message: "The music directory is empty", Cause: "the database has albums, and none of them is there",
			Remedy: "look whether the disk of the music directory is mounted, then scan again"}
	}
	for _, artist := range slices.Sorted(maps.Keys(artists)) {
		if _, known := s.catalogue.ArtistByPath(artist); !known {
			found.Artists = append(found.Artists, newPath{Path: artist})
		}
	}
	// Albums that were entered and now hold more than files have new songs, too.
	for _, a := range s.catalogue.Albums() {
		albums[a.Path] = true
	}
	return found, s.songs(ctx, albums, &found)
}

// songs finds the new songs of albums.
func (s *fsScan) songs(ctx context.Context, albums map[string]bool, found *newPaths) error {
	for _, album := range slices.Sorted(maps.Keys(albums)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		songs, err := s.o.Music.NewSongs(album, s.o.Ignore, func(rel string) bool { _, known := s.catalogue.SongByPath(rel); return known })
		if err != nil {
			continue // it is lost
		}
		_, known := s.catalogue.AlbumByPath(album)
		for _, song := range songs {
			found.Songs = append(found.Songs, newPath{Path: song})
			if known {
				found.FilteredSongs = append(found.FilteredSongs, newPath{Path: song})
			}
		}
	}
	return nil
}

// lost finds the rows whose path is missing. One that cannot be looked at is not.
func (s *fsScan) lost(ctx context.Context) (lostPaths, error) {
	lost := lostPaths{[]library.Artist{}, []library.Album{}, []library.Song{}, []library.Video{}}
	gone := map[string]bool{"": false, ".": false}
	var isGone func(rel string) bool
	isGone = func(rel string) bool {
		answer, asked := gone[rel]
		if !asked {
			// What lies in a directory that is gone need not be looked for.
			if answer = isGone(path.Dir(rel)); !answer {
				_, err := s.o.Music.Stat(rel)
				answer = errors.Is(err, fs.ErrNotExist) || errors.Is(err, files.ErrPath)
			}
			gone[rel] = answer
		}
		return answer
	}
	for _, a := range s.catalogue.Artists() {
		if isGone(a.Path) {
			lost.Artists = append(lost.Artists, a)
		}
	}
	for _, a := range s.catalogue.Albums() {
		if isGone(a.Path) {
			lost.Albums = append(lost.Albums, a)
		}
	}
	for song := range s.catalogue.Songs() {
		if err := ctx.Err(); err != nil {
			return lost, err
		}
		if isGone(song.Path) {
			lost.Songs = append(lost.Songs, song)
		}
	}
	for _, v := range s.catalogue.Videos() {
		if isGone(v.Path) {
			lost.Videos = append(lost.Videos, v)
		}
	}
	return lost, nil
}

// checksums reads the new files.
func (s *fsScan) checksums(ctx context.Context, found *newPaths) error {
	known := map[string]string{}
	total := int64(len(found.Songs) + len(found.Videos))
	sum := func(list []newPath) error {
		for i := range list {
			at := list[i].Path
			checksum, done := known[at]
			if !done {
				s.work.Progress(Advance{Done: int64(len(known)), Total: total, Path: at})
				var err error
				if checksum, err = s.o.Music.Checksum(ctx, at); ctx.Err() != nil {
					return ctx.Err()
				} else if err != nil {
					s.o.Log.Info("a new file cannot be read", "path", at, "err", err)
				}
				known[at] = checksum
			}
			list[i].Checksum = checksum
		}
		return nil
	}
	return errors.Join(sum(found.Songs), sum(found.FilteredSongs), sum(found.Videos))
}
