package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A patch makes a former file of the present one. Tags are a small part of a file,
// but where they lie differs from format to format, and an Ogg file is changed in
// every page when its tags need one page more. So a patch does not know formats: it
// copies runs of bytes that the present file has somewhere, and brings the others
// along.
//
// It is a header (magic, size and SHA-256 of the former file) and a list of pieces:
// each an offset in the present file plus one, and a length; or a zero, a length, and
// that many bytes; numbers are unsigned varints.

const (
	patchMagic = "MDBP1"
	patchBlock = 512 // bytes that have to be equal for a run to be found
	// maxPatch bounds what is kept of a file whose tags are changed.
	maxPatch = 32 << 20
)

// ErrPatch is matched when a patch does not belong to a file, or is damaged.
var ErrPatch = errors.New("what was kept of the file does not fit what it is now")

// ErrPatchTooLarge is returned where too much of a file would have to be kept.
var ErrPatchTooLarge = errors.New("the difference is too large to be kept")

// roll is a checksum of a window of patchBlock bytes that can be moved on by one byte.
type roll struct{ a, b uint32 }

func rollOf(window []byte) (r roll) {
	for i, c := range window {
		r.a += uint32(c)
		r.b += uint32(len(window)-i) * uint32(c)
	}
	return r
}

func (r *roll) next(out, in byte) {
	r.a += uint32(in) - uint32(out)
	r.b += r.a - patchBlock*uint32(out)
}

func (r roll) sum() uint32 { return r.a&0xFFFF | r.b<<16 }

// view is a file of which a part is held in memory.
type view struct {
	source
	part []byte
	at   int64 // of the part in the file
	err  error
}

const viewSize = 256 << 10

// slice returns n bytes, which must be there, until the next call. What cannot be
// read is zero, and err tells why.
func (v *view) slice(at int64, n int) []byte {
	if at < v.at || at+int64(n) > v.at+int64(len(v.part)) {
		// Some of what lies before is kept, because runs are followed to their begin.
		v.at = max(0, at-viewSize/4)
		v.part = v.part[:cap(v.part)]
		if len(v.part) == 0 {
			v.part = make([]byte, viewSize)
		}
		v.part = v.part[:min(int64(len(v.part)), v.size-v.at)]
		if err := v.source.at(v.at, v.part); err != nil {
			v.err = err
			clear(v.part)
		}
	}
	return v.part[at-v.at:][:n]
}

// forward and backward count how many bytes from there on, or before there, are the
// same in both.
func forward(a *view, at int64, b *view, from int64) (n int64) {
	for {
		k := int(min(4096, a.size-at-n, b.size-from-n))
		if k <= 0 {
			return n
		}
		x, y := a.slice(at+n, k), b.slice(from+n, k)
		for i := range x {
			if x[i] != y[i] {
				return n + int64(i)
			}
		}
		n += int64(k)
	}
}

func backward(a *view, at, begin int64, b *view, from int64) (n int64) {
	for at-n > begin && from-n > 0 && a.slice(at-n-1, 1)[0] == b.slice(from-n-1, 1)[0] {
		n++
	}
	return n
}

// makePatch returns what makes former of present.
func makePatch(ctx context.Context, now, was source) ([]byte, error) {
	present, former := &view{source: now}, &view{source: was}
	blocks := make(map[uint32]int64, present.size/patchBlock)
	for at := int64(0); at+patchBlock <= present.size; at += patchBlock {
		sum := rollOf(present.slice(at, patchBlock)).sum()
		if _, known := blocks[sum]; !known {
			blocks[sum] = at
		}
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(was, 0, was.size)); err != nil {
		return nil, err
	}
	patch := hash.Sum([]byte(patchMagic))
	patch = binary.AppendUvarint(patch, uint64(former.size))

	var begin, next, at int64 // of what is not yet in the patch; where the present file would go on; the window
	var r roll
	for rolled := false; at+patchBlock <= former.size; {
		if at&0xFFFF == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		window := former.slice(at, patchBlock)
		if !rolled {
			r, rolled = rollOf(window), true
		}
		from := int64(-1)
		// Where the last run ended, plus what was skipped: the likeliest place.
		if guess := next + at - begin; guess+patchBlock <= present.size && bytes.Equal(present.slice(guess, patchBlock), window) {
			from = guess
		} else if block, known := blocks[r.sum()]; known && bytes.Equal(present.slice(block, patchBlock), window) {
			from = block
		}
		if from < 0 {
			if at+patchBlock == former.size {
				break
			}
			edge := former.slice(at, patchBlock+1)
			r.next(edge[0], edge[patchBlock])
			at++
			continue
		}
		before, after := backward(former, at, begin, present, from), forward(former, at, present, from)
		if at-before-begin > maxPatch || len(patch) > maxPatch {
			return nil, ErrPatchTooLarge
		}
		patch = appendLiteral(patch, former, begin, at-before)
		patch = binary.AppendUvarint(patch, uint64(from-before)+1)
		patch = binary.AppendUvarint(patch, uint64(before+after))
		at, next, rolled = at+after, from+after, false
		begin = at
	}
	if former.size-begin > maxPatch || len(patch) > maxPatch {
		return nil, ErrPatchTooLarge
	}
	patch = appendLiteral(patch, former, begin, former.size)
	return patch, errors.Join(present.err, former.err)
}

func appendLiteral(patch []byte, former *view, from, to int64) []byte {
	if from == to {
		return patch
	}
	patch = append(patch, 0)
	patch = binary.AppendUvarint(patch, uint64(to-from))
	for from < to {
		n := int(min(4096, to-from))
		patch = append(patch, former.slice(from, n)...)
		from += int64(n)
	}
	return patch
}

// applyPatch writes the former file. The present one is read at random. It fails with
// [ErrPatch] unless every byte comes out as it was.
func applyPatch(w io.Writer, present io.ReaderAt, size int64, patch []byte) error {
	damaged := func(what string) error { return fmt.Errorf("%w: %s", ErrPatch, what) }
	rest, ok := bytes.CutPrefix(patch, []byte(patchMagic))
	if !ok || len(rest) < sha256.Size {
		return damaged("no header")
	}
	digest, r := rest[:sha256.Size], bytes.NewReader(rest[sha256.Size:])
	length, err := binary.ReadUvarint(r)
	if err != nil {
		return damaged("no size")
	}
	hash := sha256.New()
	out := io.MultiWriter(w, hash)
	for written := uint64(0); written < length; {
		from, err := binary.ReadUvarint(r)
		if err != nil {
			return damaged("it ends too early")
		}
		n, err := binary.ReadUvarint(r)
		if err != nil || n == 0 || n > length-written {
			return damaged("a wrong length")
		}
		if from == 0 {
			if n > uint64(r.Len()) {
				return damaged("it ends too early")
			}
			_, err = io.CopyN(out, r, int64(n))
		} else {
			if from-1 > uint64(size) || n > uint64(size)-(from-1) {
				return damaged("the file is too short")
			}
			_, err = io.Copy(out, io.NewSectionReader(present, int64(from-1), int64(n)))
		}
		if err != nil {
			return err
		}
		written += n
	}
	if r.Len() != 0 || !bytes.Equal(hash.Sum(nil), digest) {
		return damaged("another file would come of it")
	}
	return nil
}
