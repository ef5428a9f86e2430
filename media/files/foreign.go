package files

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// foreigners are first bytes of files that are found under the names of music; '?'
// matches any byte.
var foreigners = []struct{ magic, is string }{
	{"PK\x03\x04", "a ZIP archive"},
	{"PK\x05\x06", "an empty ZIP archive"},
	{"Rar!\x1A\x07", "a RAR archive"},
	{"7z\xBC\xAF\x27\x1C", "a 7z archive"},
	{"\x1F\x8B\x08", "a gzip archive"},
	{"BZh", "a bzip2 archive"},
	{"\xFD7zXZ\x00", "an xz archive"},
	{"RIFF????WAVE", "a WAV file"},
	{"RIFF????WEBP", "a WebP picture"},
	{"RIFF????AVI ", "an AVI film"},
	{"FORM????AIF", "an AIFF file"},
	{"MAC ", "a Monkey's Audio file"},
	{"wvpk", "a WavPack file"},
	{"TTA1", "a True Audio file"},
	{"MPCK", "a Musepack file"},
	{"MP+", "a Musepack file"},
	{"DSD ", "a DSF file"},
	{"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "a Windows Media file"},
	{"\x1A\x45\xDF\xA3", "a Matroska or WebM file"},
	{"\x89PNG\r\n\x1A\n", "a PNG picture"},
	{"\xFF\xD8\xFF", "a JPEG picture"},
	{"GIF8?a", "a GIF picture"},
	{"%PDF-", "a PDF document"},
	{"\x7FELF", "a program"},
	{"MZ", "a program for Windows"},
	{"SQLite format 3\x00", "an SQLite database"},
	{"d8:announce", "a torrent file"},
}

// foreign tells what a file is that is no music, with its article; empty if nobody
// knows.
func foreign(s source) string {
	head, err := s.upTo(0, 512)
	if err != nil {
		return ""
	}
	if len(head) == 0 {
		return "an empty file"
	}
	for _, f := range foreigners {
		if begins(head, f.magic) {
			return f.is
		}
	}
	if bytes.Count(head, []byte{0}) == len(head) {
		return "a file that begins with nothing but zeros"
	}
	text := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))))
	switch {
	case bytes.HasPrefix(text, []byte("<!doctype html")), bytes.HasPrefix(text, []byte("<html")):
		return "a web page"
	case isText(head):
		return "a text"
	}
	return ""
}

func begins(head []byte, magic string) bool {
	if len(head) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != head[i] {
			return false
		}
	}
	return true
}

// isText reports whether the bytes are the beginning of a text in UTF-8.
func isText(head []byte) bool {
	for cut := range utf8.UTFMax { // the last character may be cut off
		if len(head) > cut && utf8.Valid(head[:len(head)-cut]) {
			return !strings.ContainsFunc(string(head[:len(head)-cut]), func(r rune) bool {
				return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f'
			})
		}
	}
	return false
}
