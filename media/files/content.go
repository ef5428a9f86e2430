package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// ContentChecksum is the SHA-256, in lower-case hex, of the sound in a file alone: of
// what a decoder is given, without tags, covers, padding, lengths and the order of the
// parts. Two files of one checksum hold the same recording; whoever changes tags, or
// moves and renames, changes no checksum, and whoever encodes again does. Of a video in
// MPEG-4 it is that of sound and picture, of one in WebM that of the whole file. Of a
// file that was cut off it is that of what is there.
//
// It reads the whole file. Errors: those of [Music.Open] and of reading, that of the
// context, and [ErrNotAudio] for a file without sound.
func (m *Music) ContentChecksum(ctx context.Context, rel string) (string, error) {
	f, err := m.Open(rel)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("files: %w", err)
	}
	sum, err := contentChecksum(ctx, source{f, info.Size()})
	if err != nil {
		return "", fmt.Errorf("files: %q: %w", rel, err)
	}
	return sum, nil
}

// content is a checksum of sound being made.
type content struct {
	source
	ctx  context.Context
	hash hash.Hash
	buf  []byte
	// left is how many bytes may still be read: no part of a file is sound twice, and
	// a damaged index must not make work without end.
	left int64
	used bool // something was hashed
}

func contentChecksum(ctx context.Context, s source) (string, error) {
	c := &content{source: s, ctx: ctx, hash: sha256.New(), buf: make([]byte, chunk), left: s.size}
	err := c.read()
	if err == nil && !c.used {
		err = fmt.Errorf("%w: there is nothing but headers", ErrNotAudio)
	}
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(c.hash.Sum(nil)), nil
}

// read finds the container by content, as readProperties does.
func (c *content) read() error {
	start, err := skipID3(c.source)
	if err != nil {
		return err
	}
	magic, err := c.upTo(start, 12)
	switch {
	case err != nil:
		return err
	case len(magic) < 12:
		return ErrNotAudio
	case bytes.HasPrefix(magic, []byte("fLaC")):
		return c.flac(start)
	case bytes.HasPrefix(magic, []byte("OggS")):
		return c.ogg(start)
	case bytes.Equal(magic[4:8], []byte("ftyp")):
		return c.mp4()
	case bytes.HasPrefix(magic, []byte("\x1A\x45\xDF\xA3")): // EBML: WebM keeps its tags among the sound
		return c.span(0, c.size)
	case isADTS(magic):
		return c.adts(start)
	}
	return c.mpeg(start)
}

// span hashes a part of the file, as much of it as is there.
func (c *content) span(from, to int64) error {
	to = min(to, c.size)
	if from < 0 || from >= to {
		return nil
	}
	if c.left -= to - from; c.left < 0 {
		return fmt.Errorf("%w: its index names parts of the file more than once", ErrNotAudio)
	}
	for from < to {
		n, err := c.ReadAt(c.buf[:min(int64(len(c.buf)), to-from)], from)
		c.write(c.buf[:n])
		from += int64(n)
		if err == nil {
			err = context.Cause(c.ctx)
		}
		if errors.Is(err, io.EOF) {
			return nil // cut off meanwhile
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *content) write(sound []byte) {
	c.hash.Write(sound)
	c.used = c.used || len(sound) > 0
}

// flac hashes the frames, which follow the last block of metadata (RFC 9639,
// section 8.1).
func (c *content) flac(start int64) error {
	offset := start + 4
	for range maxParts {
		var h [4]byte
		if err := c.at(offset, h[:]); err != nil {
			return fmt.Errorf("%w: the FLAC metadata ends early", ErrNotAudio)
		}
		offset += 4 + (int64(h[1])<<16 | int64(h[2])<<8 | int64(h[3]))
		if h[0]&0x80 != 0 {
			return c.span(offset, c.endOfSound())
		}
	}
	return fmt.Errorf("%w: the FLAC metadata has no end", ErrNotAudio)
}

// mpeg hashes the frames without the first one if that tells about the others only:
// programs that copy a stream write it anew.
func (c *content) mpeg(start int64) error {
	offset, first, err := findFrame(c.source, start)
	if err != nil {
		return err
	}
	if isSummary(c.source, offset, first) {
		offset += int64(first.length)
	}
	return c.span(offset, c.endOfSound())
}

// isSummary recognises the frame of Xing, Info and VBRI, whatever it tells.
func isSummary(s source, offset int64, first frameHeader) bool {
	b, err := s.upTo(offset, 64)
	if err != nil || first.layer != 3 {
		return false
	}
	for _, at := range []int{first.summaryAt(), 36} {
		if len(b) < at+4 {
			continue
		}
		switch string(b[at : at+4]) {
		case "Xing", "Info", "VBRI":
			return true
		}
	}
	return false
}

// adts hashes what is in the frames, without their headers: these have fields that
// say nothing about the sound, and programs that copy a stream fill them as they like.
func (c *content) adts(start int64) error {
	end := c.endOfSound()
	for offset := start; offset+adtsHeader <= end; {
		var h [adtsHeader]byte
		if err := c.at(offset, h[:]); err != nil {
			return err
		}
		length, head := int64(h[3]&3)<<11|int64(h[4])<<3|int64(h[5]>>5), int64(adtsHeader)
		if h[1]&1 == 0 { // a checksum follows
			head += 2
		}
		if !isADTS(h[:]) || length < head {
			return nil
		}
		if err := c.span(offset+head, min(offset+length, end)); err != nil {
			return err
		}
		offset += length
	}
	return nil
}
