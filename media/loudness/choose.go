package loudness

import (
	"context"
	"io/fs"
	"time"

	"musicdb/media/library"
)

// backlog is what the worker has still to look at. It belongs to its goroutine.
type backlog struct {
	walked  uint64              // generation of the library that was looked through
	names   uint64              // and of the names in it
	songs   []int64             // those without a measurement, in row order
	passed  map[int64]time.Time // when those that were passed by are tried again
	missing int                 // files in a row that were not there
	bearing int                 // so many of those are borne before the next pause
	looked  time.Time           // at all files
	files   []int64             // still to be compared with their measurement
}

const (
	// ahead is how many entries of the queue are looked at closely.
	ahead = 20
	// missingInARow files that are not there mean that the music may not be there.
	// Each such pause doubles how many are borne, so that a library with many rows
	// of lost files gets through.
	missingInARow = 20
	// filesAtOnce are compared without a pause, and lookPause is that pause: all
	// files of a large library are looked at, and nobody shall hear the disk.
	filesAtOnce = 64
	lookPause   = 50 * time.Millisecond
)

// away reports that the music seems not to be there.
func (b *backlog) away() bool { return b.missing >= max(b.bearing, missingInARow) }

// bear goes on after a pause.
func (b *backlog) bear() { b.missing, b.bearing = 0, 2*max(b.bearing, missingInARow) }

// choose looks for the next song to be measured: the first ones of the queue,
// whose files are compared, then the albums that they are from, the rest of the
// queue, and everything else.
func (m *Meter) choose(ctx context.Context) (library.Song, bool) {
	catalogue := m.o.Library.Catalogue()
	m.walk(catalogue)
	queued := m.o.Queued()
	next := queued[:min(len(queued), ahead)]
	for _, id := range next {
		if s, exists := catalogue.Song(id); exists && m.wants(ctx, s, m.changed) {
			return s, true
		}
	}
	for _, id := range next {
		one, _ := catalogue.Song(id)
		for _, s := range catalogue.SongsOf(one.AlbumID) {
			if m.wants(ctx, s, m.unknown) {
				return s, true
			}
		}
	}
	for _, id := range queued {
		if s, exists := catalogue.Song(id); exists && m.wants(ctx, s, m.unknown) {
			return s, true
		}
	}
	for len(m.backlog.songs) > 0 && ctx.Err() == nil && !m.backlog.away() {
		s, exists := catalogue.Song(m.backlog.songs[0])
		if exists && m.wants(ctx, s, m.unknown) {
			return s, true // it stays in the list until it is known
		}
		m.backlog.songs = m.backlog.songs[1:]
	}
	return m.compare(ctx, catalogue)
}

// walk looks through the library if it has changed.
func (m *Meter) walk(catalogue *library.Catalogue) {
	b := &m.backlog
	if b.walked == catalogue.Generation() {
		return
	}
	if b.names != catalogue.Names() {
		m.known.orphaned(catalogue)
	}
	b.walked, b.names, b.songs = catalogue.Generation(), catalogue.Names(), nil
	if b.passed == nil {
		b.passed = map[int64]time.Time{}
	}
	var f Figures
	for s := range catalogue.Songs() {
		switch {
		case !m.known.fits(s):
			b.songs = append(b.songs, s.ID)
			f.Left++
		case m.known.marks[s.ID].failed:
			f.Failed++
		default:
			f.Measured++
		}
	}
	m.mu.Lock()
	m.figures = f
	m.mu.Unlock()
}

// wants reports whether a song shall be measured now. One that is known from
// another place is entered, and not measured.
func (m *Meter) wants(ctx context.Context, s library.Song, missing func(library.Song) bool) bool {
	if again, passed := m.backlog.passed[s.ID]; passed && m.now().Before(again) || !missing(s) {
		return false
	}
	delete(m.backlog.passed, s.ID)
	info, err := m.o.Music.Stat(s.Path)
	if err != nil {
		m.backlog.missing++
		m.passBy(s)
		return false
	}
	m.backlog.missing, m.backlog.bearing = 0, missingInARow
	return !m.adopt(ctx, s, info)
}

// unknown reports whether the song has no measurement, as far as its row tells.
func (m *Meter) unknown(s library.Song) bool { return !m.known.fits(s) }

// changed reports that, too, and whether its file is another one than was measured.
func (m *Meter) changed(s library.Song) bool {
	if !m.known.fits(s) {
		return true
	}
	info, err := m.o.Music.Stat(s.Path)
	return err == nil && !m.known.fitsFile(s, info)
}

// passBy puts a song off, for a reason that says nothing about its file.
func (m *Meter) passBy(s library.Song) { m.backlog.passed[s.ID] = m.now().Add(m.pauses.again) }

// adopt enters for a song what is known of the same file under the id of a song
// that is gone: the file was moved.
func (m *Meter) adopt(ctx context.Context, s library.Song, info fs.FileInfo) bool {
	id, found := m.known.orphans[checksumHash(s.Checksum)]
	if !found || s.Checksum == "" {
		return false
	}
	n, found, err := m.o.Library.Loudness(ctx, id)
	if err != nil || !found || n.Checksum != s.Checksum || n.Size != info.Size() {
		return false
	}
	n.SongID, n.Modified = s.ID, info.ModTime()
	return m.keep(ctx, s, n)
}

// compare looks at all files now and then, a few at a time, for one that is not
// the one that was measured although the library does not know that it changed.
func (m *Meter) compare(ctx context.Context, catalogue *library.Catalogue) (library.Song, bool) {
	b := &m.backlog
	if b.looked.IsZero() || m.now().Sub(b.looked) >= m.pauses.files {
		b.looked, b.files = m.now(), make([]int64, 0, len(m.known.marks))
		for s := range catalogue.Songs() {
			b.files = append(b.files, s.ID)
		}
	}
	for ctx.Err() == nil && len(b.files) > 0 && !b.away() {
		few := b.files[:min(len(b.files), filesAtOnce)]
		for i, id := range few {
			if s, exists := catalogue.Song(id); exists && m.known.fits(s) && m.wants(ctx, s, m.changed) {
				b.files = b.files[i+1:]
				return s, true
			}
		}
		if b.files = b.files[len(few):]; len(b.files) > 0 {
			m.wait(ctx, lookPause, nil)
		}
	}
	return library.Song{}, false
}

// due reports whether there may be something to do although nobody said so.
func (m *Meter) due() bool {
	for id, again := range m.backlog.passed {
		if !m.now().Before(again) {
			delete(m.backlog.passed, id)
			m.backlog.walked = 0 // it enters the list again
		}
	}
	return m.o.Library.Catalogue().Generation() != m.backlog.walked || m.now().Sub(m.backlog.looked) >= m.pauses.files
}
