package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Tags is what an audio file says about itself. Pointers are nil, numbers 0 when
// it says nothing.
type Tags struct {
	Format  Format
	Title   *string
	Album   *string
	Artist  *string
	Release *string // the date up to its first "-", as it is written
	Year    *int    // Release when that is a number
	Disc    int
	Track   int
	Lyrics  *string // only from MP3 files
	Origin  Origin

	Seconds   float64 // duration
	Playtime  int     // duration in whole seconds, half to even
	Bitrate   int     // bit/s
	Truncated bool    // the file ends before its stream does; Seconds tells what is there
}

// ReadTags reads audio properties and tags of a song. A file without audio
// gives an error that matches [ErrNotAudio]. Tags that cannot be read give one
// that matches [ErrTags], together with the audio properties: such a file can be
// played.
func (m *Music) ReadTags(ctx context.Context, rel string) (Tags, error) {
	if err := ctx.Err(); err != nil {
		return Tags{}, err
	}
	f, err := m.Open(rel)
	if err != nil {
		return Tags{}, err
	}
	defer f.Close()
	tags, err := readTags(f)
	if err != nil {
		return tags, fmt.Errorf("files: %q: %w", rel, err)
	}
	return tags, nil
}

// ReadCover returns the picture embedded in a song, as it is stored there: that of
// the front, or the first one where none is said to be that.
// It is nil without an error when the file has none.
func (m *Music) ReadCover(ctx context.Context, rel string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := m.Open(rel)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	picture, err := rawFrontCover(f)
	if err != nil {
		return nil, fmt.Errorf("files: cover of %q: %w", rel, err)
	}
	if len(picture) == 0 {
		return nil, nil
	}
	return picture, nil
}

func readTags(f *os.File) (Tags, error) {
	info, err := f.Stat()
	if err != nil {
		return Tags{}, err
	}
	s := source{f, info.Size()}
	p, err := readProperties(s)
	if err != nil {
		return Tags{}, err
	}
	tags := Tags{
		Format: p.format, Seconds: p.seconds, Playtime: wholeSeconds(p.seconds), Bitrate: p.bitrate,
		Truncated: p.truncated, Origin: OriginInternet,
	}
	raw, err := rawTags(f)
	if err != nil {
		tags.Origin = originOf(p.format, nil, id3Marks{}, false)
		return tags, err
	}
	var marks id3Marks
	if p.format == FormatMPEG || p.format == FormatADTS {
		marks = readID3Marks(s)
	}
	tags.fill(raw, marks)
	tags.Origin = originOf(p.format, raw, marks, p.format == FormatMP4 && isITunesPurchase(s))
	return tags, nil
}

// fill takes the texts over. The order of keys is the order in which the
// reference server looks them up.
func (t *Tags) fill(raw map[string][]string, marks id3Marks) {
	text := func(keys ...string) *string {
		if t.Format != FormatMP4 {
			keys = keys[:1]
		}
		for _, key := range keys {
			if values := raw[key]; len(values) > 0 {
				value := values[0]
				if t.Format == FormatMPEG {
					value = repairLatin1(value)
				}
				value = strings.ToValidUTF8(value, "\uFFFD")
				return &value
			}
		}
		return nil
	}
	number := func(key string) int {
		if values := raw[key]; len(values) > 0 {
			return leadingNumber(values[0])
		}
		return 0
	}
	t.Title = text("TITLE", "TITLESORT")
	t.Album = text("ALBUM", "ALBUMSORT")
	t.Artist = text("ARTIST", "ALBUMARTIST", "ARTISTSORT")
	if date := text("DATE"); date != nil {
		release := beforeDash(*date)
		t.Release = &release
		if year, err := strconv.Atoi(strings.TrimSpace(release)); err == nil {
			t.Year = &year
		}
	}
	t.Disc, t.Track = number("DISCNUMBER"), number("TRACKNUMBER")
	if marks.lyrics != "" {
		lyrics := repairLatin1(marks.lyrics)
		t.Lyrics = &lyrics
	}
}

// Playable reports whether the error of [Music.ReadTags] left a song that can
// enter the library: only its tags were unreadable.
func Playable(err error) bool {
	return err == nil || errors.Is(err, ErrTags) && !errors.Is(err, ErrNotAudio)
}
