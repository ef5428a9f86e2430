package server

import (
	"encoding/json"

	"musicdb/media/watch"
	"musicdb/server/wire"
)

// watchState is what clients are told about the watch of the music directory.
type watchState struct {
	State   string   `json:"state"`   // "Missing" and "Unreadable" are faults
	Fault   string   `json:"fault"`   // what is wrong and what to do, empty without a fault
	Lost    []string `json:"lost"`    // paths of songs and videos whose files have vanished
	Offered []string `json:"offered"` // paths of new albums and videos that wait for consent
	Waiting int      `json:"waiting"` // how many more there are; they follow as offers are decided
	Files   int      `json:"files"`   // of the library that are there
}

func showWatch(s watch.Status) watchState {
	return watchState{s.State.String(), s.Fault, append([]string{}, s.Lost...), append([]string{}, s.Offered...), len(s.Waiting), s.Files}
}

// startWatch keeps the library in step with the music directory while the server runs.
func (s *Server) startWatch() {
	s.o.Watch.Subscribe(
		func() {
			select {
			case s.stale <- struct{}{}:
			default: // an update is due anyway
			}
		},
		func(status watch.Status) {
			raw, _ := json.Marshal(showWatch(status)) // a struct of plain fields always encodes
			s.broadcast(wire.Notification(watchSource, "onStateChanged", raw))
		})
	s.work("watch", func() error { return s.o.Watch.Run(s.ctx) })
}
