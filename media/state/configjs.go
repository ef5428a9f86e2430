package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

const modeWebData fs.FileMode = 0o755

// BrowserConfig is what the browser script webdata/config.js has to say (MusicDB
// protocol, section 9.1).
type BrowserConfig struct {
	Key string // API key
	// URL is the expression whose value is the address of the websocket.
	URL string
}

// ConfigJS returns the browser script webdata/config.js. A file that is missing is
// created. Where the file still has the placeholder WSAPIKEY, as its template has,
// the key takes its place; nothing else in the file of an owner is ever touched, and
// nothing at all if it is a symbolic link. stale tells that it holds another key
// than the server's. Errors: [*FileError].
func (s *Store) ConfigJS(c BrowserConfig) (script []byte, stale bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := s.configJS()
	key := quoteKey(c.Key)
	info, err := os.Lstat(path)
	if err != nil {
		script = newConfigJS(key, c.URL)
		return script, false, s.createConfigJS(path, script)
	}
	old, err := readFile(path)
	if err != nil {
		return nil, false, err
	}
	if script = insertKey(old, key); info.Mode().IsRegular() && !bytes.Equal(script, old) {
		err = replaceFile(path, script, asConfigJS)
	}
	found := literal.FindSubmatch(script)
	return script, found != nil && !bytes.Equal(found[1], key[1:len(key)-1]), err
}

// HasConfigJS tells whether there is a webdata/config.js.
func (s *Store) HasConfigJS() bool {
	_, err := os.Lstat(s.configJS())
	return err == nil
}

func (s *Store) configJS() string { return filepath.Join(s.webdata, "config.js") }

func (s *Store) createConfigJS(path string, script []byte) error {
	if err := makeDir(s.webdata, modeWebData); err != nil {
		return err
	}
	return replaceFile(path, script, asConfigJS)
}

// The line of the key: with the placeholder, and with a string.
var (
	placeholder = regexp.MustCompile(`(?m)^([ \t]*(?:(?:const|let|var)[ \t]+)?WEBSOCKET_APIKEY[ \t]*=[ \t]*)(?:WSAPIKEY\b|"WSAPIKEY"|'WSAPIKEY')`)
	literal     = regexp.MustCompile("(?m)^[ \t]*(?:(?:const|let|var)[ \t]+)?WEBSOCKET_APIKEY[ \t]*=[ \t]*[\"'`]([^\"'`\r\n]*)")
)

// quoteKey is the key as a literal of JavaScript, which a JSON text is.
func quoteKey(key string) []byte {
	text, _ := json.Marshal(key) // every string has one
	return text
}

// insertKey puts the key where the placeholder is.
func insertKey(script, key []byte) []byte {
	at := placeholder.FindSubmatchIndex(script)
	if at == nil {
		return script
	}
	return slices.Concat(script[:at[3]], key, script[at[1]:])
}

func newConfigJS(key []byte, url string) []byte {
	return fmt.Appendf(nil, `// How the WebUI finds the MusicDB server. The server has made this file because there
// was none. It belongs to you from now on and is not changed again. Who can read it
// can control the server.
const CONFIG_VERSION    = 3;
const WATCHDOG_RUN      = true; // connect anew when the server is silent
const WATCHDOG_INTERVAL = 5000; // for that long, in milliseconds
const WEBSOCKET_URL     = %s;
const WEBSOCKET_APIKEY  = %s;
`, url, key)
}
