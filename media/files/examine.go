package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Examination is what a look at a music file tells that reads only parts of it.
type Examination struct {
	Tags     Tags      // as far as they could be read
	Size     int64     // bytes
	Modified time.Time // of the file
	Content  string    // what the file is instead of music, with its article; empty: music, or nothing known
	Damage   *Damage   // the first place found where no sound is; nil: none
	// Sample is the same in all files of one sound, and hardly ever in others of that
	// length: a checksum of a piece of it. 0 for formats whose length alone tells that.
	Sample uint64
}

// Damage is a place in a music file where its sound should go on and does not.
type Damage struct {
	Offset int64 // bytes
	Zeros  bool  // there is nothing but zeros, as a disk or a download leaves that has lost a part
}

func (d *Damage) String() string {
	if d.Zeros {
		return fmt.Sprintf("nothing but zeros around byte %d", d.Offset)
	}
	return fmt.Sprintf("no sound around byte %d", d.Offset)
}

// Examine reads tags and audio properties of a song, as [Music.ReadTags] does, and
// looks at a few places in its sound. The errors are those of ReadTags, and with one
// of them the Examination tells what is known nevertheless.
func (m *Music) Examine(ctx context.Context, rel string) (Examination, error) {
	if err := ctx.Err(); err != nil {
		return Examination{}, err
	}
	f, err := m.Open(rel)
	if err != nil {
		return Examination{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Examination{}, fmt.Errorf("files: %w", err)
	}
	x := Examination{Size: info.Size(), Modified: info.ModTime()}
	s := source{f, info.Size()}
	x.Tags, err = readTags(f)
	switch {
	case errors.Is(err, ErrNotAudio) || err != nil && x.Tags.Format == 0:
		x.Content = foreign(s)
	case !x.Tags.Truncated:
		x.Damage = sampleSound(s, x.Tags.Format)
		fallthrough
	default:
		x.Sample = fingerprint(s, x.Tags.Format)
	}
	if err != nil {
		return x, fmt.Errorf("files: %q: %w", rel, err)
	}
	return x, nil
}

// List returns the entries of a directory in byte order of their names, of the music
// directory itself for ".". Errors: *[PathError], and those of the file system.
func (m *Music) List(rel string) ([]fs.DirEntry, error) {
	if rel != "." {
		if err := CheckPath(rel); err != nil {
			return nil, err
		}
	}
	dir, entries, err := m.entries(rel)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return entries, dir.Close()
}

// Extensions are those under which files of the format are known, the usual one
// first.
func (f Format) Extensions() []string {
	switch f {
	case FormatMPEG:
		return []string{"mp3"}
	case FormatFLAC:
		return []string{"flac"}
	case FormatMP4:
		return []string{"m4a", "aac"} // the latter is common, and every player looks into the file
	case FormatADTS:
		return []string{"aac"}
	case FormatVorbis:
		return []string{"ogg"}
	case FormatOpus:
		return []string{"opus", "ogg"}
	}
	return nil
}

// IsCompanion reports whether the name is that of a file which people, shops and
// ripping programs put beside songs.
func IsCompanion(name string) bool { return isCompanion(name) }

// IgnoresArtist reports whether an entry of the music directory is passed by.
func (i Ignore) IgnoresArtist(name string) bool { return i.artist(name) }

// IgnoresAlbum reports whether an entry of an artist's directory is passed by.
func (i Ignore) IgnoresAlbum(name string) bool { return i.album(name) }

// IgnoresSong reports whether an entry of an album's directory is passed by.
func (i Ignore) IgnoresSong(name string) bool { return i.file(name) }
