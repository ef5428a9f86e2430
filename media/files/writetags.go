package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"syscall"
	"time"

	"go.senan.xyz/taglib"
)

// Errors of writing tags.
var (
	// ErrLinked: the file has several names, or is a symbolic link. Writing a new file
	// under one of them would tear them apart.
	ErrLinked = errors.New("the file has other names (links), which would keep the old tags; give it one name only")
	// ErrUnfaithful: the tag library would have changed more than it was asked to, or
	// less. The file stays as it is.
	ErrUnfaithful = errors.New("the format of the file cannot hold these tags as they are")
)

// Version is a file that lies ready beside another one, to take its place.
type Version struct {
	Size     int64
	Modified time.Time
	Checksum string // SHA-256 of the whole file in hex
	// Patch makes the former file of this one: see [Music.PrepareFormer].
	Patch []byte
}

// spare is the name of a file beside another one for the time of one change.
func spare(rel, key, which string) string {
	return path.Join(path.Dir(rel), reserved+key+"-"+which)
}

// RawTags returns all tags of an audio file by the normalised keys of TagLib, as they
// are written. Errors: those of [Music.Open], and [ErrTags].
func (m *Music) RawTags(ctx context.Context, rel string) (map[string][]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := m.Open(rel)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	tags, err := rawTags(f)
	if err != nil {
		return nil, fmt.Errorf("files: %q: %w", rel, err)
	}
	return tags, nil
}

// PrepareTags makes a copy of an audio file beside it, with other tags: the keys of
// tags (in upper case) get these values, an empty list removes a key, all other keys stay. The copy has
// the mode and the owner of the file and is on the disk; [Music.Swap] lets it take the
// file's place. key is a part of its name; letters and digits.
//
// Nothing is prepared unless reading the copy tells exactly these tags, the same
// picture, and sound that is the same bit by bit. Errors: *[PathError], *[ChangeError]
// with [ErrLinked], [ErrUnfaithful], [ErrTags], [ErrNotAudio], [ErrPatchTooLarge] or
// one of the file system, and that of the context.
func (m *Music) PrepareTags(ctx context.Context, rel, key string, tags map[string][]string) (Version, error) {
	var v Version
	err := m.prepare(ctx, rel, key, "write tags of", func(now *os.File, info fs.FileInfo, to *os.File) error {
		if _, err := io.Copy(to, contextReader{ctx, now}); err != nil {
			return err
		}
		_, err := throughTagLib(to, func(path string) (struct{}, error) { return struct{}{}, taglib.WriteTags(path, tags, 0) })
		if err != nil {
			return err
		}
		if err := faithful(ctx, now, to, tags); err != nil {
			return err
		}
		after, err := to.Stat()
		if err != nil {
			return err
		}
		v.Patch, err = makePatch(ctx, source{to, after.Size()}, source{now, info.Size()})
		return err
	}, &v, time.Time{})
	return v, err
}

// PrepareFormer makes, beside a file, the one that it was before: patch is that of the
// version it is now. Its time becomes modified again. Otherwise it is like PrepareTags;
// the error is [ErrPatch] for a file that is another one.
func (m *Music) PrepareFormer(ctx context.Context, rel, key string, patch []byte, modified time.Time) (Version, error) {
	var v Version
	err := m.prepare(ctx, rel, key, "restore", func(now *os.File, info fs.FileInfo, to *os.File) error {
		return applyPatch(to, now, info.Size(), patch)
	}, &v, modified)
	return v, err
}

// prepare makes a spare file with the mode and owner of the one at rel.
func (m *Music) prepare(ctx context.Context, rel, key, what string, fill func(now *os.File, info fs.FileInfo, to *os.File) error, v *Version, modified time.Time) (err error) {
	if err := checkSpare(rel, key); err != nil {
		return err
	}
	name := spare(rel, key, "new")
	defer func() {
		if err != nil {
			err = &ChangeError{what, rel, "", bare(errors.Join(err, m.drop(name)))}
		}
	}()
	if err := m.single(rel); err != nil {
		return err
	}
	now, err := m.Open(rel)
	if err != nil {
		return err
	}
	defer now.Close()
	info, err := now.Stat()
	if err != nil {
		return err
	}
	if err := m.drop(name); err != nil { // a killed process has left it
		return err
	}
	to, err := m.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := fill(now, info, to); err != nil {
		return err
	}
	if err := dress(to, info); err != nil {
		return err
	}
	if !modified.IsZero() {
		if err := m.root.Chtimes(name, modified, modified); err != nil {
			return err
		}
	}
	if err := to.Sync(); err != nil {
		return err
	}
	if same, err := unchanged(now, info); err != nil || !same {
		return errors.Join(err, errors.New("the file changed while it was read; try again"))
	}
	return v.describe(ctx, to)
}

