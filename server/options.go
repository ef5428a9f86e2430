package server

import (
	"context"
	"log/slog"
	"time"

	"musicdb/fsm"
	"musicdb/media/artwork"
	"musicdb/media/doctor"
	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/frames"
	"musicdb/media/icecast"
	"musicdb/media/library"
	"musicdb/media/loudness"
	"musicdb/media/maintenance"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/queue"
	"musicdb/media/search"
	"musicdb/media/state"
	"musicdb/media/stream"
	"musicdb/media/tasks"
	"musicdb/media/watch"
)

// Options are the parts that a Server joins and the addresses it listens on. The
// parts are opened before and closed after by whoever made them.
type Options struct {
	Library *library.Library
	State   *state.Store
	Queue   *queue.Songs
	History *queue.Journal // of both queues; nil: none is kept
	Stream  *stream.Stream
	Icecast *icecast.Client // sends the stream to an Icecast server; nil: there is none
	Search  *search.Engine
	Artwork *artwork.Store
	Tool    *ffmpeg.Tool

	// Loudness measures songs while the server runs; nil: nothing does.
	Loudness *loudness.Meter

	// Videos. Whether there are any is for VideoStream to know, which is always there.
	Videos      *queue.Videos
	VideoStream *stream.Video
	Frames      *frames.Store

	Music       *files.Music        // the music directory
	Maintenance *maintenance.Keeper // changes files together with rows
	Doctor      *doctor.Doctor      // examines the collection; nil: nothing does
	Tasks       *tasks.Manager      // uploads, imports, covers, scans
	Plans       *plans.Keeper       // what would be changed, what was changed, and how it is taken back
	Planner     *intake.Planner     // makes plans of new music
	Ignore      files.Ignore        // names that searches for new content pass by

	// Features that are switched off: their functions change nothing and answer as
	// if they had (MusicDB protocol, section 11).
	NoStatistics bool // counters, flags and last played of songs and videos
	NoTagging    bool // tags and their assignments
	NoTracker    bool // relations between songs or videos played in succession

	// Machines are further machines that run in the daemon: their figures are shown
	// with those of the parts.
	Machines []fsm.Source

	// Watch keeps the library in step with the music directory, once it is filled; nil:
	// nothing does.
	Watch *watch.Watch

	// Import fills an empty library while the server runs; nil: nothing to import.
	// It calls report now and then, from one goroutine, and returns when ctx ends.
	Import func(ctx context.Context, report func(ImportProgress)) error

	// Key returns the API key. It is asked with the first message of each connection,
	// so that a key that was changed holds for the next ones, from many goroutines at
	// once, and must not return an empty one.
	Key func() (string, error)

	// Password protects what is served over HTTP, "/healthz" and "/readyz" excepted:
	// HTTP Basic, with any user name. Empty: everything is open to whoever can reach
	// the address. The websocket port has the key instead.
	Password string

	// WebUI is the directory of another WebUI, which is served at /musicdb/ and shown
	// at /. Empty: ours is at /. Ours is at /player/ in any case.
	WebUI string

	// Origins are host names, besides the one that a request is sent to, whose pages
	// may open a websocket on either port. "null" stands for pages without a name:
	// files that a browser has opened, and sandboxed frames of any site.
	Origins []string

	// Reload reads again what HUP is sent for: certificates, log files. What cannot
	// be replaced stays in use. nil: there is nothing to read again.
	Reload func(ctx context.Context) error

	WebSocket Address
	HTTP      Address
	// Certificates are needed unless both listeners have TLSOff.
	Certificates *Certificates

	Limits Limits

	OpenTimeout  time.Duration // for an opening handshake; 0: 10 s
	CloseTimeout time.Duration // for a closing handshake; 0: 5 s

	// Deflate compresses messages for the websocket clients that offer permessage-deflate.
	Deflate bool

	Version string
	Log     *slog.Logger // nil discards
}

// Address is where a listener listens, and how it speaks.
type Address struct {
	Bind string // IP address or localhost
	Port uint16 // 0: any free one
	// PortSetting and BindSetting are the names by which messages refer to the two.
	PortSetting, BindSetting string
	TLS                      TLSMode
}

// ImportProgress is how far an import has come.
type ImportProgress struct {
	Path     string // the album that was entered last, relative to the music directory
	Albums   int
	Songs    int
	Problems int // files that were left out, each reported in the log
}
