package queue

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
)

// EntryID identifies an entry of a queue: a random UUID (RFC 9562, version 4),
// written as the decimal number that its 128 bits are, without leading zeros.
type EntryID string

// Entry is a song in the queue.
type Entry struct {
	ID     EntryID
	SongID int64
	Random bool // chosen by the random selection
}

// VideoEntry is a video in the queue.
type VideoEntry struct {
	ID      EntryID
	VideoID int64
	Random  bool // chosen by the random selection
}

const (
	uuidBits    = 128
	maxIDDigits = 39 // of 2^128 - 1
)

// newEntryID returns an id nobody has had before.
func newEntryID() EntryID {
	var uuid [uuidBits / 8]byte
	if _, err := rand.Read(uuid[:]); err != nil {
		panic(err) // crypto/rand promises that this does not happen
	}
	uuid[6] = uuid[6]&0x0f | 0x40 // version 4
	uuid[8] = uuid[8]&0x3f | 0x80 // variant of RFC 9562
	return EntryID(new(big.Int).SetBytes(uuid[:]).String())
}

// ParseEntryID reads an id as clients send it. Errors: [ErrEntryID] for what is
// not a decimal number of at most 128 bits. It accepts leading zeros and drops
// them.
func ParseEntryID(text string) (EntryID, error) {
	refused := fmt.Errorf("%w: %.50q", ErrEntryID, text)
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return "", refused
	}
	digits := strings.TrimLeft(text, "0")
	if digits == "" {
		digits = "0"
	}
	if len(digits) > maxIDDigits {
		return "", refused
	}
	if n, ok := new(big.Int).SetString(digits, 10); !ok || n.BitLen() > uuidBits {
		return "", refused
	}
	return EntryID(digits), nil
}
