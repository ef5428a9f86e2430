package loudness

import (
	"context"
	"hash/maphash"
	"io/fs"
	"math"
	"time"

	"musicdb/media/library"
)

// known is what the worker keeps in memory of the measurements in the database:
// enough to tell for which songs one is missing, about 50 bytes per song. It
// belongs to the worker's goroutine.
type known struct {
	marks   map[int64]mark
	orphans map[uint64]int64 // of songs that are gone, by their checksum
}

// A mark tells what a measurement was made of.
type mark struct {
	checksum uint64  // hash of the checksum in the song's row
	file     uint64  // hash of size and time of the file
	loudness float32 // LUFS; NaN: silence, or a failure
	failed   bool
}

var seed = maphash.MakeSeed()

func checksumHash(checksum string) uint64 { return maphash.String(seed, checksum) }

func fileHash(size int64, modified time.Time) uint64 {
	return maphash.Comparable(seed, [2]int64{size, modified.UnixNano()})
}

func markOf(n library.Loudness) mark {
	m := mark{checksum: checksumHash(n.Checksum), file: fileHash(n.Size, n.Modified), loudness: float32(math.NaN()), failed: n.Failure != ""}
	if n.Integrated != nil {
		m.loudness = float32(*n.Integrated)
	}
	return m
}

// part is what a measurement adds to the sum of all, and to their count.
func (m mark) part() (loudness, count float64) {
	if l := float64(m.loudness); !math.IsNaN(l) {
		return l, 1
	}
	return 0, 0
}

// keepOrphans is how long a measurement is kept at least although its song is
// gone: its file may turn up elsewhere.
const keepOrphans = 30 * 24 * time.Hour

// read fills what is known from the database, and forgets what is of no more use.
func (k *known) read(ctx context.Context, lib *library.Library, now time.Time) (sum, count float64, err error) {
	k.marks, k.orphans = map[int64]mark{}, map[uint64]int64{}
	catalogue := lib.Catalogue()
	var useless []int64
	err = lib.EachLoudness(ctx, func(n library.Loudness) {
		if _, exists := catalogue.Song(n.SongID); !exists && (n.Checksum == "" || now.Sub(n.Measured) > keepOrphans) {
			useless = append(useless, n.SongID)
			return
		}
		m := markOf(n)
		k.marks[n.SongID] = m
		l, c := m.part()
		sum, count = sum+l, count+c
	})
	if err == nil && len(useless) > 0 {
		err = lib.RemoveLoudness(ctx, useless)
	}
	return sum, count, err
}

// fits reports whether the song has a measurement, as far as its row tells.
func (k *known) fits(s library.Song) bool {
	m, known := k.marks[s.ID]
	return known && m.checksum == checksumHash(s.Checksum)
}

// fitsFile reports whether the song's measurement is of this file.
func (k *known) fitsFile(s library.Song, file fs.FileInfo) bool {
	return k.fits(s) && k.marks[s.ID].file == fileHash(file.Size(), file.ModTime())
}

// orphaned looks for measurements whose songs are gone.
func (k *known) orphaned(catalogue *library.Catalogue) {
	clear(k.orphans)
	none := checksumHash("")
	for id, m := range k.marks {
		if _, exists := catalogue.Song(id); !exists && m.checksum != none {
			k.orphans[m.checksum] = id
		}
	}
}
