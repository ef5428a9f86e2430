package doctor

import (
	"flag"
	"testing"

	"musicdb/media/demo"
)

var soak = flag.Bool("soak", false, "run the long tests at full length")

// In a healthy collection nothing is found, however thoroughly it is examined: the
// demo library, songs of all formats, several CDs, names that file systems change.
func TestTheHealthyAreLeftAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(t, demo.Unpack(h.music))
	for _, rel := range []string{
		"Loop/1999 - Formats 1/01 One.mp3", "Loop/2000 - Formats 2/01 One.flac", "Loop/2001 - Formats 3/01 One.m4a",
		"Loop/2002 - Formats 4/01 One.ogg", "Loop/2003 - Formats 5/01 One.opus", "Loop/2004 - Formats 6/01 One.aac",
		"AC∕DC/1980 - Back In Black/1-01 Hells Bells.flac", "AC∕DC/1980 - Back In Black/1-02 Shoot to Thrill.flac", "AC∕DC/1980 - Back In Black/2-01 What Do You Do for Money Honey.flac",
	} {
		h.song(rel)
	}
	h.song("Bjo\u0308rk/1995 - Post/01 It_s Oh So Quiet.flac", "-metadata", "artist=BJÖRK", "-metadata", "title=It's Oh So Quiet", "-metadata", "disc=1")
	h.song("Various Artists/2010 - Mix/01 First.mp3", "-metadata", "artist=Somebody")
	h.song("Various Artists/2010 - Mix/02 Second.mp3", "-metadata", "artist=Somebody Else")
	h.put("AC∕DC/1980 - Back In Black/cover.jpg", picture(t))
	h.put("AC∕DC/1980 - Back In Black/rip.log", []byte("no errors"))
	h.enter()
	before := listing(t, h.music, h.data)
	d := h.doctor()
	orders := []Order{{}, {Path: "AC∕DC", Thorough: true}, {Path: "Pixel Orchard/2017 - Sixteen Colours", Thorough: true},
		{Path: "Loop", Thorough: true}, {Path: "Loop/1999 - Formats 1/01 One.mp3"}}
	if *soak {
		orders = append([]Order{{Thorough: true}}, orders...)
	}
	for _, order := range orders {
		for _, v := range diagnose(t, d, order) {
			t.Errorf("%+v: %v", order, v)
		}
	}
	if s := d.Status(); s.Files != 1 || s.Albums != 1 {
		t.Errorf("of one song: %+v", s)
	}
	if listing(t, h.music, h.data) != before {
		t.Error("an examination has written something")
	}
}
