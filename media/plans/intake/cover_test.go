package intake_test

import (
	"os"
	"path/filepath"
	"testing"

	"musicdb/media/plans/intake"
)

// The colours that go with the cover are a part of the plan, and a picture whose
// end is missing is not its cover.
func TestPlanOfACover(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sound("Band/2001 - Blue/1 Song.mp3", 1, map[string]string{"title": "Song", "artist": "Band", "album": "Blue", "date": "2001", "track": "1"})
	h.ffmpeg("Band/2001 - Blue/cover.png", []string{"-f", "lavfi", "-i", "color=0x102060:size=90x90:duration=1", "-frames:v", "1"})
	h.ffmpeg("Band/2001 - Blue/cover.jpg", []string{"-f", "lavfi", "-i", "testsrc2=size=300x300:duration=1", "-frames:v", "1"})
	half := filepath.Join(h.music, "Band/2001 - Blue/cover.jpg")
	info, err := os.Stat(half)
	must(t, err)
	must(t, os.Truncate(half, info.Size()/2))
	p, err := h.planner.Plan(t.Context(), "Band/2001 - Blue", intake.Everything)
	must(t, err)
	wantPlan(t, p, `
	enter Band/2001 - Blue (2001, internet)
	··1-1 Song
	cover Band/2001 - Blue/cover.png
	? damaged Band/2001 - Blue/cover.jpg`)
	if len(p.Operations) != 2 {
		t.Fatalf("operations %+v", p.Operations)
	}
	got := p.Operations[1].SetCover.Colors
	if got.Background[1:3] > "20" || got.Background[5:] < "50" || len(got.Foreground) != 7 || len(got.Highlight) != 7 || got.Foreground == got.Highlight {
		t.Errorf("colours %+v", got)
	}
}
