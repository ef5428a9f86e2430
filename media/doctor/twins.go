package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"

	"musicdb/media/files"
)

// twin is a song as far as it can be compared with others without reading it.
type twin struct {
	path string
	id   int64
	twinKey
}

// twinKey is what two files of the same sound have in common for certain.
type twinKey struct {
	format  files.Format
	seconds float64
	sample  uint64
}

func newTwin(rel string, id int64, x files.Examination) twin {
	return twin{rel, id, twinKey{x.Tags.Format, x.Tags.Seconds, x.Sample}}
}

// twins are all songs, those together that may have the same sound.
type twins map[twinKey][]twin

func (t twins) add(one twin) { t[one.twinKey] = append(t[one.twinKey], one) }

// duplicates reads the sound of the songs that may be the same, and tells those that
// are. The same recording in another encoding is not recognised.
func (r *round) duplicates() error {
	var groups [][]twin
	for _, group := range r.twins {
		if len(group) > 1 {
			groups = append(groups, group)
		}
	}
	slices.SortFunc(groups, func(a, b []twin) int { return strings.Compare(a[0].path, b[0].path) })
	for _, group := range groups {
		byContent := map[string][]twin{}
		var order []string
		for _, one := range group {
			sum, err := r.music.ContentChecksum(r.ctx, one.path)
			if cause := context.Cause(r.ctx); cause != nil {
				return cause
			}
			if err != nil {
				if !errors.Is(err, files.ErrNotAudio) {
					r.d.log.Info("a song was not compared with others", "song", one.path, "error", err)
				}
				continue
			}
			if byContent[sum] == nil {
				order = append(order, sum)
			}
			byContent[sum] = append(byContent[sum], one)
			r.progress(func(s *Status) { s.Current = one.path })
		}
		for _, sum := range order {
			r.same(byContent[sum])
		}
	}
	r.twins = nil
	return nil
}

// same tells a group of songs with the same sound.
func (r *round) same(group []twin) {
	if len(group) < 2 {
		return
	}
	var others []string
	for _, one := range group[1:] {
		others = append(others, one.path)
	}
	r.report(verdict(Duplicate, SubjectSong, group[0].path, Certain, "every bit of their sound is the same").of(group[0].id).with(others...))
}
