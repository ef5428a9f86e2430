package files

import "fmt"

// mp4 hashes the samples of all tracks of sound and picture, in the order in which they
// are played, wherever the index and the samples lie. Where the index names none, as in
// a file made of fragments, it hashes all media data.
func (c *content) mp4() error {
	moov, ok := child(c.source, box{to: c.size}, "moov")
	if !ok {
		return fmt.Errorf("%w: the index of the MPEG-4 file is missing, it was probably cut off", ErrNotAudio)
	}
	if track := soundTrack(c.source, moov); track.to == 0 {
		return fmt.Errorf("%w: an MPEG-4 file without sound track", ErrNotAudio)
	}
	var failed error
	boxes(c.source, moov.from, moov.to, func(b box) bool {
		if b.name != "trak" || !isMedia(c.source, b) {
			return true
		}
		if table, ok := child(c.source, b, "mdia.minf.stbl"); ok {
			failed = c.samples(table)
		}
		return failed == nil
	})
	if failed != nil || c.used {
		return failed
	}
	boxes(c.source, 0, c.size, func(b box) bool {
		if b.name == "mdat" {
			failed = c.span(b.from, b.to)
		}
		return failed == nil
	})
	return failed
}

func isMedia(s source, track box) bool {
	var kind [4]byte
	hdlr, ok := child(s, track, "mdia.hdlr")
	return ok && s.at(hdlr.from+8, kind[:]) == nil && (string(kind[:]) == "soun" || string(kind[:]) == "vide")
}

// samples walks the chunks of a track (ISO 14496-12, sections 8.7.3 to 8.7.5). A table
// that ends early ends the walk: what was found until then is what there is.
func (c *content) samples(stbl box) error {
	sizes, ok := c.sampleSizes(stbl)
	if !ok {
		return nil
	}
	width := int64(4)
	offsets, ok := child(c.source, stbl, "stco")
	if !ok {
		if offsets, ok = child(c.source, stbl, "co64"); !ok {
			return nil
		}
		width = 8
	}
	runs, ok := child(c.source, stbl, "stsc")
	if !ok {
		return nil
	}
	chunks := cells{source: c.source, at: offsets.from + 8, to: offsets.to, width: width}
	run := cells{source: c.source, at: runs.from + 8, to: runs.to, width: 12}
	first, there := run.next() // a run is a first chunk, how many samples a chunk has, and a description
	for number := uint64(1); there && first <= number; {
		perChunk := uint64(be32(run.cell[4:]))
		first, there = run.next() // of the next run
		for ; !there || number < first; number++ {
			offset, listed := chunks.next()
			if !listed || offset > uint64(c.size) {
				return nil
			}
			length, sized := sizes.take(perChunk)
			if err := c.span(int64(offset), int64(offset)+length); err != nil || !sized {
				return err
			}
		}
	}
	return nil
}

// cells reads a table of numbers from its begin to its end, a piece at a time.
type cells struct {
	source
	at, to int64
	width  int64 // bytes of a cell, 1 to 12
	cell   []byte
	ahead  []byte
}

// next reads a cell and returns the first number in it: of 8 bytes if it has as many,
// of 4 if it is longer.
func (t *cells) next() (uint64, bool) {
	if int64(len(t.ahead)) < t.width {
		n := min(int64(4096)/t.width*t.width, (t.to-t.at)/t.width*t.width)
		if n <= 0 {
			return 0, false
		}
		piece, err := t.upTo(t.at, int(n))
		if err != nil || int64(len(piece)) < t.width {
			return 0, false
		}
		t.at += int64(len(piece)) / t.width * t.width
		t.ahead = piece
	}
	t.cell, t.ahead = t.ahead[:t.width], t.ahead[t.width:]
	switch t.width {
	case 8:
		return be64(t.cell), true
	case 12:
		return uint64(be32(t.cell)), true
	}
	var number uint64
	for _, b := range t.cell {
		number = number<<8 | uint64(b)
	}
	return number, true
}

// sampleSizes are the sizes in bytes of the samples of a track, in order.
type sampleSizes struct {
	table   cells
	same    uint64 // the size of all of them; 0: see the table
	nibbles bool   // the cells of the table hold two sizes
	left    uint64 // how many samples are to come
	half    uint64 // of a cell, behind which a size is left
	isHalf  bool
}

// sampleSizes opens the table stsz or stz2.
func (c *content) sampleSizes(stbl box) (sampleSizes, bool) {
	list, compact := child(c.source, stbl, "stz2")
	if !compact {
		var ok bool
		if list, ok = child(c.source, stbl, "stsz"); !ok {
			return sampleSizes{}, false
		}
	}
	var h [12]byte
	if c.at(list.from, h[:]) != nil {
		return sampleSizes{}, false
	}
	sizes := sampleSizes{table: cells{source: c.source, at: list.from + 12, to: list.to, width: 4}, left: uint64(be32(h[8:]))}
	if !compact {
		sizes.same = uint64(be32(h[4:]))
		return sizes, true
	}
	switch h[7] {
	case 4:
		sizes.nibbles, sizes.table.width = true, 1
	case 8, 16:
		sizes.table.width = int64(h[7] / 8)
	default:
		return sampleSizes{}, false
	}
	return sizes, true
}

// take adds up the sizes of the next n samples. False means that there are no more.
func (s *sampleSizes) take(n uint64) (length int64, more bool) {
	n = min(n, s.left)
	s.left -= n
	if s.same > 0 {
		return int64(min(n*s.same, 1<<62)), s.left > 0
	}
	var sum uint64
	for range n {
		size, ok := s.next()
		if !ok {
			return int64(min(sum, 1<<62)), false
		}
		sum += size
	}
	return int64(min(sum, 1<<62)), s.left > 0
}

func (s *sampleSizes) next() (uint64, bool) {
	if s.isHalf {
		s.isHalf = false
		return s.half, true
	}
	size, ok := s.table.next()
	if s.nibbles {
		s.half, s.isHalf = size&15, true
		size >>= 4
	}
	return size, ok
}
