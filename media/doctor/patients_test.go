package doctor

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"musicdb/media/library"
)

// quickly and thoroughly are what is to be found in the collection of patients: every
// illness that can be seen in a file, once or more, and nothing else.
var quickly = []string{
	"badcover album Ill/2010 - Bad Cover <- Ill/2010 - Bad Cover/cover.jpg",
	"badname album Ill/Bad Name",
	"badname song Ill/2005 - Names/First.mp3",
	"badname video Ill/Video.mp4",
	"damaged song Ill/2001 - Damage/01 Hole.flac",
	"damaged song Ill/2001 - Damage/02 Empty.mp3",
	"damaged song Ill/2001 - Damage/03 Noise.mp3",
	"damaged song Ill/2001 - Damage/04 No Index.m4a",
	"damaged video Ill/2001 - Text.webm",
	"duplicate song Ill/2004 - Twins/01 Castor.mp3 <- Ill/2004 - Twins/02 Pollux.mp3, Well/2000 - Fine/01 Castor.mp3",
	"filewithoutrow album New/2020 - Album",
	"filewithoutrow song Well/2000 - Fine/03 New.mp3",
	"filewithoutrow video New/2020 - Video.mp4",
	"leftover data tasks/.writing-ABC",
	"leftover data uploads/albumfile-1234.mp3",
	"leftover file Ill/2005 - Names/.writing-XYZ",
	"lostcover album Ill/2009 - Lost Cover <- Ill/2009 - Lost Cover/01 Song.mp3",
	"misplaced file Ill/2005 - Names/CD 2",
	"misplaced file Ill/Song.mp3",
	"missingscale album Ill/2011 - Scale",
	"mixedalbums album Ill/2007 - Two",
	"mixedformats album Ill/2006 - Formats",
	"nocover album Ill/2008 - No Cover",
	"nosongs album Ill/2012 - Nothing",
	"numbermissing album Ill/2013 - Numbers",
	"numbertwice song Ill/2013 - Numbers/04 Other.mp3 <- Ill/2013 - Numbers/04 Four.mp3",
	"rowdisagrees album Ill/2014 - Rows",
	"rowdisagrees song Ill/2014 - Rows/01 One.mp3",
	"rowdisagrees song Ill/2014 - Rows/02 Two.mp3 <- Ill/2014 - Rows/02 TWO.mp3",
	"rowwithoutfile album Ill/2015 - Gone",
	"rowwithoutfile artist Gone",
	"rowwithoutfile song Ill/2014 - Rows/03 Three.mp3",
	"rowwithoutfile video Ill/2016 - Gone.mp4",
	"tagdisagrees album Ill/2017 - Tags",
	"tagdisagrees album Ill/2017 - Tags <- Ill/2017 - Tags/02 Right.mp3",
	"tagdisagrees song Ill/2017 - Tags/01 Name.mp3",
	"tagsunreadable song Ill/2018 - Giant/01 Tag.mp3",
	"truncated song Ill/2002 - Cut/01 Cut.flac",
	"truncated song Ill/2002 - Cut/02 Cut.mp3",
	"truncated song Ill/2002 - Cut/03 Cut.ogg",
	"unreadable file Ill/2005 - Names/09 Link.mp3",
	"unsupported file Ill/2005 - Names/02 Wave.wav",
	"wrongcount database music.db/albums <- Ill/2014 - Rows",
	"wrongencoding album Ill/2019 - Песни <- Ill/2019 - Песни/01 Подмосковные вечера.flac, Ill/2019 - Песни/02 Очи чёрные.flac",
	"wrongextension song Ill/2003 - Names/01 Archive.mp3",
	"wrongextension song Ill/2003 - Names/02 Flac.mp3",
	"filewithoutrow song Ill/2003 - Names/03 Renamed.mp3",
	"rowwithoutfile song Ill/2003 - Names/03 Renamed.flac <- Ill/2003 - Names/03 Renamed.mp3", // which no plan removes
	"wrongextension song Ill/2003 - Names/03 Renamed.mp3",
}

var thoroughly = []string{
	"clipped song Ill/2020 - Sound/03 Loud.flac",
	"damaged song Ill/2001 - Damage/05 Flipped.flac", // one bit of it, which only decoding sees
	"silent song Ill/2020 - Sound/01 Silence.flac",
	"silentpart song Ill/2020 - Sound/02 Hidden Track.mp3",
}

