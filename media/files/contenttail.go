package files

import (
	"bytes"
	"encoding/binary"
	"strconv"
)

// endOfSound is where the tags begin that were put behind the frames of a file: ID3v1
// with its extension, APE, Lyrics3 and an ID3v2 of the end, one behind the other in any
// order.
func (c *content) endOfSound() int64 {
	end := c.size
	for range maxTails {
		tail := tagBefore(c.source, end)
		if tail <= 0 || tail > end {
			break
		}
		end -= tail
	}
	return end
}

// maxTails bounds how many tags are looked for at the end of a file; programs that do
// not see a tag put a second one behind it.
const maxTails = 16

// tagBefore is the length of the tag that ends at the offset, 0 if none does.
func tagBefore(s source, end int64) int64 {
	at := func(back int64, n int) []byte {
		b, err := source{s.ReaderAt, end}.upTo(end-back, n)
		if err != nil || end < back {
			return nil
		}
		return b
	}
	if bytes.Equal(at(128, 3), []byte("TAG")) {
		if bytes.Equal(at(128+227, 4), []byte("TAG+")) {
			return 128 + 227
		}
		return 128
	}
	if footer := at(32, 32); bytes.HasPrefix(footer, []byte("APETAGEX")) {
		length := int64(binary.LittleEndian.Uint32(footer[12:]))  // with this footer
		if binary.LittleEndian.Uint32(footer[20:])&(1<<31) != 0 { // and a header
			length += 32
		}
		return length
	}
	if footer := at(10, 10); bytes.HasPrefix(footer, []byte("3DI")) {
		return 20 + int64(synchsafe(footer[6:]))
	}
	// Lyrics3 v2 tells its length in six digits before its end, v1 has none.
	if mark := at(15, 15); bytes.HasSuffix(mark, []byte("LYRICS200")) {
		length, err := strconv.ParseUint(string(mark[:6]), 10, 32)
		if err == nil && bytes.Equal(at(int64(length)+15, 11), []byte("LYRICSBEGIN")) {
			return int64(length) + 15
		}
	} else if bytes.HasSuffix(mark, []byte("LYRICSEND")) {
		const most = 5100 + 11 + 9
		back := min(most, end)
		if begin := bytes.LastIndex(at(back, int(back)), []byte("LYRICSBEGIN")); begin >= 0 {
			return back - int64(begin)
		}
	}
	return 0
}
