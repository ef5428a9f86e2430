package server

import (
	"errors"
	"fmt"
	"sync/atomic"

	"musicdb/server/wire"
)

// sharedKey is the API key as it was last asked for. Connections that were told the
// same key share it. Any goroutine may call its method; the zero value is ready.
type sharedKey struct{ last atomic.Pointer[wire.Key] }

// current asks for the key and returns it. It must not be changed.
func (k *sharedKey) current(ask func() (string, error)) (*wire.Key, error) {
	text, err := ask()
	if err != nil {
		return nil, fmt.Errorf("the API key cannot be read: %w", err)
	}
	if text == "" {
		return nil, errors.New("the server needs an API key; without one no client could call anything")
	}
	key := wire.NewKey(text)
	if last := k.last.Load(); last != nil && *last == key {
		return last, nil
	}
	k.last.Store(&key)
	return &key, nil
}
