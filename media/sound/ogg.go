package sound

import (
	"bytes"
	"encoding/binary"
)

// Page is one page of an Ogg stream (RFC 3533, section 6).
type Page struct {
	Continued bool  // begins with the rest of a packet of the page before
	Begins    bool  // is the first one of its logical stream
	Ends      bool  // is the last one
	Complete  bool  // its last packet ends on it
	Granule   int64 // time at its end, in samples; -1: no packet ends on it
	Serial    uint32
	Sequence  uint32
	Whole     []byte // header and body
}

const (
	pageHead    = 27 // bytes in front of the segment table
	pageLargest = pageHead + 255 + 255*255
)

var capture = []byte("OggS\x00") // with the version

// PageSplitter cuts a byte stream into whole Ogg pages. Bytes that belong to no
// page, and pages whose checksum is wrong, are left out and counted. The zero
// value is ready; one goroutine owns it.
type PageSplitter struct {
	rest    []byte
	skipped uint64
}

// Skipped is the number of bytes that belonged to no page.
func (s *PageSplitter) Skipped() uint64 { return s.skipped }

// Pending is the number of bytes kept back because their page is not complete.
func (s *PageSplitter) Pending() int { return len(s.rest) }

// Write takes the next bytes of the stream and calls page for each page they
// complete, in order. Page.Whole is valid only until it returns.
func (s *PageSplitter) Write(p []byte, page func(Page)) {
	s.rest = append(s.rest, p...)
	at := 0
	for {
		size, enough := pageSize(s.rest[at:])
		if !enough {
			break
		}
		if size == 0 || !intact(s.rest[at:at+size]) {
			skip := len(s.rest) - at
			if next := bytes.IndexByte(s.rest[at+1:], capture[0]); next >= 0 {
				skip = 1 + next
			}
			at += skip
			s.skipped += uint64(skip)
			continue
		}
		page(readPage(s.rest[at : at+size : at+size]))
		at += size
	}
	s.rest = append(s.rest[:0], s.rest[at:]...)
}

// pageSize is the length of the page that b begins with, 0 if there is none.
// enough: b has all of it.
func pageSize(b []byte) (size int, enough bool) {
	if n := min(len(b), len(capture)); !bytes.Equal(b[:n], capture[:n]) {
		return 0, true
	}
	if len(b) < pageHead || len(b) < pageHead+int(b[26]) {
		return 0, false
	}
	size = pageHead + int(b[26])
	for _, segment := range b[pageHead : pageHead+int(b[26])] {
		size += int(segment)
	}
	return size, len(b) >= size
}

func readPage(whole []byte) Page {
	const continued, begins, ends = 1, 2, 4
	flags, segments := whole[5], whole[pageHead:pageHead+int(whole[26])]
	return Page{
		Continued: flags&continued != 0,
		Begins:    flags&begins != 0,
		Ends:      flags&ends != 0,
		// A packet whose last segment is full goes on.
		Complete: len(segments) == 0 || segments[len(segments)-1] < 255,
		Granule:  int64(binary.LittleEndian.Uint64(whole[6:])),
		Serial:   binary.LittleEndian.Uint32(whole[14:]),
		Sequence: binary.LittleEndian.Uint32(whole[18:]),
		Whole:    whole,
	}
}

// checksumAt is where a page has its checksum, which counts as zero in itself.
const checksumAt = 22

func intact(whole []byte) bool {
	sum := checksum(0, whole[:checksumAt])
	sum = checksum(sum, []byte{0, 0, 0, 0})
	return checksum(sum, whole[checksumAt+4:]) == binary.LittleEndian.Uint32(whole[checksumAt:])
}

// checksum is the CRC of Ogg: polynomial 0x04c11db7, the highest bit first, and
// neither begun nor ended with an inversion, which package hash/crc32 cannot do.
func checksum(sum uint32, p []byte) uint32 {
	for _, b := range p {
		sum = sum<<8 ^ checksums[byte(sum>>24)^b]
	}
	return sum
}

var checksums = func() (table [256]uint32) {
	for i := range table {
		sum := uint32(i) << 24
		for range 8 {
			carry := sum >> 31
			sum <<= 1
			sum ^= carry * 0x04c11db7
		}
		table[i] = sum
	}
	return table
}()
