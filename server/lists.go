package server

import (
	"bytes"
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
	kept []*keptList    // the one asked for last comes first
	room map[string]int // bytes of the largest list of each function so far
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

// keptLists is how many lists are kept at most, as very short ones could be many.
const keptLists = 32

// keptBytes is how much JSON is kept besides the list asked for last, however long
// that one is. A list of 100,000 songs' albums has 8 MB.
const keptBytes = 10 << 20

// get returns a list, made by whoever is the first to want it: appended to an empty
// slice that has room for about as much. It must not be changed.
func (l *lists) get(key listKey, appended func([]byte) []byte) []byte {
	k := l.find(key, appended)
	text := l.textOf(k)
	l.mu.Lock()
	defer l.mu.Unlock()
	k.size = len(text)
	if l.room == nil {
		l.room = map[string]int{}
	}
	l.room[key.function] = max(l.room[key.function], len(text))
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

// textOf makes a list, or waits for it. One that could not be made is not kept: who
// wants it next tries again.
func (l *lists) textOf(k *keptList) []byte {
	made := false
	defer func() {
		if made {
			return
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.kept = slices.DeleteFunc(l.kept, func(other *keptList) bool { return other == k })
	}()
	text := k.text()
	made = true
	return text
}

func (l *lists) find(key listKey, appended func([]byte) []byte) *keptList {
	l.mu.Lock()
	defer l.mu.Unlock()
	room := l.room[key.function]
	room += room / 64
	k := &keptList{key: key, text: sync.OnceValue(func() []byte {
		text := appended(make([]byte, 0, room))
		if cap(text)-len(text) > len(text)/16 {
			text = bytes.Clone(text) // it will be there for long
		}
		return text
	})}
	if i := slices.IndexFunc(l.kept, func(k *keptList) bool { return k.key == key }); i >= 0 {
		k = l.kept[i]
	}
	// What is outdated goes before the new one is made, to not need the memory of both.
	l.kept = slices.DeleteFunc(l.kept, func(other *keptList) bool { return other == k || other.key.version != key.version })
	l.kept = slices.Insert(l.kept, 0, k)
	if len(l.kept) > keptLists {
		l.kept = slices.Delete(l.kept, keptLists, len(l.kept))
	}
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
