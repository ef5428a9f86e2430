package server

import (
	"maps"
	"slices"
	"strconv"
	"sync"

	"musicdb/media/library"
)

// lists keeps the JSON of long lists for as long as they are right, because every
// client asks for the same ones: a thousand at once wait for one that is made. Any
// goroutine may use it.
type lists struct {
	mu   sync.Mutex
	kept []*keptList // the one asked for last comes first
}

// listKey tells which list it is and what it was made of.
type listKey struct {
	function  string
	selection string
	version   library.AlbumsVersion
}

type keptList struct {
	key  listKey
	text func() []byte // makes the list the first time
	size int           // bytes; 0 while it is made
}

// keptBytes is how much JSON is kept besides the list asked for last, however long
// that one is. A list of 100,000 songs' albums has 8 MB.
const keptBytes = 10 << 20

// get returns a list, made by whoever is the first to want it. It must not be
// changed.
func (l *lists) get(key listKey, make func() []byte) []byte {
	k := l.find(key, make)
	text := k.text()
	l.mu.Lock()
	defer l.mu.Unlock()
	k.size = len(text)
	room := keptBytes
	l.kept = slices.DeleteFunc(l.kept, func(other *keptList) bool {
		if other == k {
			return false
		}
		room -= other.size
		return room < 0
	})
	return text
}

func (l *lists) find(key listKey, make func() []byte) *keptList {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := &keptList{key: key, text: sync.OnceValue(make)}
	if i := slices.IndexFunc(l.kept, func(k *keptList) bool { return k.key == key }); i >= 0 {
		k = l.kept[i]
	}
	// What is outdated goes before the new one is made, to not need the memory of both.
	l.kept = slices.DeleteFunc(l.kept, func(other *keptList) bool { return other == k || other.key.version != key.version })
	l.kept = slices.Insert(l.kept, 0, k)
	return k
}

// selectionKey is equal for equal selections.
func selectionKey(sel library.Selection) string {
	var key []byte
	for _, genre := range slices.Sorted(maps.Keys(sel.Genres)) {
		key = append(strconv.AppendInt(key, genre, 10), ':')
		for _, subgenre := range slices.Sorted(slices.Values(sel.Genres[genre])) {
			key = append(strconv.AppendInt(key, subgenre, 10), ',')
		}
	}
	return string(key)
}
