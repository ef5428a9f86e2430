package queue

import (
	"slices"
	"sync"
	"testing"

	"musicdb/media/library"
)

// A queue that is opened while the journal writes for another one begins with what
// it holds: its first checkpoint is never taken in between.
func TestJournalBeginsWithTheWholeQueue(t *testing.T) {
	h := newHouse(t, []int{2})
	content := list{{newEntryID(), 1, false}, {newEntryID(), 2, true}}
	for range 200 {
		must(t, h.library.ForgetQueueChanges(t.Context()))
		j, err := OpenJournal(t.Context(), JournalOptions{Library: h.library, Days: 1, Rows: 1000})
		must(t, err)
		begun := make(chan struct{})
		var waking sync.WaitGroup
		waking.Go(func() {
			for {
				select {
				case <-begun:
					return
				default:
					j.save()
				}
			}
		})
		j.begin(library.VideoQueue, content, func(item) Change { return Lost })
		close(begun)
		waking.Wait()
		must(t, j.Close())
		if got, found, err := replay(t.Context(), h.library, library.VideoQueue); err != nil || !found || !slices.Equal(got, content) {
			t.Fatalf("the history has %v, %v: %v", got, found, err)
		}
	}
}
