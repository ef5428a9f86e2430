package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/state"
	"musicdb/media/tasks"
	"musicdb/server"
)

// prepareData makes the data directory and, in it, the folder that TMPDIR names
// from here on: libraries of ours keep compiled code below it, which nobody else
// may be able to prepare or change. Directories get the permissions that MusicDB 8
// gives them; without a configuration file the umask of the user goes before that.
func prepareData(c *Settings, log *slog.Logger) error {
	dir := c.Directories.Data
	fail := func(err error) error { return &dataError{dir, c.name("MUSICDB_DIRECTORIES_DATA"), err} }
	for _, d := range dataDirs {
		path := filepath.Join(dir, d.path)
		if _, err := os.Stat(path); err == nil {
			continue
		}
		err := os.MkdirAll(path, d.mode)
		if err == nil && c.File != "" {
			err = os.Chmod(path, d.mode)
		}
		if err != nil {
			return fail(err)
		}
	}
	if c.File != "" {
		a := c.attributes(log)
		a.correct(dir, dataDirs)
		a.correct(dir, dataFiles)
		a.secretKey(c.WebSocket.Key)
	}
	tmp := filepath.Join(dir, "tmp")
	if err := errors.Join(os.MkdirAll(tmp, 0o700), os.Chmod(tmp, 0o700)); err != nil {
		return fail(err)
	}
	return os.Setenv("TMPDIR", tmp)
}

// dataError says that the data directory cannot be used, and what to do.
type dataError struct {
	dir     string
	setting string
	cause   error
}

func (e *dataError) Error() string {
	why := e.cause.Error()
	if errors.Is(e.cause, fs.ErrPermission) {
		why = "this user may not write there"
	}
	return fmt.Sprintf("the data directory %s cannot be used: %s; give this user the right to write in it, or choose another one with %s", e.dir, why, e.setting)
}

func (e *dataError) Unwrap() error { return e.cause }

// firstOwnStart tells whether the settings of the random selection are still to
// be made, as in a data directory that nobody has used before.
func firstOwnStart(c *Settings) (bool, error) {
	_, err := os.Stat(filepath.Join(c.Directories.Data, "config", "randy.ini"))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return false, err
}

// letShortSongsPlay takes the lower bound off the random selection: the pieces of
// the demo library are shorter than the usual one.
func letShortSongsPlay(store *state.Store) error {
	randy, err := store.Randy()
	if err != nil {
		return err
	}
	randy.Constraints.MinSongLength = 0
	return store.SaveRandy(randy)
}

// firstScan fills an empty library while the server runs.
func firstScan(lib *library.Library, music *files.Music, turn func(context.Context) (func(), error), ignore files.Ignore, covers *artwork.Store, log *slog.Logger) func(context.Context, func(server.ImportProgress)) error {
	return func(ctx context.Context, report func(server.ImportProgress)) error {
		_, err := tasks.FirstScan(ctx, tasks.FirstScanOptions{
			Library: lib, Music: music, Turn: turn, Covers: covers, Log: log, Files: files.ScanOptions{Ignore: ignore},
			Progress: func(p tasks.Progress) {
				report(server.ImportProgress{Path: p.Path, Albums: p.Albums, Songs: p.Songs, Problems: p.Findings})
			},
		})
		return err
	}
}
