package files

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// ScanOptions controls a scan. The zero value reads everything with one worker
// per processor and the default names to ignore.
type ScanOptions struct {
	Ignore Ignore

	// Known is asked for each album's path before its files are read; true skips
	// the album. May be nil. Called from one goroutine, which is not the caller's.
	Known func(albumPath string) bool

	// Content asks for the checksum of the sound alone. It reads each file twice,
	// from the cache of the system as a rule.
	Content bool

	// Workers is the number of files that are read at once; 0 means GOMAXPROCS.
	Workers int

	// Ahead is the number of albums that may be read ahead of the consumer; 0
	// means 8. It bounds the memory of a scan.
	Ahead int
}

// Album is one album directory with all its songs, ready to be stored.
type Album struct {
	Location
	Origin Origin // of the first song
	Added  int64  // Unix time: modification of the directory, in seconds
	CDs    int    // highest CD number
	Songs  []Song // at least one, by CD, number and name

	// Found counts what the scan has seen so far, this album included and some
	// albums ahead of it. It grows during the scan and ends at the totals.
	Found Found
}

// Found counts albums and music files that a scan has seen by name.
type Found struct{ Albums, Songs int }

// Song is one song of a scanned album.
type Song struct {
	Location
	Tags     Tags
	Checksum string // SHA-256 of the whole file in lower-case hex
	Content  string // [Music.ContentChecksum], if it was asked for and there is one
	Size     int64  // bytes
	Modified int64  // Unix time in nanoseconds
}

// Scan walks the music directory in path order (byte order of the names of
// artists, then of albums) and yields each album when all its files are read.
// Several files are read at once; the order of the results does not change.
//
// The second value is nil with an album. A *[Finding] is a problem that was
// passed by: go on. Any other error is the last thing yielded: a *[RootError] when
// the music directory cannot be listed, or the error of the context. The
// findings of an album come before it.
//
// The iterator may be used once. Leaving the loop early stops all readers before
// the loop statement ends.
func (m *Music) Scan(ctx context.Context, o ScanOptions) iter.Seq2[Album, error] {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Ahead <= 0 {
		o.Ahead = 8
	}
	return func(yield func(Album, error) bool) {
		if !m.scan(ctx, o, yield) {
			return
		}
		if err := context.Cause(ctx); err != nil {
			yield(Album{}, err)
		}
	}
}

// scan runs the walker and the readers and yields in the walker's order. It
// reports whether the consumer wants more.
func (m *Music) scan(ctx context.Context, o ScanOptions, yield func(Album, error) bool) bool {
	ctx, stop := context.WithCancel(ctx)
	w := &walker{music: m, o: o, ctx: ctx, steps: make(chan *step, o.Ahead), jobs: make(chan job)}
	var goroutines sync.WaitGroup
	defer goroutines.Wait()
	defer stop()
	goroutines.Go(w.walk)
	for range o.Workers {
		goroutines.Go(func() { w.read() })
	}
	for s := range w.steps {
		s.pending.Wait()
		if ctx.Err() != nil {
			return true
		}
		if s.fatal != nil {
			return yield(Album{}, s.fatal)
		}
		album, findings, ok := s.finish()
		for _, f := range findings {
			if !yield(Album{}, f) {
				return false
			}
		}
		if ok && !yield(album, nil) {
			return false
		}
	}
	return true
}
