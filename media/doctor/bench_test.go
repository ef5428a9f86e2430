package doctor

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"musicdb/media/library"
)

// crowd fills the house with albums of twelve songs in four formats, 200 to 400 KB
// each, all different, and enters them.
func (h *house) crowd(songs int) {
	h.t.Helper()
	var bases [][]byte
	extensions := []string{".mp3", ".flac", ".m4a", ".opus"}
	for i, extension := range extensions {
		rel := "base" + extension
		h.sound(rel, fmt.Sprintf("anoisesrc=d=%d:a=0.05:c=brown:r=44100:seed=%d,aformat=channel_layouts=stereo", []int{9, 3, 12, 18}[i], i), "-map_metadata", "-1")
		content, err := os.ReadFile(filepath.Join(h.music, rel))
		must(h.t, err)
		must(h.t, os.Remove(filepath.Join(h.music, rel)))
		bases = append(bases, content)
	}
	lib, err := library.Open(h.t.Context(), library.Options{Dir: h.data})
	must(h.t, err)
	defer lib.Close()
	for album := 0; album*12 < songs; album++ {
		n := library.NewAlbum{ArtistName: fmt.Sprint("Artist ", album%100), ArtistPath: fmt.Sprint("Artist ", album%100), Name: fmt.Sprint("Album ", album), Release: 2000}
		n.Path = path.Join(n.ArtistPath, "2000 - "+n.Name)
		kind := album % len(bases)
		for i := range min(12, songs-album*12) {
			name := fmt.Sprintf("Song %d", i+1)
			rel := path.Join(n.Path, fmt.Sprintf("%02d %s%s", i+1, name, extensions[kind]))
			content := slices.Clone(bases[kind])
			copy(content[len(content)-31_000:], fmt.Sprintf("%05d", album*12+i)) // in the sound, where pieces of it are compared
			h.put(rel, content)
			n.Songs = append(n.Songs, library.NewSong{Name: name, Path: rel, Number: int64(i + 1), CD: 1, Playtime: 9})
		}
		_, err := lib.AddAlbum(h.t.Context(), n)
		must(h.t, err)
	}
}

// BenchmarkLook examines a collection quickly; with -soak it has 10,000 songs.
func BenchmarkLook(b *testing.B) {
	songs := 120
	if *soak {
		songs = 10_000
	}
	h := newHouse(b)
	h.crowd(songs)
	d := h.doctor()
	var peak uint64
	b.ReportAllocs()
	for b.Loop() {
		status, err := d.Diagnose(b.Context(), Order{}, func(v Verdict) {
			if v.Illness != Damaged && v.Illness != Leftover {
				b.Log(v)
			}
		})
		if err != nil || status.Files != songs {
			b.Fatalf("%+v, %v", status, err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.Sys-m.HeapReleased)
	}
	b.ReportMetric(float64(songs*b.N)/b.Elapsed().Seconds(), "files/s")
	b.ReportMetric(float64(peak)/(1<<20), "MB")
}