// patients makes the collection.
func patients(t testing.TB) *house {
	h := newHouse(t)
	middle := func(fill func([]byte)) func([]byte) []byte {
		return func(b []byte) []byte { fill(b[len(b)*2/5 : len(b)*3/4]); return b }
	}
	h.song("Well/2000 - Fine/01 Castor.mp3")
	h.song("Well/2000 - Fine/02 Second.mp3")
	for _, name := range []string{"01 Hole.flac", "04 No Index.m4a", "05 Flipped.flac"} {
		h.song("Ill/2001 - Damage/" + name)
	}
	for _, name := range []string{"01 Cut.flac", "02 Cut.mp3", "03 Cut.ogg"} {
		h.song("Ill/2002 - Cut/" + name)
	}
	h.song("Ill/2003 - Names/02 Flac.flac")
	h.song("Ill/2003 - Names/03 Renamed.flac")
	h.rename("Ill/2003 - Names/02 Flac.flac", "Ill/2003 - Names/02 Flac.mp3")
	for _, name := range []string{"01 Castor.mp3", "02 Pollux.mp3"} { // other tags, and as if from elsewhere
		h.put("Ill/2004 - Twins/.keep", nil)
		ffmpegRun(t, "-i", filepath.Join(h.music, "Well/2000 - Fine/01 Castor.mp3"), "-c", "copy", "-metadata", "title="+name[3:9], "-metadata", "album=Twins",
			"-metadata", "artist=Ill", "-metadata", "date=2004", "-metadata", "track="+name[:2], filepath.Join(h.music, "Ill/2004 - Twins", name))
	}
	must(t, os.Remove(filepath.Join(h.music, "Ill/2004 - Twins/.keep")))
	for i, name := range []string{"01 A.mp3", "02 B.mp3", "03 C.mp3", "04 D.flac", "05 E.mp3"} {
		h.song("Ill/2006 - Formats/" + name)
		if i < 4 {
			h.song("Ill/2007 - Two/"+name[:4]+".mp3", "-metadata", "album="+[]string{"Two", "Something Else"}[i/2])
		}
	}
	for _, album := range []string{"2005 - Names", "2008 - No Cover", "2009 - Lost Cover", "2010 - Bad Cover", "2011 - Scale", "2015 - Gone"} {
		h.song("Ill/" + album + "/01 Song.mp3")
	}
	for _, name := range []string{"01 One.mp3", "04 Four.mp3", "04 Other.mp3"} {
		h.song("Ill/2013 - Numbers/" + name)
	}
	for _, name := range []string{"01 One.mp3", "02 Two.mp3", "03 Three.mp3"} {
		h.song("Ill/2014 - Rows/" + name)
	}
	h.song("Ill/2017 - Tags/01 Name.mp3", "-metadata", "title=Another", "-metadata", "track=7", "-metadata", "album=Labels")
	h.song("Ill/2017 - Tags/02 Right.mp3", "-metadata", "date=1970", "-metadata", "album=Labels")
	h.song("Ill/2018 - Giant/01 Tag.mp3")
	h.song("Ill/2019 - Песни/01 Подмосковные вечера.flac", "-metadata", "title=Ïîäìîñêîâíûå âå÷åðà", "-metadata", "album=Ïåñíè")
	h.song("Ill/2019 - Песни/02 Очи чёрные.flac", "-metadata", "title=Î÷è ÷¸ðíûå", "-metadata", "album=Ïåñíè")
	h.sound("Ill/2020 - Sound/01 Silence.flac", "anullsrc=d=4")
	h.sound("Ill/2020 - Sound/02 Hidden Track.mp3", "anoisesrc=d=40:a=0.3:c=pink:seed=900,volume=0:enable='between(t,3,36)'")
	h.sound("Ill/2020 - Sound/03 Loud.flac", "sine=f=440:d=4,volume=30dB")
	h.song("Gone/2000 - Gone/01 Gone.mp3")
	h.enter()
	h.rows()

	h.change("Ill/2001 - Damage/01 Hole.flac", middle(func(b []byte) { clear(b) }))
	h.put("Ill/2001 - Damage/02 Empty.mp3", nil)
	noise := make([]byte, 50_000)
	rand.NewChaCha8([32]byte{2}).Read(noise)
	h.put("Ill/2001 - Damage/03 Noise.mp3", noise)
	h.change("Ill/2001 - Damage/04 No Index.m4a", func(b []byte) []byte { return b[:len(b)/2] })
	h.change("Ill/2001 - Damage/05 Flipped.flac", func(b []byte) []byte { b[len(b)*7/10] ^= 8; return b })
	h.put("Ill/2001 - Text.webm", []byte("this is only a text"))
	for _, name := range []string{"01 Cut.flac", "02 Cut.mp3", "03 Cut.ogg"} {
		h.change("Ill/2002 - Cut/"+name, func(b []byte) []byte { return b[:len(b)/2] })
	}
	h.put("Ill/2003 - Names/01 Archive.mp3", append([]byte("PK\x03\x04"), noise[:1000]...))
	h.rename("Ill/2003 - Names/03 Renamed.flac", "Ill/2003 - Names/03 Renamed.mp3")
	h.song("Ill/Bad Name/01 Song.mp3")
	h.song("Ill/2005 - Names/First.mp3")
	h.song("Ill/Song.mp3")
	h.put("Ill/2005 - Names/02 Wave.wav", noise)
	h.put("Ill/2005 - Names/.writing-XYZ", noise)
	h.put("Ill/2005 - Names/Thumbs.db", noise)
	h.put("Ill/2005 - Names/CD 2/01 Song.mp3", noise)
	must(t, os.Symlink("/nowhere.mp3", filepath.Join(h.music, "Ill/2005 - Names/09 Link.mp3")))
	h.put("Ill/2008 - No Cover/notes.txt", nil)
	h.put("Ill/2010 - Bad Cover/cover.jpg", picture(t))
	h.put("Ill/Video.mp4", noise)
	must(t, os.Mkdir(filepath.Join(h.music, "Ill/2012 - Nothing"), 0o755))
	h.rename("Ill/2014 - Rows/02 Two.mp3", "Ill/2014 - Rows/02 TWO.mp3")
	must(t, os.Remove(filepath.Join(h.music, "Ill/2014 - Rows/03 Three.mp3")))
	must(t, os.RemoveAll(filepath.Join(h.music, "Ill/2015 - Gone")))
	must(t, os.RemoveAll(filepath.Join(h.music, "Gone")))
	h.giantTag("Ill/2018 - Giant/01 Tag.mp3")
	h.song("Well/2000 - Fine/03 New.mp3")
	h.song("New/2020 - Album/01 Song.mp3")
	ffmpegRun(t, "-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=5", "-f", "lavfi", "-i", "sine=d=1", filepath.Join(h.music, "New/2020 - Video.mp4"))
	h.leftovers()
	return h
}

