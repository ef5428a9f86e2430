package fsm

import "sync/atomic"

// sharedMark is a mark that goroutines share, in two words. key holds the step and, above it, the position of the writer, so
// that a reader that sees the same key before and after has read one writer's words. Zero: never written; busy: being written.
type sharedMark struct {
	key  atomic.Uint64 // position<<24 | from<<16 | on<<8 | to
	what atomic.Uint64 // id<<32 | tick
}

const busy = ^uint64(0)

// put writes a mark. Should the ring have gone round while another writer is still in this slot, the mark is dropped: a
// trace with a gap in other instances' steps is better than a writer that waits.
func (s *shard) put(m mark) {
	position := s.position.Add(1)
	slot := &s.trace[position%shardTrace]
	old := slot.key.Load()
	if old == busy || !slot.key.CompareAndSwap(old, busy) {
		return
	}
	slot.what.Store(uint64(m.id)<<32 | uint64(m.tick))
	slot.key.Store(position<<24 | uint64(m.from)<<16 | uint64(m.on)<<8 | uint64(m.to))
}

// of returns the marks of one instance, oldest first.
func (s *shard) of(id uint32) []mark {
	var out []mark
	last := s.position.Load()
	for i := range uint64(shardTrace) {
		slot := &s.trace[(last+1+i)%shardTrace]
		key := slot.key.Load()
		what := slot.what.Load()
		if key == 0 || key == busy || slot.key.Load() != key || uint32(what>>32) != id {
			continue
		}
		m := mark{id: id, tick: Tick(what), from: uint8(key >> 16), on: uint8(key >> 8), to: uint8(key)}
		if m.from != 0 {
			out = append(out, m)
		}
	}
	return out
}
