package server

import (
	"encoding/json"
	"math"
	"strconv"

	"musicdb/conn"
	"musicdb/media/queue"
	"musicdb/media/stream"
	"musicdb/server/wire"
)

// Sources of notifications (MusicDB protocol, section 6). The last one is ours:
// clients that do not know it ignore it.
const (
	audioStreamSource = "MusicDB:AudioStream"
	songQueueSource   = "MusicDB:SongQueue"
	scanSource        = "MusicDB:Scan"
	watchSource       = "MusicDB:Watch"
)

// subscribe turns the events of media into notifications. Each is encoded once
// and enters the outboxes of all clients before the call that caused it returns:
// what a function causes precedes its answer.
func (s *Server) subscribe() {
	changed := wire.Notification(songQueueSource, "onSongQueueChanged", nil)
	next := wire.Notification(songQueueSource, "onSongChanged", nil)
	status := wire.Notification(audioStreamSource, "onStatusChanged", nil)
	s.unsubscribe = append(s.unsubscribe,
		s.o.Queue.Subscribe(func(e queue.Event) {
			switch e {
			case queue.SongQueueChanged:
				s.broadcast(changed)
			case queue.SongChanged:
				s.broadcast(next)
			default: // those of videos
			}
		}),
		s.o.Stream.Subscribe(func(e stream.Event) {
			switch e.Kind {
			case stream.StatusChanged:
				s.broadcast(status)
			case stream.TimeChanged:
				beat := wire.Notification(audioStreamSource, "onTimeChanged", secondsJSON(e.Seconds))
				// For a client that is seconds behind, the newest time is enough.
				s.engine.Hub().Publish(conn.Parts{Head: beat.Encode(), Topic: "onTimeChanged"})
			case stream.SongUnplayable: // the stream logs it; the protocol has no event for it
			}
		}),
	)
}

func (s *Server) broadcast(p wire.Packet) { s.engine.Hub().Broadcast(p.Encode()) }

// secondsJSON is a play time as clients get it, to the millisecond.
func secondsJSON(seconds float64) json.RawMessage {
	return strconv.AppendFloat(nil, math.Round(seconds*1000)/1000, 'f', -1, 64)
}