// rows changes the library and its covers.
func (h *house) rows() {
	pictured := filepath.Join(h.music, "Ill/2009 - Lost Cover/01 Song.mp3")
	must(h.t, os.WriteFile(filepath.Join(h.music, "picture.jpg"), picture(h.t), 0o644))
	ffmpegRun(h.t, "-i", pictured, "-i", filepath.Join(h.music, "picture.jpg"), "-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic", pictured+".new.mp3")
	must(h.t, os.Rename(pictured+".new.mp3", pictured))
	must(h.t, os.Remove(filepath.Join(h.music, "picture.jpg")))
	h.edit(func(e *library.Edit) error {
		c := e.Catalogue()
		put := func(path string, change func(*library.Album)) {
			a, ok := c.AlbumByPath(path)
			if !ok {
				h.t.Fatalf("there is no album %q", path)
			}
			change(&a)
			must(h.t, e.PutAlbum(a))
		}
		put("Ill/2008 - No Cover", func(a *library.Album) { a.ArtworkPath = "default.jpg" })
		put("Ill/2009 - Lost Cover", func(a *library.Album) { a.ArtworkPath = "lost.jpg" })
		put("Ill/2014 - Rows", func(a *library.Album) { n := int64(7); a.Name, a.NumOfSongs = "Lines", &n })
		s, _ := c.SongByPath("Ill/2014 - Rows/01 One.mp3")
		s.Name = "Eins"
		must(h.t, e.PutSong(s))
		artist, _ := c.ArtistByPath("Ill")
		_, err := e.AddVideo(library.NewVideo{ArtistID: artist.ID, Name: "Gone", Path: "Ill/2016 - Gone.mp4", Release: 2016})
		return err
	})
	covers := filepath.Join(h.data, "webdata/artwork")
	must(h.t, os.WriteFile(filepath.Join(covers, "Ill - Bad Cover.jpg"), []byte("\xFF\xD8\xFF no picture"), 0o644))
	must(h.t, os.Remove(filepath.Join(covers, "50x50/Ill - Scale.jpg")))
}

