package watch

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"musicdb/fsm"
)

// notice turns events of the kernel into names of artists that were touched. Its
// goroutine takes events whatever the watch is doing, so that few are lost.
type notice struct {
	dir     string // the music directory
	kernel  *fsnotify.Watcher
	wake    chan struct{} // something was touched
	machine *fsm.Runner[Attention, turn]
	fail    func(limit error) // called once each time when no more can be watched

	mu      sync.Mutex // guards what follows
	touched map[string]*touch
	all     bool                // events were lost: everything may have been touched
	watched map[string]struct{} // directories, relative
	refused error               // why the last sweep could not watch all of them
}

// touch is when an artist's directory was written to.
type touch struct{ first, last time.Time }

func newNotice(dir string, observer *fsm.Observer[Attention, turn], fail func(error)) *notice {
	n := &notice{dir: dir, wake: make(chan struct{}, 1), fail: fail, touched: map[string]*touch{}, watched: map[string]struct{}{}}
	n.machine = fsm.NewRunner(attention, observer, fsm.Effects[Attention, turn]{})
	return n
}

// open asks the kernel for events. Without them there are sweeps.
func (n *notice) open() {
	kernel, err := fsnotify.NewWatcher()
	if err != nil {
		n.refuse(err)
		n.settle()
		return
	}
	n.kernel = kernel
}

// run takes events until the context ends.
func (n *notice) run(ctx context.Context) {
	if n.kernel == nil {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-n.kernel.Events:
			n.take(event)
		case err := <-n.kernel.Errors:
			if err != nil { // there were more events than the kernel keeps
				n.lose()
			}
		}
	}
}

func (n *notice) close() error {
	err := n.machine.Fire(context.Background(), end, nil)
	if n.kernel != nil {
		err = errors.Join(err, n.kernel.Close())
	}
	return errors.Join(err, n.machine.Close())
}

// take notes one event.
func (n *notice) take(event fsnotify.Event) {
	rel, err := filepath.Rel(n.dir, event.Name)
	if err != nil {
		return
	}
	rel = filepath.ToSlash(rel)
	if event.Has(fsnotify.Rename) || event.Has(fsnotify.Remove) {
		n.unwatch(rel)
	}
	artist, _, _ := strings.Cut(rel, "/")
	if artist == "." || artist == ".." {
		n.lose()
		return
	}
	n.touch(artist, time.Now())
}

func (n *notice) touch(artist string, at time.Time) {
	n.mu.Lock()
	t := n.touched[artist]
	if t == nil {
		t = &touch{first: at}
		n.touched[artist] = t
	}
	t.last = at
	n.mu.Unlock()
	n.ring()
}

// lose notes that everything may have been touched: events were lost.
func (n *notice) lose() {
	n.mu.Lock()
	n.all = true
	n.mu.Unlock()
	n.ring()
}

func (n *notice) ring() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// calm returns the artists that nobody has written to for a while, or that have been
// written to for so long that others would wait for them, and forgets them. all: everything
// is to be looked at. next is when to ask again, zero if nothing is touched.
func (n *notice) calm(now time.Time, quiet time.Duration) (artists []string, all bool, next time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	all, n.all = n.all, false
	for artist, t := range n.touched {
		due := t.last.Add(quiet)
		if latest := t.first.Add(patience * quiet); latest.Before(due) {
			due = latest
		}
		if !due.After(now) {
			artists = append(artists, artist)
			delete(n.touched, artist)
		} else if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return artists, all, next
}

// patience is how many times the quiet time a look at an artist may be put off.
const patience = 4

// watch asks the kernel for the events of a directory. It is asked again at each sweep,
// which costs next to nothing.
func (n *notice) watch(rel string) {
	if n.kernel == nil {
		return
	}
	err := n.kernel.Add(filepath.Join(n.dir, filepath.FromSlash(rel)))
	if err != nil && !errors.Is(err, syscall.ENOENT) && !errors.Is(err, syscall.ENOTDIR) && !errors.Is(err, syscall.EACCES) {
		n.refuse(err)
		return
	}
	if err == nil {
		n.mu.Lock()
		n.watched[rel] = struct{}{}
		n.mu.Unlock()
	}
}

// unwatch drops a directory that was renamed or removed, and all in it: the kernel goes on
// watching them, under names that are wrong now.
func (n *notice) unwatch(rel string) {
	var inside []string
	n.mu.Lock()
	if _, is := n.watched[rel]; is {
		for dir := range n.watched {
			if dir == rel || strings.HasPrefix(dir, rel+"/") {
				delete(n.watched, dir)
				inside = append(inside, dir)
			}
		}
	}
	n.mu.Unlock()
	for _, dir := range inside {
		_ = n.kernel.Remove(filepath.Join(n.dir, filepath.FromSlash(dir))) // the library may have dropped it itself
	}
}

func (n *notice) refuse(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.refused = err
}

// settle ends a sweep: the watch is told once when the kernel begins to refuse.
func (n *notice) settle() {
	n.mu.Lock()
	err := n.refused
	if n.kernel != nil {
		n.refused = nil
	}
	n.mu.Unlock()
	state := n.machine.State()
	switch {
	case err == nil && state == Sweeping:
		_ = n.machine.Fire(context.Background(), watched, nil) // the table has it
	case err != nil && state == Noticing:
		_ = n.machine.Fire(context.Background(), refused, nil)
		n.fail(err)
	case err != nil:
		n.fail(err)
	}
}
