package watch

import (
	"errors"
	"fmt"
	"io/fs"

	"musicdb/media/files"
)

// fault tells whether something can be concluded from what was seen; else what is wrong.
func (l *look) fault(err error) (on Event, text string) {
	dir := l.w.o.Music.Dir()
	rows := len(l.rows.Videos())
	_, _, songs := l.rows.NumberOf()
	rows += songs
	var root *files.RootError
	switch {
	case errors.Is(err, errReplaced):
		return Gone, fmt.Sprintf("an empty or unreadable directory stands at %q, in place of the music: is its disk mounted? Nothing was changed in the library", dir)
	case errors.As(err, &root) && errors.Is(err, fs.ErrNotExist):
		return Gone, fmt.Sprintf("the music directory %q is not there: is its disk mounted? Nothing was changed in the library", dir)
	case err != nil:
		return ReadFailed, err.Error()
	case l.failed != nil:
		return ReadFailed, fmt.Sprintf("%v; check the disk, or the network; nothing was changed in the library", l.failed)
	case rows > 0 && len(l.vanished) == rows:
		return Gone, fmt.Sprintf("all %d files of the library have vanished from %q at once: is its disk mounted? Nothing was changed in the library; "+
			"if they were really removed, remove their artists from the library", rows, dir)
	}
	return Looked, ""
}

// conclude ends a look. A fault is told when it begins, when it becomes one of another
// kind, and when it is over.
func (w *Watch) conclude(on Event, text string) {
	w.fire(on)
	defer w.concluded()
	before := w.fault
	w.fault = on
	w.show(func(s *Status) { s.Fault = text })
	if on == before {
		return
	}
	if text != "" {
		w.o.Log.Error("the music directory cannot be told", "state", w.machine.State(), "because", text)
	} else {
		w.o.Log.Info("the music is there again")
	}
	w.o.Tell(w.Status())
}