// giantTag puts 70 MB of tag in front of a song, most of it a hole.
func (h *house) giantTag(rel string) {
	h.t.Helper()
	name := filepath.Join(h.music, rel)
	song, err := os.ReadFile(name)
	must(h.t, err)
	const size = 70 << 20
	f, err := os.Create(name)
	must(h.t, err)
	defer f.Close()
	_, err = f.WriteAt([]byte{'I', 'D', '3', 4, 0, 0, size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127}, 0)
	must(h.t, err)
	_, err = f.WriteAt(song, size+10)
	must(h.t, err)
}

// leftovers leaves unfinished files in the data directory.
func (h *house) leftovers() {
	long := time.Now().Add(-time.Hour)
	for name, content := range map[string]string{
		"tasks/.writing-ABC": "{", "tasks/1.json": `{"id":"1","uploadpath":"/data/uploads/albumfile-5678.mp3","preprocessedpath":null}`,
		"uploads/albumfile-1234.mp3": "nobody's", "uploads/albumfile-5678.mp3": "of a task", "state/.writing-DEF": "just now",
	} {
		name = filepath.Join(h.data, name)
		must(h.t, os.MkdirAll(filepath.Dir(name), 0o755))
		must(h.t, os.WriteFile(name, []byte(content), 0o644))
		if !strings.HasSuffix(name, "DEF") {
			must(h.t, os.Chtimes(name, long, long))
		}
	}
}

// Every patient is found with his illness, and nobody else; nothing is written.
func TestEveryIllnessIsFound(t *testing.T) {
	t.Parallel()
	h := patients(t)
	before := listing(t, h.music, h.data)
	d := h.doctor()
	compare(t, short(diagnose(t, d, Order{})), quickly)
	found := diagnose(t, d, Order{Thorough: true})
	compare(t, short(found), slices.Concat(quickly, thoroughly))
	if listing(t, h.music, h.data) != before {
		t.Error("an examination has written something")
	}
	for _, v := range found {
		if v.Reason == "" && v.Illness != Misplaced && v.Illness != NoSongs || v.Remedy == "" || v.Certainty == "" {
			t.Errorf("a verdict says too little: %+v", v)
		}
	}
	compare(t, short(diagnose(t, d, Order{Path: "Ill/2013 - Numbers"})), slices.DeleteFunc(slices.Clone(quickly), func(line string) bool {
		return !strings.Contains(line, "2013 - Numbers")
	}))
	for _, path := range []string{"Gone", "Ill/2015 - Gone", "Ill/2014 - Rows/03 Three.mp3", "Ill/2016 - Gone.mp4"} {
		if got := diagnose(t, d, Order{Path: path}); len(got) != 1 || got[0].Illness != RowWithoutFile || got[0].Path != path {
			t.Errorf("%q: %v", path, got)
		}
	}
	if _, err := d.Diagnose(context.Background(), Order{Path: "Nobody"}, nil); err == nil {
		t.Error("nothing was examined without an error")
	}
	t.Log(strings.Join(lines(found), "\n"))
}

func lines(verdicts []Verdict) (all []string) {
	for _, v := range verdicts {
		all = append(all, v.String())
	}
	return all
}

// compare tells what is missing in a list and what should not be there.
func compare(t testing.TB, got, want []string) {
	t.Helper()
	for _, line := range want {
		i := slices.Index(got, line)
		if i < 0 {
			t.Errorf("not found: %s", line)
			continue
		}
		got = slices.Delete(slices.Clone(got), i, i+1)
	}
	for _, line := range got {
		t.Errorf("wrongly found: %s", line)
	}
}
