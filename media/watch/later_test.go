package watch

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"musicdb/media/files"
)

// What cannot be offered yet waits, is counted, and follows as offers are decided; songs
// of a known album are offered as such; what is looked at again is offered again.
func TestOffersAreAFewAtATime(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	const most = 2
	decided := make(chan struct{}, 10)
	open, before := 0, r.w.o.Offer
	r.w.o.Offer = func(ctx context.Context, n New) error {
		for len(decided) > 0 {
			<-decided
			open--
		}
		if open == most {
			return ErrLater
		}
		open++
		return before(ctx, n)
	}
	var albums []string
	for i, artist := range []string{"Clara", "Dora", "Emma", "Emma"} {
		albums = append(albums, fmt.Sprintf("%s/200%d - New", artist, i))
		r.write(albums[i]+"/01 A.mp3", song(t, i))
	}
	r.start()
	for _, album := range albums[:most] {
		if n := r.offer(); n.Candidate.Path != album {
			t.Errorf("offered %+v, want %s", n, album)
		}
	}
	r.await("the rest to wait", func() bool { return slices.Equal(r.w.Status().Waiting, albums[most:]) })
	for _, album := range albums[most:] {
		decided <- struct{}{}
		r.w.Next()
		if n := r.offer(); n.Candidate.Path != album {
			t.Errorf("offered %+v, want %s", n, album)
		}
	}
	r.await("nothing to wait", func() bool { return len(r.w.Status().Waiting) == 0 })
	decided <- struct{}{}
	r.w.Again(albums[0])
	if n := r.offer(); n.Candidate.Path != albums[0] {
		t.Errorf("offered again %+v", n)
	}
	decided <- struct{}{}
	r.write("Anna/2001 - One/09 Late.mp3", song(t, 9))
	if n := r.offer(); n.Kind != files.KindSong || n.Candidate.Path != "Anna/2001 - One" {
		t.Errorf("offered %+v", n)
	}
}