// describe fills a version from its file.
func (v *Version) describe(ctx context.Context, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, contextReader{ctx, io.NewSectionReader(f, 0, info.Size())}); err != nil {
		return err
	}
	v.Size, v.Modified, v.Checksum = info.Size(), info.ModTime(), hex.EncodeToString(hash.Sum(nil))
	return nil
}

// single refuses what is no regular file with one name.
func (m *Music) single(rel string) error {
	info, err := m.root.Lstat(rel)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return ErrLinked
	}
	if !info.Mode().IsRegular() {
		return ErrNotRegular
	}
	if status, ok := info.Sys().(*syscall.Stat_t); ok && status.Nlink > 1 {
		return ErrLinked
	}
	return nil
}

// dress gives a new file the mode and the owner of another one.
func dress(f *os.File, as fs.FileInfo) error {
	if status, ok := as.Sys().(*syscall.Stat_t); ok {
		own, err := f.Stat()
		if err != nil {
			return err
		}
		if is, ok := own.Sys().(*syscall.Stat_t); ok && (is.Uid != status.Uid || is.Gid != status.Gid) {
			if err := f.Chown(int(status.Uid), int(status.Gid)); err != nil {
				return fmt.Errorf("the file would get another owner: %w", err)
			}
		}
	}
	err := f.Chmod(as.Mode().Perm())
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

func unchanged(f *os.File, before fs.FileInfo) (bool, error) {
	after, err := f.Stat()
	return err == nil && after.Size() == before.Size() && after.ModTime().Equal(before.ModTime()), err
}

// faithful holds a copy with new tags against its original.
func faithful(ctx context.Context, was, is *os.File, tags map[string][]string) error {
	before, err := rawTags(was)
	if err != nil {
		return err
	}
	want := maps.Clone(before)
	for key, values := range tags {
		if len(values) == 0 {
			delete(want, key)
		} else {
			want[key] = values
		}
	}
	got, err := rawTags(is)
	if err != nil {
		return err
	}
	for key, values := range got {
		// TagLib writes a text of a user's own frame into the standard one, too. That it
		// is there twice then takes nothing away.
		if _, asked := tags[key]; !asked {
			got[key], want[key] = once(values), once(want[key])
		}
	}
	if !maps.EqualFunc(got, want, slices.Equal) {
		return fmt.Errorf("%w: %s", ErrUnfaithful, firstDifference(got, want))
	}
	for _, of := range []func(*os.File) (string, error){
		func(f *os.File) (string, error) { picture, err := rawPicture(f); return string(picture), err },
		func(f *os.File) (string, error) {
			info, err := f.Stat()
			if err != nil {
				return "", err
			}
			return contentChecksum(ctx, source{f, info.Size()})
		},
	} {
		x, err := of(was)
		y, other := of(is)
		if err := errors.Join(err, other); err != nil {
			return err
		}
		if x != y {
			return fmt.Errorf("%w: its sound or its picture would have been changed", ErrUnfaithful)
		}
	}
	return nil
}

// once returns the values without those that came before.
func once(values []string) []string {
	var different []string
	for _, value := range values {
		if !slices.Contains(different, value) {
			different = append(different, value)
		}
	}
	return different
}

func firstDifference(got, want map[string][]string) string {
	keys := slices.Sorted(maps.Keys(want))
	for key := range got {
		if _, wanted := want[key]; !wanted {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		if !slices.Equal(got[key], want[key]) {
			return fmt.Sprintf("%s would be %q, not %q", key, got[key], want[key])
		}
	}
	return ""
}

// contextReader reads until a context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func checkSpare(rel, key string) error {
	if err := CheckPath(rel); err != nil {
		return err
	}
	if key == "" || len(key) > 64 || bytes.ContainsFunc([]byte(key), func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && r != '-'
	}) {
		return &PathError{Path: key, Why: "is no key of a file that is being changed"}
	}
	return nil
}
