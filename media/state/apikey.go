package state

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"path/filepath"
)

// keyBytes is the length of a generated key before it is written as base64.
const keyBytes = 32

// APIKey returns the key that clients must send with every packet: the first
// line of config/wsapikey.txt. A file that is missing or has an empty first line
// is written with a new random key first, since an empty key would let everybody
// in. The file is read with each call, so that a changed key holds for the next
// connection. Errors: [*FileError].
func (s *Store) APIKey() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := filepath.Join(s.config, "wsapikey.txt")
	data, err := readFile(path)
	if err != nil {
		return "", err
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	if key := bytes.TrimSpace(line); len(key) > 0 {
		return string(key), nil
	}
	random := make([]byte, keyBytes)
	if _, err := rand.Read(random); err != nil {
		return "", &FileError{"create", path, err}
	}
	key := base64.StdEncoding.EncodeToString(random)
	return key, replaceFile(path, []byte(key+"\n"), asKey)
}
