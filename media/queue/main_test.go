package queue

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"musicdb/media/library"
	"musicdb/media/state"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Arg(0) == childCommand {
		addForEver(flag.Arg(1))
	}
	goleak.VerifyTestMain(m)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lessOften lets a property test that waits for the disk run fewer times than the
// others, unless the number is given on the command line.
func lessOften(t testing.TB) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() != checks.DefValue {
		return
	}
	must(t, checks.Value.Set("20"))
	t.Cleanup(func() { must(t, checks.Value.Set(checks.DefValue)) })
}

// A house is a data directory with a library, a state store and a song queue.
type house struct {
	t       testing.TB
	dir     string // of the library
	library *library.Library
	state   *state.Store
	songs   *Songs
	journal *Journal
	clock   *hand
	dice    *rand.Rand
	events  []Event

	stateDir string // of the state, the same at first
	runs     int
}

// newHouse enters albums with the given numbers of songs, two albums per artist.
// Songs have the ids 1, 2, 3 … and last 180 s. Statements change the fresh music
// database.
func newHouse(t testing.TB, albums []int, statements ...string) *house {
	t.Helper()
	dir := t.TempDir()
	h := &house{t: t, dir: dir, stateDir: dir, clock: newHand(time.Unix(1_700_000_000, 0)), dice: rand.New(rand.NewPCG(1, 2))}
	h.open()
	for i, songs := range albums {
		artist := fmt.Sprintf("Artist %d", i/2+1)
		album := library.NewAlbum{ArtistName: artist, ArtistPath: artist, Name: fmt.Sprintf("Album %d", i+1), Path: fmt.Sprintf("%s/2001 - Album %d", artist, i+1)}
		for n := range songs {
			name := fmt.Sprintf("%02d Song", n+1)
			album.Songs = append(album.Songs, library.NewSong{Name: name, Path: album.Path + "/" + name + ".mp3", Number: int64(n + 1), Playtime: 180})
		}
		_, err := h.library.AddAlbum(context.Background(), album)
		must(t, err)
	}
	if len(statements) > 0 {
		h.close()
		edit(t, h.dir, statements...)
		h.open()
	}
	t.Cleanup(h.close)
	return h
}

// edit runs statements on the music database of a closed library.
func edit(t testing.TB, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(dir, "music.db"))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	for _, statement := range statements {
		_, err := db.Exec(statement)
		must(t, err)
	}
}

// query reads one number from a database of a closed library.
func query(t testing.TB, dir, file, question string) (n int64) {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(dir, file))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	must(t, db.QueryRow(question).Scan(&n))
	return n
}

func (h *house) open() {
	h.t.Helper()
	var err error
	h.library, err = library.Open(context.Background(), library.Options{Dir: h.dir})
	must(h.t, err)
	h.state, err = state.Open(state.Options{DataDir: h.stateDir})
	must(h.t, err)
	h.restart()
}

func (h *house) close() {
	must(h.t, h.journal.Close())
	must(h.t, h.library.Close())
}

// fresh goes on with the same library and an empty state.
func (h *house) fresh() {
	h.t.Helper()
	h.runs++
	h.stateDir = filepath.Join(h.dir, fmt.Sprint("run", h.runs))
	var err error
	h.state, err = state.Open(state.Options{DataDir: h.stateDir})
	must(h.t, err)
	h.restart()
}

// restart opens the queue again, as the next process would.
func (h *house) restart() {
	h.t.Helper()
	must(h.t, h.journal.Close())
	var err error
	h.journal, err = OpenJournal(context.Background(), JournalOptions{Library: h.library, Days: 30, Rows: 1_000_000, Now: h.clock.now})
	must(h.t, err)
	h.songs, err = OpenSongs(Options{Library: h.library, State: h.state, Journal: h.journal, Now: h.clock.now, Rand: h.dice})
	must(h.t, err)
	h.events = nil
	h.songs.Subscribe(func(e Event) {
		if got := h.onDisk(); !slices.Equal(got, h.songs.Entries()) {
			h.t.Errorf("%v came before the change was on disk: %v, in memory %v", e, got, h.songs.Entries())
		}
		h.events = append(h.events, e)
	})
}

// settings changes the settings of the random selection.
func (h *house) settings(change func(*state.Randy)) {
	h.t.Helper()
	r, err := h.state.Randy()
	must(h.t, err)
	change(&r)
	must(h.t, h.state.SaveRandy(r))
}

// barren lets the random selection find nothing.
func (h *house) barren() {
	h.settings(func(r *state.Randy) { r.Constraints.MinSongLength = 500 })
}

// fill replaces the queue by these songs.
func (h *house) fill(songs ...int64) []EntryID {
	h.t.Helper()
	_, err := h.songs.AddAlbum(songs, Last())
	must(h.t, err)
	h.events = nil
	var ids []EntryID
	for _, e := range h.songs.Entries() {
		ids = append(ids, e.ID)
	}
	return ids
}

func (h *house) queued() []int64 {
	var songs []int64
	for _, e := range h.songs.Entries() {
		songs = append(songs, e.SongID)
	}
	return songs
}

// onDisk reads the file of the queue without the help of the queue.
func (h *house) onDisk() []Entry {
	read, err := h.state.ReadCSV("songqueue.csv", []string{"EntryID", "SongID", "IsRandom"})
	must(h.t, err)
	entries := []Entry{}
	for _, row := range read.Rows {
		id, _ := row[0].Text()
		song, _ := row[1].Int()
		random, _ := row[2].Text()
		entries = append(entries, Entry{EntryID(id), song, random == "True"})
	}
	return entries
}

// write replaces the file of the queue, as somebody with an editor does.
func (h *house) write(entries ...Entry) {
	h.t.Helper()
	l := make(list, len(entries))
	for i, e := range entries {
		l[i] = item{e.ID, e.SongID, e.Random}
	}
	must(h.t, h.songs.line.save(l))
}
