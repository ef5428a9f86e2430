package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
)

// chunk is the buffer in bytes in which files are hashed.
const chunk = 256 << 10

// Content is what reading a whole music file tells.
type Content struct {
	Tags     Tags
	Checksum string // SHA-256 of the whole file in lower-case hex
}

// Read reads tags, audio properties and checksum of a song. An error that
// [Playable] accepts comes with a complete Content but for the texts of its tags.
func (m *Music) Read(ctx context.Context, rel string) (Content, error) {
	f, err := m.Open(rel)
	if err != nil {
		return Content{}, err
	}
	defer f.Close()
	tags, err := readTags(f)
	if !Playable(err) {
		return Content{}, fmt.Errorf("files: %q: %w", rel, err)
	}
	r := reader{music: m, hash: sha256.New(), buf: make([]byte, chunk)}
	sum, readErr := r.checksum(ctx, f)
	if readErr != nil {
		return Content{}, fmt.Errorf("files: %q: %w", rel, readErr)
	}
	if err != nil {
		err = fmt.Errorf("files: %q: %w", rel, err)
	}
	return Content{tags, sum}, err
}

// Checksum is the SHA-256 of a whole file in lower-case hex.
func (m *Music) Checksum(ctx context.Context, rel string) (string, error) {
	f, err := m.Open(rel)
	if err != nil {
		return "", err
	}
	defer f.Close()
	r := reader{music: m, hash: sha256.New(), buf: make([]byte, chunk)}
	sum, err := r.checksum(ctx, f)
	if err != nil {
		return "", fmt.Errorf("files: %q: %w", rel, err)
	}
	return sum, nil
}

// reader is what one worker keeps from file to file.
type reader struct {
	music *Music
	hash  hash.Hash
	buf   []byte
	// content: the sound gets a checksum of its own.
	content bool
}

// read works until the walker closes the jobs.
func (w *walker) read() {
	r := reader{music: w.music, hash: sha256.New(), buf: make([]byte, chunk), content: w.o.Content}
	for j := range w.jobs {
		if w.ctx.Err() == nil {
			r.song(w.ctx, &j.step.songs[j.slot])
		}
		j.step.pending.Done()
	}
}

// song fills one result: properties, tags, checksum, or the finding that keeps
// the song out.
func (r *reader) song(ctx context.Context, result *songResult) {
	report := func(p Problem, err error) {
		result.finding = &Finding{Path: result.at.Path, Problem: p, Err: err}
		result.enters = p.Enters()
	}
	result.song.Location = result.at
	f, err := r.music.Open(result.at.Path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			report(ProblemUnreadable, err)
		}
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		result.song.Size, result.song.Modified = info.Size(), info.ModTime().UnixNano()
	}
	tags, err := readTags(f)
	result.song.Tags = tags
	switch {
	case errors.Is(err, ErrTags):
		report(ProblemTags, err)
	case errors.Is(err, ErrNotAudio), errors.Is(err, io.ErrUnexpectedEOF):
		report(ProblemBroken, err)
		return
	case err != nil:
		report(ProblemUnreadable, err)
		return
	case tags.Truncated:
		report(ProblemTruncated, nil)
	default:
		result.enters = true
	}
	if result.song.Checksum, err = r.checksum(ctx, f); err != nil {
		report(ProblemUnreadable, err)
		return
	}
	if !r.content {
		return
	}
	sound := content{source: source{f, result.song.Size}, ctx: ctx, hash: r.hash, buf: r.buf, left: result.song.Size}
	r.hash.Reset()
	if err := sound.read(); err == nil && sound.used {
		result.song.Content = hex.EncodeToString(r.hash.Sum(nil))
	}
}

// checksum hashes the whole file from its start.
func (r *reader) checksum(ctx context.Context, f io.ReaderAt) (string, error) {
	r.hash.Reset()
	for at := int64(0); ; {
		n, err := f.ReadAt(r.buf, at)
		r.hash.Write(r.buf[:n])
		at += int64(n)
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(r.hash.Sum(nil)), nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return "", err
		}
	}
}
