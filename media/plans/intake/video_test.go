package intake_test

import (
	"errors"
	"testing"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/plans/intake"
)

func TestPlanOfAVideo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	picture := []string{"-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=2"}
	h.ffmpeg("Band/1999 - Clip - Live.mp4", append(picture, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-vf", "setsar=3/2"))
	h.ffmpeg("Band/2000 - Web.webm", append(picture, "-c:v", "libvpx", "-deadline", "realtime"))
	p, err := h.planner.Plan(t.Context(), "Band/1999 - Clip - Live.mp4", intake.Everything)
	must(t, err)
	wantPlan(t, p, `
	video Band/1999 - Clip - Live.mp4: Clip - Live by Band (Band), 1999, 2 s, h264 96x48, internet
	frames Band/1999 - Clip - Live.mp4`)
	p, err = h.planner.Plan(t.Context(), "Band/2000 - Web.webm", intake.Wish{Artist: "The Band", Name: "Better", Release: 2001, Origin: "CD"})
	must(t, err)
	wantPlan(t, p, `video Band/2000 - Web.webm: Better by The Band (Band), 2001, 2 s, vp8 64x48, CD`)
}

func TestNoPlanOfAVideoCanBeMade(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.write("Band/1999 - Text.mp4", []byte("text"))
	h.write("Band/nothing.mp4", []byte("text"))
	artist, err := func() (a library.Artist, err error) {
		err = h.library.Edit(t.Context(), func(e *library.Edit) error {
			if a, err = e.AddArtist("Band", "Band"); err != nil {
				return err
			}
			_, err = e.AddVideo(library.NewVideo{ArtistID: a.ID, Name: "Known", Path: "Band/2001 - Known.mp4"})
			return err
		})
		return a, err
	}()
	must(t, err)
	for rel, want := range map[string]error{
		"Band/1999 - Text.mp4": files.ErrNotVideo, "Band/nothing.mp4": files.ErrNaming, "Band/2001 - Known.mp4": intake.ErrKnown, "/x/1999 - Y.mp4": files.ErrPath,
	} {
		if _, err := h.planner.Video(t.Context(), rel, intake.Everything); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v (artist %d)", rel, err, want, artist.ID)
		}
	}
}
