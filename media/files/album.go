package files

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
)

// ReadAlbum reads the directory of one album with all its songs, as a scan does;
// of the options only Ignore, Content and Workers count. What cannot enter the library, and
// what is damaged, is among the findings; when nothing is left to enter the album has no
// songs.
//
// Errors: *[PathError], *[NamingError], those of the file system for a directory
// that is not there, [fs.ErrInvalid] for a path that is none, and that of the
// context.
func (m *Music) ReadAlbum(ctx context.Context, rel string, o ScanOptions) (Album, []*Finding, error) {
	at, err := Analyse(rel, KindAlbum)
	if err != nil {
		return Album{}, nil, err
	}
	info, err := m.Stat(rel)
	if err != nil {
		return Album{}, nil, err
	}
	if !info.IsDir() {
		return Album{}, nil, &ChangeError{"read", rel, "", errors.Join(ErrNoAlbum, fs.ErrInvalid)}
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	o.Known = nil
	ctx, stop := context.WithCancel(ctx)
	w := &walker{music: m, o: o, ctx: ctx, steps: make(chan *step, 1), jobs: make(chan job)}
	var goroutines sync.WaitGroup
	defer goroutines.Wait()
	defer stop()
	goroutines.Go(func() {
		defer close(w.steps)
		defer close(w.jobs)
		w.albumStep(&step{}, rel, info)
	})
	for range o.Workers {
		goroutines.Go(w.read)
	}
	read, ok := <-w.steps
	if ok {
		read.pending.Wait()
	}
	if err := context.Cause(ctx); err != nil {
		return Album{}, nil, err
	}
	if !ok { // it vanished while it was looked at
		return Album{Location: at}, nil, &ChangeError{"read", rel, "", fs.ErrNotExist}
	}
	album, findings, ok := read.finish()
	if !ok {
		album = Album{Location: at, Added: info.ModTime().Unix()}
	}
	return album, findings, nil
}

// ErrNoAlbum is matched when the path of an album leads to something else than a
// directory.
var ErrNoAlbum = errors.New("it is no directory")

// The modes that the reference server gives to music: the group may write as well.
const fileMode fs.FileMode = 0o664

// ShareMode is the mode that a file or directory of music gets when it enters the
// library: rw-rw-r-- or rwxrwxr-x.
func ShareMode(info fs.FileInfo) fs.FileMode {
	if info.IsDir() {
		return dirMode
	}
	return fileMode
}

// SetMode gives a file or directory of music other permissions, and tells the
// former ones. A link is refused.
func (m *Music) SetMode(rel string, mode fs.FileMode) (before fs.FileMode, err error) {
	if err := CheckPath(rel); err != nil {
		return 0, err
	}
	info, err := m.root.Lstat(rel)
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = os.ErrInvalid
	}
	if err != nil {
		return 0, &ChangeError{"set the permissions of", rel, "", bare(err)}
	}
	before = info.Mode().Perm()
	if before == mode.Perm() {
		return before, nil
	}
	if err := m.root.Chmod(rel, mode.Perm()); err != nil {
		return before, &ChangeError{"set the permissions of", rel, "", bare(err)}
	}
	return before, nil
}

// NaturalOrder compares names as people sort them: numbers by their value, so that
// "2" comes before "10", everything else byte by byte.
func NaturalOrder(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		n, m := digits(x), digits(y)
		if n > 0 && m > 0 {
			one, other := strings.TrimLeft(x[:n], "0"), strings.TrimLeft(y[:m], "0")
			if order := cmp.Or(cmp.Compare(len(one), len(other)), cmp.Compare(one, other)); order != 0 {
				return order
			}
			x, y = x[n:], y[m:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

func digits(text string) (n int) {
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}
