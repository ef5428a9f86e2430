package queue

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"musicdb/media/library"
)

// broken opens the queue with a history that cannot be written, as on a full disk,
// until mend is called.
func (h *house) broken(log *slog.Logger) (mend func()) {
	h.t.Helper()
	must(h.t, h.journal.Close())
	var err error
	h.journal, err = OpenJournal(context.Background(), JournalOptions{Library: h.library, Days: 30, Rows: 1_000_000, Log: log})
	must(h.t, err)
	h.songs, err = OpenSongs(Options{Library: h.library, State: h.state, Journal: h.journal, Rand: h.dice})
	must(h.t, err)
	h.settled()
	db, err := sql.Open("sqlite3", filepath.Join(h.dir, "musicdb.db"))
	must(h.t, err)
	h.t.Cleanup(func() { must(h.t, db.Close()) })
	_, err = db.Exec("CREATE TRIGGER full BEFORE INSERT ON queuechanges BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END")
	must(h.t, err)
	return func() {
		h.t.Helper()
		_, err := db.Exec("DROP TRIGGER full")
		must(h.t, err)
	}
}

// recovered returns when the journal is well again, which takes a retry.
func (h *house) recovered() {
	h.t.Helper()
	for {
		h.journal.mu.Lock()
		well, settled := h.journal.failures == 0 && h.journal.saved >= ticket(h.journal.last), h.journal.settled
		h.journal.mu.Unlock()
		if well {
			return
		}
		<-settled
	}
}

// failed returns when a write has failed.
func (h *house) failed() {
	h.t.Helper()
	for {
		h.journal.mu.Lock()
		failures, settled := h.journal.failures, h.journal.settled
		h.journal.mu.Unlock()
		if failures > 0 {
			return
		}
		<-settled
	}
}

// hang lets nobody write into the databases until free is called.
func (h *house) hang() (free func()) {
	h.t.Helper()
	hangs, goOn := make(chan struct{}), make(chan struct{})
	edited := make(chan error)
	go func() {
		edited <- h.library.Edit(context.Background(), func(*library.Edit) error {
			close(hangs)
			<-goOn
			return nil
		})
	}()
	<-hangs
	return func() {
		h.t.Helper()
		close(goOn)
		if err := <-edited; err != nil {
			h.t.Error(err)
		}
	}
}

// A history that cannot be written keeps no command from being executed, is told once,
// also where somebody has waited for it in vain before, and goes on by itself: what was
// kept in memory is written then.
func TestHistoryOnAFullDisk(t *testing.T) {
	for name, begin := range map[string]func(*house) func(){
		"at once":           func(*house) func() { return func() {} },
		"after it has hung": (*house).hang,
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, []int{8})
			h.barren()
			var log diaryFile
			mend := h.broken(slog.New(slog.NewTextHandler(&log, nil)))
			free := begin(h)
			for song := range int64(8) {
				_, err := h.songs.By(anna).Add(song+1, Last())
				must(t, err)
			}
			free()
			h.failed()
			mend()
			h.recovered()
			history := told(h.settled())
			if got := history[len(history)-1]; got != "add 8 at 7 by 7 192.0.2.7" || h.journal.Lost() != 0 {
				t.Errorf("the history ends with %q, %d lost", got, h.journal.Lost())
			}
			must(t, h.journal.Close()) // the last one to write into the log
			text := log.String()
			if strings.Count(text, "level=ERROR") != 1 || strings.Count(text, "is written again") != 1 {
				t.Errorf("told was\n%s", text)
			}
		})
	}
}

// A diaryFile is a log that may be read while it is written.
type diaryFile struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (d *diaryFile) Write(line []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(line)
}

func (d *diaryFile) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}

// What is more than memory shall hold is lost, counted, and noted in the history,
// which explains the queue from there on.
func TestHistoryWithAGap(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	mend := h.broken(nil)
	const album = pendingLimit/3 + 1
	for range 3 {
		_, err := h.songs.By(anna).AddAlbum(slices.Repeat([]int64{1}, album), Last())
		must(t, err)
	}
	if lost := h.journal.Lost(); lost != 2*album {
		t.Errorf("%d changes are lost, want %d", lost, 2*album)
	}
	mend()
	_, err := h.songs.By(ben).Add(2, Next())
	must(t, err)
	h.recovered()
	history := h.settled()
	gap := slices.IndexFunc(history, func(c library.QueueChange) bool { return c.What == string(Gap) })
	if gap < 0 || history[gap].Position != 2*album || history[gap].Connection != 0 || len(history) != gap+1+album+1 {
		t.Errorf("the history has the gap at %d of %d changes", gap, len(history))
	}
	h.restart()
	after := told(h.settled())
	if last := after[len(after)-1]; last != "start 0 at 0" || len(h.songs.Entries()) != 3*album+1 {
		t.Errorf("after a restart the history ends with %q, the queue has %d entries", last, len(h.songs.Entries()))
	}
}

// A disk that does not answer delays the first client a moment, and no other. Nothing
// has failed then, so nothing is told.
func TestHistoryOnADiskThatHangs(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	must(t, h.journal.Close())
	var log diaryFile
	var err error
	h.journal, err = OpenJournal(t.Context(), JournalOptions{Library: h.library, Days: 30, Rows: 1000, Log: slog.New(slog.NewTextHandler(&log, nil))})
	must(t, err)
	h.songs, err = OpenSongs(Options{Library: h.library, State: h.state, Journal: h.journal})
	must(t, err)
	h.settled()
	free := h.hang()
	began := time.Now()
	for song := range int64(8) {
		_, err := h.songs.By(anna).Add(song+1, Last())
		must(t, err)
	}
	if took := time.Since(began); took < waitLimit {
		t.Errorf("nobody has waited for the history: %v", took)
	}
	h.journal.mu.Lock()
	late, waiting := h.journal.late > h.journal.saved, len(h.journal.pending)
	h.journal.mu.Unlock()
	if !late || waiting < 7 {
		t.Errorf("%d changes wait, one of them in vain: %v", waiting, late)
	}
	// Who reads the history waits for the disk.
	var freeing sync.WaitGroup
	freeing.Go(func() {
		<-time.After(waitLimit / 4)
		free()
	})
	newest, err := h.journal.Before(t.Context(), library.SongQueue, 0, 1)
	must(t, err)
	if got := told(newest); !slices.Equal(got, []string{"add 8 at 7 by 7 192.0.2.7"}) {
		t.Errorf("the newest change is %q", got)
	}
	freeing.Wait()
	h.recovered()
	if got := told(h.settled()); len(got) < 9 || got[len(got)-1] != "add 8 at 7 by 7 192.0.2.7" {
		t.Errorf("the history is %q", got)
	}
	must(t, h.journal.Close())
	if text := log.String(); text != "" {
		t.Errorf("told was\n%s", text)
	}
}

// The stream goes on to the next song without waiting for a disk that does not answer,
// also on behalf of a client.
func TestSkipsDoNotWaitForTheHistory(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	ids := h.fill(1, 2, 3)
	h.settled()
	free := h.hang()
	defer free()
	if head, _ := h.songs.By(anna).NextFrom(ids[0], Skipped); head.ID != ids[1] {
		t.Errorf("the current entry is %v", head)
	}
	h.journal.mu.Lock()
	late, saved, last := h.journal.late, h.journal.saved, h.journal.last
	h.journal.mu.Unlock()
	if late != 0 || saved >= ticket(last) {
		t.Errorf("the skip has waited for the history in vain until %d; written is %d of %d", late, saved, last)
	}
}
