package queue

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/media/library"
)

// A history that is not wanted and cannot be removed keeps no station silent; the next
// start removes it.
func TestHistoryThatCannotBeRemoved(t *testing.T) {
	h := newHouse(t, []int{8})
	h.fill(1, 2, 3)
	h.settled()
	must(t, h.journal.Close())
	db, err := sql.Open("sqlite3", filepath.Join(h.dir, "musicdb.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	_, err = db.Exec("CREATE TRIGGER full BEFORE DELETE ON queuechanges BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END")
	must(t, err)
	var log diaryFile
	for _, kept := range []bool{true, false} {
		h.journal, err = OpenJournal(t.Context(), JournalOptions{Library: h.library, Log: slog.New(slog.NewTextHandler(&log, nil))})
		must(t, err)
		if strings.Count(log.String(), "level=ERROR") != 1 {
			t.Errorf("told was\n%s", log.String())
		}
		left, err := h.journal.Before(t.Context(), library.SongQueue, 0, 10)
		must(t, err)
		if (len(left) > 0) != kept {
			t.Errorf("%d changes are left", len(left))
		}
		_, err = db.Exec("DROP TRIGGER IF EXISTS full")
		must(t, err)
	}
}
