package server

import (
	"testing"
	"testing/synctest"
	"time"

	"musicdb/media/plans"
)

func TestProgressOfPlansIsToldSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		tell := seldom(func(plans.Progress) { told++ })
		for i := range 10_000 { // a file each millisecond
			tell(plans.Progress{Done: i})
			<-time.After(time.Millisecond)
		}
		if told != 100 {
			t.Errorf("10 s of progress are told %d times, want 100", told)
		}
	})
}
