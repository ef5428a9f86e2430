package loudness

import (
	"context"
	"errors"
	"math"

	"musicdb/media/library"
)

// measure measures a song and keeps what came of it.
func (m *Meter) measure(ctx context.Context, s library.Song) {
	// The file is described first: if it changes meanwhile, it is measured again.
	info, err := m.o.Music.Stat(s.Path)
	path := ""
	if err == nil {
		path, err = m.o.Music.Abs(s.Path)
	}
	var result Measurement
	if err == nil {
		result, err = Measure(ctx, m.o.Tool, path)
	}
	var unlowered *unloweredError
	if errors.As(err, &unlowered) {
		m.log.Warn("measuring cannot give way to others", "error", err)
		err = nil
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil && !blames(err) {
		m.log.Info("the loudness of a song was not measured; it is tried again later", "song", s.Path, "error", err)
		m.passBy(s)
		m.fire(PassedBy)
		return
	}
	n := library.Loudness{SongID: s.ID, Checksum: s.Checksum, Size: info.Size(), Modified: info.ModTime()}
	if err != nil {
		n.Failure = err.Error()
		m.log.Warn("the loudness of a song cannot be measured", "song", s.Path, "error", err)
	} else {
		n.Range, n.Peak, n.Blocks = result.Range, result.Peak, result.Blocks.encode()
		if !math.IsInf(result.Loudness, -1) {
			n.Integrated = &result.Loudness
		}
	}
	switch kept := m.keep(ctx, s, n); {
	case !kept:
		m.passBy(s)
		m.fire(PassedBy)
	case n.Failure != "":
		m.fire(Refused)
	default:
		m.fire(Measured)
	}
}

// keep writes what is known about a song to the database.
func (m *Meter) keep(ctx context.Context, s library.Song, n library.Loudness) bool {
	if err := m.o.Library.SaveLoudness(ctx, n); err != nil {
		if ctx.Err() == nil {
			m.log.Error("the loudness of a song could not be noted; it is tried again later", "song", s.Path, "error", err)
		}
		return false
	}
	before, known := m.known.marks[s.ID]
	now := markOf(n)
	m.known.marks[s.ID] = now
	added, more := now.part()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sum, m.count = m.sum+added, m.count+more
	if known {
		taken, fewer := before.part()
		m.sum, m.count = m.sum-taken, m.count-fewer
		m.backlog.walked = 0 // counted anew
		return true
	}
	m.figures.Left--
	if n.Failure != "" {
		m.figures.Failed++
	} else {
		m.figures.Measured++
	}
	return true
}
