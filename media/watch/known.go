package watch

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
)

// sound says what is known of the sound of a file.
type sound uint8

const (
	unheard   sound = iota // it was not read yet
	heard                  // there is a checksum
	soundless              // it cannot be read, until the file is another one
)

// record is what is known of a file with a row. It has no pointers: there is one per song.
type record struct {
	song, video    int64
	size, modified int64 // bytes; Unix time in nanoseconds
	inode, device  uint64
	sum            [32]byte
	sound          sound
	seen           uint32 // in which look
}

func recordOf(f files.SeenFile) *record {
	return &record{size: f.Size, modified: f.Modified.UnixNano(), inode: f.Inode, device: f.Device}
}

// holds reports that the file is the one of the record, with the same content, as far as
// can be told without reading it.
func (r *record) holds(f files.SeenFile) bool {
	return r.size == f.Size && r.modified == f.Modified.UnixNano()
}

func (r *record) row(path string) library.KnownFile {
	k := library.KnownFile{Path: path, SongID: r.song, VideoID: r.video, Size: r.size, Modified: time.Unix(0, r.modified), Inode: r.inode, Device: r.device}
	if r.sound == heard {
		k.Content = hex.EncodeToString(r.sum[:])
	}
	return k
}

func recordOfRow(k library.KnownFile) *record {
	r := &record{song: k.SongID, video: k.VideoID, size: k.Size, modified: k.Modified.UnixNano(), inode: k.Inode, device: k.Device}
	if n, err := hex.Decode(r.sum[:], []byte(k.Content)); err == nil && n == len(r.sum) {
		r.sound = heard
	}
	return r
}

// load reads what is known from the database.
func (w *Watch) load(ctx context.Context) error {
	return w.o.Library.EachKnownFile(ctx, func(k library.KnownFile) {
		w.known[k.Path] = recordOfRow(k)
	})
}

// batch is how many rows are written in one transaction: the writes of others are held
// up for some milliseconds at most.
const batch = 2000

// save writes what is known of the paths that have changed. What cannot be written is
// written later.
func (w *Watch) save(ctx context.Context) {
	for len(w.unsaved) > 0 {
		var now []library.KnownFile
		var gone, paths []string
		for path := range w.unsaved {
			if r, known := w.known[path]; known {
				now = append(now, r.row(path))
			} else {
				gone = append(gone, path)
			}
			if paths = append(paths, path); len(paths) == batch {
				break
			}
		}
		if err := w.o.Library.SaveKnownFiles(context.WithoutCancel(ctx), now, gone); err != nil {
			w.o.Log.Error("what is known of files cannot be written; it is tried again", "err", err)
			return
		}
		for _, path := range paths {
			delete(w.unsaved, path)
		}
	}
}

// learn enters what was seen of a file with a row.
func (w *Watch) learn(path string, r *record) {
	w.known[path] = r
	w.unsaved[path] = struct{}{}
	if r.sound == unheard {
		w.unheard = append(w.unheard, path)
	}
}

// forget drops what is known of a path.
func (w *Watch) forget(path string) {
	if _, known := w.known[path]; known {
		delete(w.known, path)
		w.unsaved[path] = struct{}{}
	}
}

// hear reads the sound of one file that was not read yet. False: there is none left.
func (w *Watch) hear(ctx context.Context) bool {
	for len(w.unheard) > 0 {
		path := w.unheard[0]
		w.unheard = w.unheard[1:]
		r, known := w.known[path]
		if !known || r.sound != unheard {
			continue
		}
		w.fire(Unheard)
		sum, err := w.o.Music.ContentChecksum(ctx, path)
		switch {
		case ctx.Err() != nil:
			w.unheard = append(w.unheard, path)
		case err != nil:
			r.sound = soundless
			w.o.Log.Debug("the sound of a file cannot be read", "path", path, "err", err)
		default:
			r.sound = heard
			if _, err := hex.Decode(r.sum[:], []byte(sum)); err != nil {
				panic(fmt.Sprintf("watch: package files has made the checksum %q", sum))
			}
			w.unsaved[path] = struct{}{}
		}
		w.fire(Heard)
		if len(w.unsaved) >= hearings || len(w.unheard) == 0 {
			w.save(ctx)
			w.concluded()
		}
		return true
	}
	w.unheard = nil
	return false
}

// hearings is how many checksums are written at once.
const hearings = 50
