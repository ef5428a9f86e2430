package watch

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"musicdb/fsm"
	"musicdb/media/files"
)

// A new album is offered once it is complete, however slowly it comes, and once more when
// it has changed; a new video is, too. What is gone is withdrawn.
func TestNewMusicIsOfferedWhenItHasComeToRest(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.start()
	const album = "Clara/2004 - Neu"
	for i := range 3 { // as a program copies: a file after the other, a piece after the other
		name := filepath.Join(album, []string{"01 A.mp3", "02 B.mp3", "03 C.mp3"}[i])
		data := song(t, i)
		r.write(name, data[:len(data)/2])
		r.write(name, data)
	}
	n := r.offer()
	if n.Kind != files.KindAlbum || n.Candidate.Path != album || n.Candidate.Name != "Neu" || *n.Candidate.Release != 2004 {
		t.Errorf("offered %+v", n)
	}
	r.write(album+"/04 D.mp3", song(t, 3))
	if n := r.offer(); n.Candidate.Path != album {
		t.Errorf("offered %+v", n)
	}
	r.write("Anna/2005 - Film.mp4", []byte("film"))
	if n := r.offer(); n.Kind != files.KindVideo || n.Candidate.Path != "Anna/2005 - Film.mp4" {
		t.Errorf("offered %+v", n)
	}
	r.remove("Clara")
	if path := <-r.withdrew; path != album {
		t.Errorf("withdrew %q", path)
	}
	r.stop()
	if len(r.offered)+len(r.withdrew) != 0 {
		t.Errorf("%d more offers, %d more withdrawn", len(r.offered), len(r.withdrew))
	}
}

func (r *room) offer() New {
	r.t.Helper()
	select {
	case n := <-r.offered:
		return n
	case <-time.After(20 * time.Second):
		r.t.Fatalf("nothing was offered: %+v", r.w.Status())
		return New{}
	}
}

// What is no album, is there already under another name, or is a link to it, is not
// offered.
func TestWhatIsNotNewIsNotOffered(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.start()
	r.write("Clara/2004 - Pictures/cover.jpg", []byte("picture"))
	r.write("Clara/2004 - Nested/CD 1/01 A.mp3", song(t, 0))
	r.write("Clara/loose.mp3", song(t, 1))
	r.write("lost+found/2001 - X/01 A.mp3", song(t, 1))
	linked := filepath.Join(r.music, "Clara", "2004 - Linked")
	r.do(os.MkdirAll(linked, 0o755))
	for _, name := range []string{"01 Song 0.mp3", "02 Song 1.mp3"} {
		r.do(os.Link(filepath.Join(r.music, "Anna/2001 - One", name), filepath.Join(linked, name)))
	}
	r.do(os.Symlink(filepath.Join(r.music, "Anna/2001 - One"), filepath.Join(r.music, "Clara", "2004 - Alias")))
	r.do(os.Symlink(r.data, filepath.Join(r.music, "Clara", "2004 - Outside")))
	r.w.Sweep()
	r.await("the sweep", func() bool { return r.w.machine.State() == Watching })
	r.write("Dora/2004 - Good/01 A.mp3", song(t, 3))
	if n := r.offer(); n.Candidate.Path != "Dora/2004 - Good" || len(r.offered) > 0 {
		t.Errorf("offered %+v and %d more", n, len(r.offered))
	}
}

// Where the kernel does not watch, sweeps find everything, and that is said once with
// what to do.
func TestWithoutTheKernelSweepsFindEverything(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	told := 0
	r.w.notice = newNotice(filepath.Join(r.data, "nowhere"), fsm.NewObserver(attention, 0), func(err error) { told++; r.w.limited(err) })
	r.w.notice.refuse(os.ErrInvalid)
	r.start()
	if s := r.w.Status(); s.Attention != Sweeping || told == 0 {
		t.Errorf("%+v, told %d times", s, told)
	}
	r.rename("Anna", "Hanna")
	r.write("Dora/2004 - Good/01 A.mp3", song(t, 3))
	r.w.Sweep()
	if n := r.offer(); n.Candidate.Path != "Dora/2004 - Good" {
		t.Errorf("offered %+v", n)
	}
	if p := r.paths()[0]; p != "Hanna/2001 - One/01 Song 0.mp3" {
		t.Errorf("the first song is %q", p)
	}
}
