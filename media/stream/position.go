package stream

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"musicdb/media/library"
)

// saver writes the position to the database in a goroutine of its own: a slow
// disk must not delay a command. Only the newest position matters.
type saver struct {
	library *library.Library
	log     *slog.Logger
	pending chan library.StreamPosition // one place; the newest wins
	over    sync.WaitGroup
	failing bool // the last save failed; owned by the goroutine
}

func newSaver(l *library.Library, log *slog.Logger) *saver {
	s := &saver{library: l, log: log, pending: make(chan library.StreamPosition, 1)}
	s.over.Go(func() {
		for p := range s.pending {
			s.write(p)
		}
	})
	return s
}

// save replaces what waits to be written. One goroutine calls it.
func (s *saver) save(p library.StreamPosition) {
	select {
	case <-s.pending:
	default:
	}
	s.pending <- p
}

// close writes what waits and returns when it is on disk.
func (s *saver) close() {
	close(s.pending)
	s.over.Wait()
}

func (s *saver) write(p library.StreamPosition) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := s.library.SaveStreamPosition(ctx, p)
	if failing := err != nil; failing != s.failing {
		s.failing = failing
		if failing {
			s.log.Error("the position of the stream cannot be saved; after a restart the song begins anew", "error", err)
		} else {
			s.log.Info("the position of the stream is saved again")
		}
	}
}
