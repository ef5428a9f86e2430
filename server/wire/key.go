package wire

import (
	"crypto/sha256"
	"crypto/subtle"
)

// Key is the API key in the form in which it is compared: a digest, so that
// neither the time a comparison takes nor a log line can tell anything about
// the key itself. The zero Key matches nothing.
type Key struct {
	digest [sha256.Size]byte
	set    bool
}

// NewKey takes the key's text as it stands in the key file, without line end.
// An empty text gives the zero Key: a server without key accepts no packet.
func NewKey(text string) Key {
	if text == "" {
		return Key{}
	}
	return Key{digest: sha256.Sum256([]byte(text)), set: true}
}

// Matches tells whether sent is the key, in a time that depends only on the
// length of sent.
func (k Key) Matches(sent string) bool {
	digest := sha256.Sum256([]byte(sent))
	return subtle.ConstantTimeCompare(digest[:], k.digest[:]) == 1 && k.set
}

// String hides the key from every kind of print.
func (k Key) String() string { return "(API key)" }

// GoString hides the key from %#v.
func (k Key) GoString() string { return k.String() }
