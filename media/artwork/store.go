package artwork

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"

	"musicdb/media/durable"
)

// DefaultScales are the edge lengths, in pixels, that clients of MusicDB expect.
var DefaultScales = []int{150, 200, 500, 1000}

// DefaultMaxPixels is the largest picture (width × height) that is decoded if
// Options do not say otherwise. The worst accepted picture, a progressive JPEG
// with full colour resolution, takes about 16 bytes of memory per pixel for a moment.
const DefaultMaxPixels = 25_000_000

const (
	dirMode     fs.FileMode = 0o775
	coverMode   fs.FileMode = 0o664
	defaultMode fs.FileMode = 0o644
)

// Options of a Store. The zero value is useful.
type Options struct {
	// Scales are the edge lengths in pixels of the square that scaled covers
	// are fitted into; nil means DefaultScales. Each must be between 1 and 4096.
	Scales []int

	// MaxPixels limits width × height of an accepted picture;
	// 0 means DefaultMaxPixels.
	MaxPixels int

	// Log receives what could not be done but is no failure, such as a mode
	// that the file system does not accept. nil discards it.
	Log *slog.Logger
}

// Store is the artwork cache in one directory. Close it when done.
type Store struct {
	root      *os.Root
	scales    []int // ascending, no duplicates
	maxPixels int
	log       *slog.Logger

	// decoding serialises everything that holds pixels in memory. Who has made a
	// cover takes writing before he gives decoding back.
	decoding sync.Mutex
	// writing serialises every write to the cache.
	writing sync.Mutex
}

// maxScale keeps a mistyped scale from turning every cover into a memory hog.
const maxScale = 4096

// Open opens the artwork directory and creates what is missing: the directory
// itself, one directory per scale, and default.jpg (500×500) with its scales.
func Open(dir string, o Options) (*Store, error) {
	s := &Store{maxPixels: o.MaxPixels, log: o.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.maxPixels <= 0 {
		s.maxPixels = DefaultMaxPixels
	}
	s.scales = slices.Clone(o.Scales)
	if o.Scales == nil {
		s.scales = slices.Clone(DefaultScales)
	}
	slices.Sort(s.scales)
	s.scales = slices.Compact(s.scales)
	for _, n := range s.scales {
		if n < 1 || n > maxScale {
			return nil, fmt.Errorf("artwork: cover scale %d is outside 1–%d pixels; correct the list of scales", n, maxScale)
		}
	}

	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("artwork: creating the artwork directory: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("artwork: opening the artwork directory: %w", err)
	}
	s.root = root
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

// prepare creates the scale directories and the placeholder, and removes what a
// killed process was writing.
func (s *Store) prepare() error {
	s.sweep(".")
	for _, n := range s.scales {
		switch err := s.root.Mkdir(scaleDir(n), dirMode); {
		case err == nil:
			// The documented mode regardless of the umask. Some file systems have
			// no modes, so a failure is only logged.
			if err := s.root.Chmod(scaleDir(n), dirMode); err != nil {
				s.log.Warn("the mode of an artwork directory could not be set", "directory", scaleDir(n), "mode", dirMode, "error", err)
			}
		case !errors.Is(err, fs.ErrExist):
			return fmt.Errorf("artwork: creating the directory of scale %d: %w", n, err)
		default:
			s.sweep(scaleDir(n))
		}
	}
	switch _, err := s.root.Stat(DefaultName); {
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("artwork: looking for %s: %w", DefaultName, err)
	}
	data, err := defaultCover()
	if err != nil {
		return fmt.Errorf("artwork: drawing %s: %w", DefaultName, err)
	}
	m, err := s.make(context.Background(), func() (made, picture, error) {
		// It may have more pixels than are allowed of others.
		pixels, err := jpeg.Decode(bytes.NewReader(data))
		return made{source: data, mode: defaultMode}, picture{pixels, true}, err
	})
	if err != nil {
		return fmt.Errorf("artwork: scaling %s: %w", DefaultName, err)
	}
	defer s.writing.Unlock()
	if err := s.replace(context.Background(), DefaultName, m); err != nil {
		return fmt.Errorf("artwork: creating %s: %w", DefaultName, err)
	}
	return nil
}

func (s *Store) sweep(dir string) {
	if err := durable.Sweep(s.root, dir); err != nil {
		s.log.Warn("what an interrupted write has left could not be removed", "directory", dir, "error", err)
	}
}

// defaultCover is the placeholder as a file, drawn at most once per process.
var defaultCover = sync.OnceValues(func() ([]byte, error) { return encode(placeholder(500)) })

// Close releases the directory. Files handed out stay open.
func (s *Store) Close() error { return s.root.Close() }

// Scales returns the configured edge lengths in pixels, ascending.
func (s *Store) Scales() []int { return slices.Clone(s.scales) }

// File opens a file for a client by its path relative to the artwork
// directory, as it stands in URLs: "<name>", "<n>x<n>/<name>", or a deeper path
// for the frames of a video. A scaled cover that is missing or older than its
// source is made first. The caller closes the file.
//
// The path is hostile: it never leads out of the directory, not even through a
// symbolic link, and only regular files are opened. The error is ErrBadName for
// an impossible path and fs.ErrNotExist for a missing file.
func (s *Store) File(ctx context.Context, p string) (*os.File, error) {
	if !fs.ValidPath(p) || strings.ContainsRune(p, 0) || durable.IsTemporary(p[strings.LastIndexByte(p, '/')+1:]) {
		return nil, fmt.Errorf("artwork: path %q: %w", p, ErrBadName)
	}
	if name, scale := s.split(p); scale != 0 {
		if err := s.refresh(ctx, name, scale); err != nil {
			return nil, err
		}
	}
	info, err := s.root.Stat(p)
	if err != nil {
		return nil, fmt.Errorf("artwork: %w", err)
	}
	// Opening a FIFO would wait for its writer, so look before opening.
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("artwork: %q is not a file: %w", p, fs.ErrNotExist)
	}
	f, err := s.root.Open(p)
	if err != nil {
		return nil, fmt.Errorf("artwork: %w", err)
	}
	return f, nil
}
