package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"musicdb/fsm"
	"musicdb/media/artwork"
	"musicdb/media/demo"
	"musicdb/media/doctor"
	"musicdb/media/ffmpeg"
	"musicdb/media/ffmpeg/embedded"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/loudness"
	"musicdb/media/maintenance"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/queue"
	"musicdb/media/search"
	"musicdb/media/sound"
	"musicdb/media/state"
	"musicdb/media/stream"
	"musicdb/media/tasks"
	"musicdb/media/watch"
	"musicdb/server"
)

// parts are what was opened for the server, closed in the reverse order.
type parts struct {
	server  *server.Server
	closers []func() error
}

func (p *parts) close() error {
	var errs []error
	for _, c := range slices.Backward(p.closers) {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// build opens every part of the daemon in the order in which they need each other.
// A failure closes what was opened; its text says what was wrong and what to do.
func build(ctx context.Context, c *Settings, l *logs) (_ *parts, err error) {
	p, log := &parts{}, l.log
	defer func() {
		if err != nil {
			_ = p.close() // the first error is the one that matters
		}
	}()
	data := c.Directories.Data
	if err := prepareData(c, log); err != nil {
		return nil, err
	}
	// Starting an ffmpeg takes as long as reading a large library: both at once.
	foundTool := findTool(data, log)
	p.closers = append(p.closers, func() error {
		if tool, err := foundTool(); err == nil {
			return tool.Close()
		}
		return nil // nothing was opened; build has said so
	})
	lib, err := library.Open(ctx, library.Options{Dir: data, Log: log})
	if err != nil {
		return nil, err
	}
	p.closers = append(p.closers, lib.Close)

	own, err := firstOwnStart(c)
	if err != nil {
		return nil, err
	}
	store, err := state.Open(state.Options{DataDir: data, Log: log})
	if err != nil {
		return nil, err
	}
	musicDir := c.Directories.Music
	if musicDir == "" {
		musicDir = filepath.Join(data, "demo")
		if err := demo.Unpack(musicDir); err != nil {
			return nil, err
		}
		if own {
			if err := letShortSongsPlay(store); err != nil {
				return nil, err
			}
		}
	}
	music, err := files.OpenMusic(musicDir)
	if err != nil {
		return nil, err
	}
	p.closers = append(p.closers, music.Close)

	ignore := files.Ignore{
		Artists: append([]string{}, c.Music.IgnoreArtists...), Albums: c.Music.IgnoreAlbums,
		Songs: append([]string{}, c.Music.IgnoreSongs...), // nil would mean the default
	}
	keeper, err := maintenance.Open(ctx, maintenance.Options{Library: lib, Music: music, Ignore: ignore, Dir: data, Log: log})
	if err != nil {
		return nil, err
	}
	p.closers = append(p.closers, keeper.Close)

	covers, err := artwork.Open(filepath.Join(data, "webdata", "artwork"), artwork.Options{
		Scales: append([]int{}, c.AlbumCover.Scales...), Log: log, // nil would mean the default
	})
	if err != nil {
		return nil, err
	}
	p.closers = append(p.closers, covers.Close)

	tool, err := foundTool()
	if err != nil {
		return nil, err
	}
	if !tool.Native() && !embedded.MayCompile() {
		log.Error("there will be no sound: no usable ffmpeg is installed, and the embedded one cannot run where memory may not be made executable (MemoryDenyWriteExecute= in the unit)",
			"remedy", "install ffmpeg")
	}

	history, err := queue.OpenJournal(ctx, queue.JournalOptions{Library: lib, Days: int(c.Queue.HistoryDays), Rows: int(c.Queue.HistoryRows), Log: log})
	if err != nil {
		return nil, err
	}
	p.closers = append(p.closers, history.Close)
	songs, err := queue.OpenSongs(queue.Options{Library: lib, State: store, Journal: history, MaxEntries: int(c.Queue.MaxEntries), Log: log})
	if err != nil {
		return nil, err
	}
	tracker := queue.NewTracker(queue.SongHistory(lib), c.Tracker.CutTime.Duration(), bool(c.Tracker.TrackRandom), bool(c.Debug.DisableTracker))
	p.closers = append(p.closers, func() error { return tracker.Close(context.WithoutCancel(ctx)) })
	levels, err := p.openLoudness(c, loudness.Options{Library: lib, Music: music, Tool: tool, Log: log}, songs)
	if err != nil {
		return nil, err
	}
	live, err := stream.New(stream.Options{
		Queue: songs, Library: lib, Music: music, Tool: tool,
		Tracker: tracker, Start: c.Stream.Start.Mode(), Crossfade: c.Stream.Crossfade.Duration(), Log: log, Level: levels.Level,
		Disabled: bool(c.Debug.DisableIcecast), DisableStats: bool(c.Debug.DisableStats),
		Formats: c.Stream.Formats, Burst: c.Stream.Burst.Duration(),
		Bitrates:    map[sound.Format]int{sound.Opus: c.Stream.OpusBitrate.Bits(), sound.AAC: c.Stream.AACBitrate.Bits()},
		SelfHearing: bool(c.Stream.SelfHearing), SilenceLimit: c.Stream.SilenceLimit.Duration(),
	})
	if err != nil {
		return nil, err
	}
	options := server.Options{
		Icecast: icecastClient(c, live, log),
		History: history,
		Library: lib, State: store, Queue: songs, Stream: live, Loudness: levels,
		Search: search.NewEngine(log), Artwork: covers, Tool: tool,
		Music: music, Maintenance: keeper, Ignore: ignore,
		Machines:    []fsm.Source{tracker.Source()},
		Limits:      c.limits(ctx, openFiles(), log),
		OpenTimeout: c.WebSocket.OpenTimeout.Duration(), CloseTimeout: c.WebSocket.CloseTimeout.Duration(),
		Deflate: bool(c.WebSocket.Deflate),
		Key:     apiKey(c, store), Origins: c.HTTP.Origins, WebUI: c.HTTP.WebUI,
		NoStatistics: bool(c.Debug.DisableStats), NoTagging: bool(c.Debug.DisableTagging), NoTracker: bool(c.Debug.DisableTracker),
		Reload:  func(context.Context) error { return l.reopen() },
		Version: version(), Log: log,
	}
	if err := p.openVideos(ctx, c, &options); err != nil {
		return nil, err
	}
	if options.Plans, err = plans.Open(ctx, plans.Options{
		Library: lib, Music: music, Maintenance: keeper, Artwork: covers, Frames: options.Frames, Log: log,
	}); err != nil {
		return nil, err
	}
	options.Machines = append(options.Machines, options.Plans.Sources()...)
	options.Planner = intake.New(intake.Options{Library: lib, Music: music, Artwork: covers, Ignore: ignore})
	options.Tasks, err = tasks.Open(tasks.Options{
		Dir: data, Library: lib, Music: music, Ignore: ignore, Covers: covers, Frames: options.Frames,
		Planner: options.Planner, Plans: options.Plans,
		Uploads: c.Uploads.Allow.types(), Workers: int(c.Tasks.Workers), Log: log,
	})
	if err != nil {
		return nil, err
	}
	p.closers = append(p.closers, options.Tasks.Close)
	incoming := &newMusic{tasks: options.Tasks, plans: options.Plans, planner: options.Planner, enters: c.Music.AutoImport, log: log}
	options.Watch, err = incoming.openWatch(ctx, c.Music.Sweep.Duration(), watch.Options{Library: lib, Music: music, Keeper: keeper, Ignore: ignore})
	if err != nil {
		return nil, err
	}
	cancel := incoming.follow(context.WithoutCancel(ctx))
	p.closers = append(p.closers, func() error { cancel(); return nil })
	options.Doctor = doctor.New(doctor.Options{
		Catalogue: lib.Catalogue, Music: music, Ignore: ignore, DataDir: data, Scales: covers.Scales(), Tool: tool, Log: log,
	})
	p.closers = append(p.closers, options.Doctor.Close)
	if options.WebSocket, options.HTTP, options.Certificates, err = addresses(c); err != nil {
		return nil, err
	}
	if options.Password, err = password(c, store); err != nil {
		return nil, err
	}
	if c.Music.AutoImport != ImportOff {
		options.Import = firstScan(lib, music, keeper.Turn, ignore, covers, log)
	}
	if p.server, err = server.New(options); err != nil {
		return nil, err
	}
	if c.File != "" {
		c.attributes(log).correct(data, dataFiles) // those that were made just now, too
	}
	return p, nil
}

// findTool begins to look for an ffmpeg and returns what waits for it.
func findTool(data string, log *slog.Logger) func() (*ffmpeg.Tool, error) {
	find := sync.OnceValues(func() (*ffmpeg.Tool, error) {
		self, err := os.Executable()
		if err != nil {
			self = ""
		}
		return ffmpeg.Find(ffmpeg.Options{Self: self, CacheDir: filepath.Join(data, "cache", "ffmpeg"), Log: log})
	})
	go find() //nolint:errcheck // whoever waits for it learns of the error
	return find
}

// apiKey returns what asks for the API key: the setting, else the key file.
func apiKey(c *Settings, store *state.Store) func() (string, error) {
	if c.WebSocket.APIKey != "" {
		return func() (string, error) { return string(c.WebSocket.APIKey), nil }
	}
	return store.APIKey
}

// passwordIsKey is the password that stands for the API key.
const passwordIsKey = "apikey"

// password is what HTTP asks for, "" for nothing.
func password(c *Settings, store *state.Store) (string, error) {
	if c.HTTP.Password != passwordIsKey {
		return string(c.HTTP.Password), nil
	}
	return apiKey(c, store)()
}

// addresses are the two listeners; the certificate is loaded or made only if one
// of them may speak TLS.
func addresses(c *Settings) (websocket, http server.Address, certificates *server.Certificates, err error) {
	websocket = server.Address{Bind: c.WebSocket.Bind, Port: uint16(c.WebSocket.Port), TLS: c.WebSocket.TLS.mode(),
		BindSetting: c.name("MUSICDB_WEBSOCKET_BIND"), PortSetting: c.name("MUSICDB_WEBSOCKET_PORT")}
	http = server.Address{Bind: c.HTTP.Bind, Port: uint16(c.HTTP.Port), TLS: c.HTTP.TLS.mode(),
		BindSetting: c.name("MUSICDB_HTTP_BIND"), PortSetting: c.name("MUSICDB_HTTP_PORT")}
	if websocket.TLS == server.TLSOff && http.TLS == server.TLSOff {
		return websocket, http, nil, nil
	}
	certificates, err = server.OpenCertificates(c.WebSocket.Cert, c.WebSocket.Key)
	return websocket, http, certificates, err
}

func (m TLSMode) mode() server.TLSMode {
	switch m {
	case TLSOn:
		return server.TLSOn
	case TLSOff:
		return server.TLSOff
	default:
		return server.TLSAuto
	}
}
