package intake

import (
	"context"
	"errors"
	"fmt"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/plans"
)

// Options are the parts of a Planner.
type Options struct {
	Library *library.Library
	Music   *files.Music
	Artwork *artwork.Store // nil: no plan has a cover
	Ignore  files.Ignore   // names that are no music

	// Probe reads a video of which the own parsers can make nothing. May be nil.
	Probe func(ctx context.Context, rel string) (files.Video, error)

	// Workers is the number of files that are read at once; 0 means GOMAXPROCS.
	Workers int
}

// Planner makes plans of new music.
type Planner struct{ o Options }

// New makes a Planner. The parts stay the caller's.
func New(o Options) *Planner { return &Planner{o} }

// Wish says what a plan shall bring beside the rows. The zero value is the import of
// MusicDB 8: nothing but rows.
type Wish struct {
	// Cover: the plan sets the cover of an album, or makes the pictures of a video.
	Cover bool
	// Repair: files whose names break the conventions are renamed and enter, and texts
	// whose encoding was mistaken are written anew. Otherwise both are only doubts.
	Repair bool
	// Doubts are looked for. That reads nothing but what is read anyway.
	Doubts bool

	// Artist, Name and Origin override what the path of a video says, as
	// annotations of its upload do. Empty: the path decides.
	Artist, Name, Origin string
	Release              int // year; 0: the path decides
}

// Everything is the wish of somebody who looks at a plan before he agrees.
var Everything = Wish{Cover: true, Repair: true, Doubts: true}

// ErrKnown is matched when what should be imported is in the library already.
var ErrKnown = errors.New("it is in the library already")

// ErrNothing is matched when a directory holds nothing that could enter.
var ErrNothing = errors.New("it holds no song that could enter the library")

// ErrUnknownAlbum is matched when songs should enter an album that is not there.
var ErrUnknownAlbum = errors.New("it is no album of the library")

// RefusedError tells why no plan can be made.
type RefusedError struct {
	Path   string
	Err    error
	Remedy string
	// Findings are what is wrong with the files, if that is the reason.
	Findings []*files.Finding
}

func (e *RefusedError) Error() string {
	text := fmt.Sprintf("intake: %q cannot be imported: %v", e.Path, e.Err)
	for i, f := range e.Findings {
		if i == maxFindings {
			text += fmt.Sprintf("; and %d more", len(e.Findings)-i)
			break
		}
		text += "; " + f.Error()
	}
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return text
}

func (e *RefusedError) Unwrap() error { return e.Err }

// maxFindings is how many findings the text of an error names.
const maxFindings = 5

// Plan makes the plan of a path: of an album if a directory is there, of a video if
// a file is. Errors: those of [Planner.Album] and [Planner.Video].
func (p *Planner) Plan(ctx context.Context, rel string, w Wish) (plans.Plan, error) {
	info, err := p.o.Music.Stat(rel)
	if err != nil {
		return plans.Plan{}, err
	}
	if info.IsDir() {
		return p.Album(ctx, rel, w)
	}
	return p.Video(ctx, rel, w)
}
