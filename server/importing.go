package server

import (
	"encoding/json"
	"time"

	"musicdb/server/wire"
)

// importState is what the page and the clients are told about a running import.
type importState struct {
	Path     string  `json:"path"`
	Albums   int     `json:"albums"`
	Songs    int     `json:"songs"`
	Problems int     `json:"problems"`
	Running  bool    `json:"running"`
	Seconds  float64 `json:"seconds"` // since the import began
}

// importInterval is how often clients hear of a running import.
const importInterval = time.Second

// startImport runs the import in the background; the server answers and the
// stream plays meanwhile.
func (s *Server) startImport() {
	begun, told := time.Now(), time.Time{}
	show := func(p ImportProgress, running bool) {
		s.importing.Store(&importState{p.Path, p.Albums, p.Songs, p.Problems, running, time.Since(begun).Seconds()})
	}
	tell := func(event string) {
		raw, _ := json.Marshal(s.importing.Load()) // a struct of plain fields always encodes
		s.broadcast(wire.Notification(scanSource, event, raw))
	}
	s.work("import", func() error {
		if s.o.Watch != nil {
			defer s.startWatch() // what is still to be entered is nothing to be offered
		}
		var last *ImportProgress // nil as long as there was nothing to import
		err := s.o.Import(s.ctx, func(p ImportProgress) {
			last = &p
			show(p, true)
			if time.Since(told) >= importInterval {
				told = time.Now()
				tell("onScanProgress")
				s.log.Info("filling the library", "albums", p.Albums, "songs", p.Songs, "problems", p.Problems, "path", p.Path)
			}
		})
		if last == nil {
			return err
		}
		show(*last, false)
		tell("onScanFinished")
		select {
		case s.stale <- struct{}{}:
		default: // an update is due anyway
		}
		return err
	})
}
