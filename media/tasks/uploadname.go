package tasks

import (
	"errors"
	"path"
	"strconv"
	"strings"
)

// ErrChecksum is returned for a checksum that cannot be part of a file name.
var ErrChecksum = errors.New("tasks: the checksum must be 1 to 128 letters, digits, - or _; send the SHA-1 of the file in hexadecimal digits")

// maxExtension is the longest extension that the file of an upload gets, in bytes.
const maxExtension = 16

// nameUpload is the name under which an upload is kept:
// <content type>-<checksum>.<extension of the file at its client>. An extension that
// is no word of letters and digits is left out.
func nameUpload(content ContentType, checksum, fileName string) (string, error) {
	word := func(c rune) bool { return c < 0x80 && isAlphanumeric(byte(c)) }
	other := func(c rune) bool { return !word(c) && c != '-' && c != '_' }
	if checksum == "" || len(checksum) > 128 || strings.ContainsFunc(checksum, other) {
		return "", ErrChecksum
	}
	name := string(content) + "-" + checksum
	extension := strings.TrimPrefix(path.Ext(fileName), ".")
	if extension == "" || len(extension) > maxExtension || strings.ContainsFunc(extension, func(c rune) bool { return !word(c) }) {
		return name, nil
	}
	return name + "." + extension, nil
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// freeName is the name, or one like it, that no other task uses: two clients may
// upload the same file at the same time.
func (m *Manager) freeName(name string) string {
	extension := path.Ext(name)
	base, free := strings.TrimSuffix(name, extension), name
	for i := 2; m.isNeeded(free, nil); i++ {
		free = base + "-" + strconv.Itoa(i) + extension
	}
	return free
}
