package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"musicdb/media/doctor"
	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
)

type doctorCommand struct {
	Path     string `arg:"" optional:"" help:"Artist, album, song or video to examine, relative to the music directory; without it everything, databases too."`
	Thorough bool   `help:"Decode every song, with the lowest priority, and listen for damage, silence and clipping."`
	JSON     bool   `help:"Print one JSON object per line: a verdict each, at last the status."`
}

// errFound ends a command that has found something.
var errFound = errors.New("something was found")

// Run examines the collection of the settings: by itself, or, where a server runs on
// the data directory, by asking that.
func (c doctorCommand) Run(out io.Writer, file configFile) error {
	config, err := load(string(file))
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	print := newVerdictPrinter(out, c.JSON)
	order := doctor.Order{Path: filepath.ToSlash(filepath.Clean(c.Path)), Thorough: c.Thorough}
	if c.Path == "" {
		order.Path = ""
	}
	_, running, err := library.InUse(config.Directories.Data)
	if err != nil {
		return fmt.Errorf("whether a server runs cannot be seen: %w; call as its user", err)
	}
	var status doctor.Status
	if running {
		status, err = askServer(ctx, config, order, print.verdict)
	} else {
		status, err = examine(ctx, config, order, print.verdict)
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("the examination was cancelled; what was printed holds")
	}
	if err == nil || status.Verdicts > 0 {
		print.status(status)
	}
	switch {
	case err != nil:
		return err
	case print.err != nil:
		return print.err
	case status.Verdicts > 0:
		return errFound
	}
	return nil
}

// examine examines the collection in this process. It writes nothing but the compiled
// code of the tag library, into a directory that it removes again.
func examine(ctx context.Context, c *Settings, order doctor.Order, tell func(doctor.Verdict)) (status doctor.Status, err error) {
	catalogue, err := library.ReadCatalogue(ctx, c.Directories.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return status, fmt.Errorf("there is no library in %s yet; start the server once: musicdb serve", c.Directories.Data)
	case errors.Is(err, library.ErrDamaged):
		return examineDamaged(ctx, c.Directories.Data, tell)
	case err != nil:
		return status, err
	}
	tmp, err := os.MkdirTemp("", "musicdb-doctor-") // for this user alone
	if err != nil {
		return status, err
	}
	before := os.TempDir()
	if err := os.Setenv("TMPDIR", tmp); err != nil {
		return status, err
	}
	defer func() { err = errors.Join(err, os.Setenv("TMPDIR", before), os.RemoveAll(tmp)) }()
	dir := c.Directories.Music
	if dir == "" {
		dir = filepath.Join(c.Directories.Data, "demo")
	}
	music, err := files.OpenMusic(dir)
	if err != nil {
		return status, err
	}
	defer func() { err = errors.Join(err, music.Close()) }()
	o := doctor.Options{
		Catalogue: func() *library.Catalogue { return catalogue }, Music: music, DataDir: c.Directories.Data, Scales: append([]int{}, c.AlbumCover.Scales...),
		Ignore: files.Ignore{Artists: append([]string{}, c.Music.IgnoreArtists...), Albums: c.Music.IgnoreAlbums, Songs: append([]string{}, c.Music.IgnoreSongs...)},
	}
	if order.Thorough {
		if o.Tool, err = doctorsTool(c, tmp); err != nil {
			return status, err
		}
		defer func() { err = errors.Join(err, o.Tool.Close()) }()
	}
	d := doctor.New(o)
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Diagnose(ctx, order, tell)
}

// doctorsTool is the ffmpeg that decodes. The embedded one is used as the server has
// compiled it, else it is compiled for this examination.
func doctorsTool(c *Settings, tmp string) (*ffmpeg.Tool, error) {
	self, err := os.Executable()
	if err != nil {
		self = ""
	}
	cache := filepath.Join(c.Directories.Data, "cache", "ffmpeg")
	if _, err := os.Stat(cache); err != nil {
		cache = filepath.Join(tmp, "ffmpeg")
	}
	return ffmpeg.Find(ffmpeg.Options{Self: self, CacheDir: cache})
}

// examineDamaged tells what is wrong with databases that cannot be read, without which
// nothing else can be said.
func examineDamaged(ctx context.Context, dir string, tell func(doctor.Verdict)) (status doctor.Status, err error) {
	status.Counts = map[doctor.Illness]int{}
	err = doctor.Databases(ctx, dir, func(v doctor.Verdict) {
		status.Verdicts++
		status.Counts[v.Illness]++
		tell(v)
	})
	return status, err
}
