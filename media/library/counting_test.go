package library_test

import (
	"testing"
	"time"
)

// A play is counted once per entry of the queue, wherever between the note and the
// count the server was killed, and whatever the clock says.
func TestBeginCount(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	if _, err := l.AddAlbum(t.Context(), album("A", 2001, "B", 2)); err != nil {
		t.Fatal(err)
	}
	songs := []int64{1, 2}
	begin := func(what, entry string, song int64, want bool) {
		t.Helper()
		if counted, err := l.BeginCount(t.Context(), entry, song); err != nil || counted != want {
			t.Errorf("%s: counted is %v, %v, want %v", what, counted, err, want)
		}
	}
	play := func(song int64, at int64) {
		t.Helper()
		if err := l.AddPlay(t.Context(), song, time.Unix(at, 0), false); err != nil {
			t.Fatal(err)
		}
	}
	play(songs[0], 100)
	begin("played earlier", "7", songs[0], false)
	begin("killed before the count", "7", songs[0], false)
	play(songs[1], 101)
	begin("another song was counted", "7", songs[0], false)
	play(songs[0], 50)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	begin("killed behind the count, the clock set back", "7", songs[0], true)
	begin("the same song in the next entry", "8", songs[0], false)
	begin("and again", "8", songs[0], false)
	play(songs[0], 60)
	begin("and counted", "8", songs[0], true)
}
