package tasks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
)

// FirstScanOptions say what is scanned and who is told.
type FirstScanOptions struct {
	Library *library.Library
	Music   *files.Music
	Covers  Covers            // nil: albums keep the default cover
	Files   files.ScanOptions // Known is set by the scan

	// Turn begins a turn in which nobody else changes the music directory and the library,
	// as that of package maintenance. nil: nobody does.
	Turn func(context.Context) (end func(), err error)

	// Progress is called after every album and once at the end. May be nil.
	Progress func(Progress)
	// Found is called with every finding, before the album it belongs to. May be nil.
	Found func(*files.Finding)

	Log *slog.Logger     // nil discards
	Now func() time.Time // nil: time.Now
}

// FirstScan fills an empty library, or goes on where it was interrupted. When
// neither applies it returns at once without looking at the music directory.
//
// It returns an error when the context ends, the music directory cannot be
// listed (*[files.RootError]), a cover cannot be stored, or the database or the
// mark cannot be read or written. The albums that were entered until then stay, and the next call goes
// on.
func FirstScan(ctx context.Context, o FirstScanOptions) (Report, error) {
	s := &firstScan{o: o, report: Report{Findings: map[files.Problem]int{}}}
	if s.o.Log == nil {
		s.o.Log = slog.New(slog.DiscardHandler)
	}
	if s.o.Now == nil {
		s.o.Now = time.Now
	}
	err := s.run(ctx)
	s.report.Elapsed = s.o.Now().Sub(s.began)
	if err != nil || s.report.Outcome == OutcomeNotNeeded {
		return s.report, err
	}
	s.tell(MarkFinished, "")
	s.o.Log.Info("music directory scanned", "outcome", s.report.Outcome.String(), "albums", s.report.Albums, "songs", s.report.Songs,
		"covers", s.report.Covers, "problems", s.problems, "took", s.report.Elapsed.Round(time.Millisecond))
	return s.report, nil
}

// firstScan is one run. All fields belong to the goroutine of FirstScan.
type firstScan struct {
	o        FirstScanOptions
	report   Report
	began    time.Time
	before   files.Found // in the library when the run began
	found    files.Found // by this run
	looked   int         // albums looked at for a cover
	unstored error       // why the first cover that could not be stored was not
	problems int
}

// run decides what is to be done and does it phase by phase. Each phase is
// marked before it begins.
func (s *firstScan) run(ctx context.Context) error {
	s.began = s.o.Now()
	state, err := Mark(ctx, s.o.Library)
	if err != nil {
		return err
	}
	artists, albums, songs := s.o.Library.Catalogue().NumberOf()
	s.before = files.Found{Albums: albums, Songs: songs}
	switch {
	case artists == 0 && albums == 0:
		s.report.Outcome, state = OutcomeFilled, MarkSongs
		err = setMark(ctx, s.o.Library, state)
	case state == MarkSongs || state == MarkCovers:
		s.report.Outcome = OutcomeResumed
		s.o.Log.Info("going on with the interrupted scan of the music directory", "albums", albums, "songs", songs)
	default:
		s.report.Outcome = OutcomeNotNeeded
		return nil
	}
	// The tag library and the pictures leave garbage behind that the daemon has
	// no use for.
	defer debug.FreeOSMemory()
	if err == nil && state == MarkSongs {
		err = s.songs(ctx)
		s.report.Entering = s.o.Now().Sub(s.began)
		if err == nil {
			err = setMark(ctx, s.o.Library, MarkCovers)
		}
	}
	if err == nil {
		err = s.covers(ctx)
	}
	if err == nil {
		err = setMark(ctx, s.o.Library, MarkFinished)
	}
	return err
}

// songs enters every album that the library does not have.
func (s *firstScan) songs(ctx context.Context) error {
	o := s.o.Files
	o.Known = func(albumPath string) bool {
		_, known := s.o.Library.Catalogue().AlbumByPath(albumPath)
		return known
	}
	for album, err := range s.o.Music.Scan(ctx, o) {
		var finding *files.Finding
		switch {
		case errors.As(err, &finding):
			s.note(finding)
		case err != nil:
			return fmt.Errorf("tasks: scanning the music directory: %w", err)
		default:
			if err := s.enter(ctx, album); err != nil {
				return err
			}
		}
	}
	return nil
}

// enter stores one album, if it is still where it was read. Only the database, and a
// rename that was not brought to an end, can make it fail.
func (s *firstScan) enter(ctx context.Context, album files.Album) error {
	s.found = album.Found
	if s.o.Turn != nil {
		end, err := s.o.Turn(ctx)
		if err != nil {
			return fmt.Errorf("tasks: entering the album %q: %w", album.Path, err)
		}
		defer end()
	}
	for _, song := range album.Songs {
		if _, err := s.o.Music.Stat(song.Path); err != nil {
			s.note(&files.Finding{Path: song.Path, Problem: files.ProblemUnreadable, Err: err})
			return nil // renamed since it was read; it is found as new content under its new name
		}
	}
	_, err := s.o.Library.AddAlbum(ctx, newAlbum(album))
	var refused *library.EntryError
	switch {
	case errors.As(err, &refused):
		s.note(&files.Finding{Path: album.Path, Problem: files.ProblemRefused, Err: err})
		return nil
	case err != nil:
		return fmt.Errorf("tasks: entering the album %q: %w", album.Path, err)
	}
	s.report.Albums++
	s.report.Songs += len(album.Songs)
	s.tell(MarkSongs, album.Path)
	return nil
}

// newAlbum is the row of an album as the reference server's import stores it:
// names from the path, the origin of the first song, the modification time of
// the directory.
func newAlbum(album files.Album) library.NewAlbum {
	row := library.NewAlbum{
		ArtistName: album.Artist, ArtistPath: album.Artist,
		Name: album.Album, Path: album.Path, Origin: string(album.Origin), Release: int64(album.Release),
		Added: time.Unix(album.Added, 0), Songs: make([]library.NewSong, len(album.Songs)),
	}
	for i, song := range album.Songs {
		row.Songs[i] = library.NewSong{
			Name: song.Name, Path: song.Path, Number: int64(song.Number), CD: int64(song.CD),
			Playtime: int64(song.Tags.Playtime), Bitrate: int64(song.Tags.Bitrate), Checksum: song.Checksum,
		}
		if song.Tags.Lyrics != nil {
			row.Songs[i].Lyrics = *song.Tags.Lyrics
		}
	}
	return row
}

// note counts a finding and tells it on.
func (s *firstScan) note(f *files.Finding) {
	s.report.Findings[f.Problem]++
	level := slog.LevelDebug
	if !f.Problem.Expected() {
		s.problems++
		level = slog.LevelWarn
	}
	s.o.Log.Log(context.Background(), level, "music directory: "+f.Problem.String(), "path", f.Path, "cause", f.Cause(), "remedy", f.Remedy())
	if s.o.Found != nil {
		s.o.Found(f)
	}
}
