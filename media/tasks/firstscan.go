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

// Covers stores the cover of an album and returns the name under which it was
// stored, relative to the artwork directory.
type Covers interface {
	SetCover(ctx context.Context, artist, album string, picture []byte) (name string, err error)
}

// FirstScanOptions say what is scanned and who is told.
type FirstScanOptions struct {
	Library *library.Library
	Music   *files.Music
	Mark    Mark
	Covers  Covers            // nil: albums keep the default cover
	Files   files.ScanOptions // Known is set by the scan

	// Progress is called after every album and once at the end. May be nil.
	Progress func(Progress)
	// Found is called with every finding, before the album it belongs to. May be nil.
	Found func(*files.Finding)

	Log *slog.Logger     // nil discards
	Now func() time.Time // nil: time.Now
}

// Progress is how far a first scan is.
type Progress struct {
	Albums, Songs  int         // in the library now
	Found          files.Found // seen so far in the music directory, always at least as many
	Findings       int         // problems so far that a user may want to look at
	Path           string      // of the album that was entered last
	Elapsed        time.Duration
	SongsPerSecond float64 // of this run
	Done           bool    // Found are the totals
}

// Outcome says what FirstScan did.
type Outcome uint8

// The outcomes.
const (
	OutcomeNotNeeded Outcome = iota + 1 // the library has content and no scan was interrupted
	OutcomeFilled                       // the library was empty and has been filled
	OutcomeResumed                      // an interrupted scan was finished
)

var outcomeNames = [...]string{OutcomeNotNeeded: "not needed", OutcomeFilled: "filled", OutcomeResumed: "resumed and finished"}

func (o Outcome) String() string {
	if o == 0 || int(o) >= len(outcomeNames) {
		return fmt.Sprintf("outcome %d", uint8(o))
	}
	return outcomeNames[o]
}

// Report sums up a first scan.
type Report struct {
	Outcome       Outcome
	Albums, Songs int // entered by this run
	Covers        int // albums that got a cover of their own in this run
	Findings      map[files.Problem]int
	Elapsed       time.Duration
}

// FirstScan fills an empty library, or goes on where it was interrupted. When
// neither applies it returns at once without looking at the music directory.
//
// It returns an error when the context ends, the music directory cannot be
// listed (*[files.RootError]), or the database or the mark cannot be written. The
// albums that were entered until then stay, and the next call goes on.
func FirstScan(ctx context.Context, o FirstScanOptions) (Report, error) {
	s := &firstScan{o: o, report: Report{Findings: map[files.Problem]int{}}}
	if s.o.Log == nil {
		s.o.Log = slog.New(slog.DiscardHandler)
	}
	if s.o.Now == nil {
		s.o.Now = time.Now
	}
	outcome, err := s.begin(ctx)
	if err != nil || outcome == OutcomeNotNeeded {
		s.report.Outcome = outcome
		return s.report, err
	}
	// The tag library and the pictures leave garbage behind that the daemon has
	// no use for.
	defer debug.FreeOSMemory()
	if err := s.run(ctx); err != nil {
		s.report.Elapsed = s.o.Now().Sub(s.began)
		return s.report, err
	}
	if err := o.Mark.SetMark(ctx, MarkFinished); err != nil {
		return s.report, err
	}
	s.report.Outcome = outcome
	s.report.Elapsed = s.o.Now().Sub(s.began)
	s.tell("", true)
	s.o.Log.Info("music directory scanned", "outcome", outcome.String(), "albums", s.report.Albums, "songs", s.report.Songs,
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
	problems int
}

// begin decides whether there is anything to do, and marks that it has begun
// before the first album enters.
func (s *firstScan) begin(ctx context.Context) (Outcome, error) {
	s.began = s.o.Now()
	state, err := s.o.Mark.Mark(ctx)
	if err != nil {
		return 0, err
	}
	artists, albums, songs := s.o.Library.Catalogue().NumberOf()
	s.before = files.Found{Albums: albums, Songs: songs}
	switch {
	case artists == 0 && albums == 0:
		return OutcomeFilled, s.o.Mark.SetMark(ctx, MarkBegun)
	case state == MarkBegun:
		s.o.Log.Info("going on with the interrupted scan of the music directory", "albums", s.before.Albums, "songs", s.before.Songs)
		return OutcomeResumed, nil
	}
	return OutcomeNotNeeded, nil
}

func (s *firstScan) run(ctx context.Context) error {
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

// enter stores one album. Only the database can make it fail.
func (s *firstScan) enter(ctx context.Context, album files.Album) error {
	s.found = album.Found
	row := newAlbum(album)
	row.ArtworkPath = s.cover(ctx, album)
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := s.o.Library.AddAlbum(ctx, row)
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
	if row.ArtworkPath != "" {
		s.report.Covers++
	}
	s.tell(album.Path, false)
	return nil
}

// cover stores the first embedded picture of an album. An album whose picture
// cannot be used keeps the default cover.
func (s *firstScan) cover(ctx context.Context, album files.Album) string {
	if s.o.Covers == nil {
		return ""
	}
	for _, song := range album.Songs {
		picture, err := s.o.Music.ReadCover(ctx, song.Path)
		if err != nil || picture == nil {
			continue // unreadable tags are a finding already
		}
		name, err := s.o.Covers.SetCover(ctx, album.Artist, album.Album, picture)
		if err == nil {
			return name
		}
		if ctx.Err() == nil {
			s.note(&files.Finding{Path: song.Path, Problem: files.ProblemPicture, Err: err})
		}
		return ""
	}
	return ""
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

// tell reports progress.
func (s *firstScan) tell(path string, done bool) {
	if s.o.Progress == nil {
		return
	}
	p := Progress{
		Albums: s.before.Albums + s.report.Albums, Songs: s.before.Songs + s.report.Songs,
		Found:    files.Found{Albums: s.before.Albums + s.found.Albums, Songs: s.before.Songs + s.found.Songs},
		Findings: s.problems, Path: path, Elapsed: s.o.Now().Sub(s.began), Done: done,
	}
	if seconds := p.Elapsed.Seconds(); seconds > 0 {
		p.SongsPerSecond = float64(s.report.Songs) / seconds
	}
	s.o.Progress(p)
}
