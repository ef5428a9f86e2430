package conn

import "sync"

// scratch is what a goroutine needs to write: each that writes has one of its own.
//
// A loop writes for many connections, one behind the other, before it does anything else:
// the kernel and the core take turns with the caches of a processor, and what takes long
// turns finds more there.
type scratch struct {
	strokes [maxStrokes]stroke
	picked  int
	batch   []byte // for what is copied: more than batchSize lets more strokes wait for each other
	copied  int    // bytes of batch in use
}

// maxStrokes is for how many connections is written before others have their turn.
const maxStrokes = 16

// stroke is one write of one connection, of which it has the pen meanwhile.
type stroke struct {
	i, gen uint32
	fd     int32
	large  bool
	used   uint8 // of list
	via    wire
	list   [3][]byte
	size   int // bytes in all
	n      int // of which were written
	err    error
}

func (st *stroke) pieces() [][]byte { return st.list[:st.used] }

func (st *stroke) add(p []byte) {
	st.list[st.used] = p
	st.used++
	st.size += len(p)
}

// full reports whether what was picked is to be written before more is.
func (sc *scratch) full() bool {
	return sc.picked == maxStrokes || len(sc.batch)-sc.copied < batchSize
}

// next is the stroke to pick. The scratch must not be full.
func (sc *scratch) next() *stroke {
	sc.picked++
	return &sc.strokes[sc.picked-1]
}

// clear forgets what was written; who it was for is still there.
func (sc *scratch) clear() {
	for k := range sc.strokes[:sc.picked] {
		st := &sc.strokes[k]
		*st = stroke{i: st.i, gen: st.gen}
	}
	sc.picked, sc.copied = 0, 0
}

// gather lists the bytes of a batch, without the first skip ones: those of one frame in
// at most three pieces, those of many copied into one.
func (sc *scratch) gather(st *stroke, batch []entry, skip int) {
	if len(batch) > 1 {
		all := sc.batch[sc.copied:sc.copied]
		for _, e := range batch {
			all = e.appendTo(all)
		}
		sc.copied += len(all)
		st.add(all[skip:])
		return
	}
	f := batch[0].frame
	list := [3][]byte{f.head}
	if f.rest != nil {
		list[1], list[2] = f.body, f.tail
	}
	for _, p := range list {
		cut := min(skip, len(p))
		skip -= cut
		if p = p[cut:]; len(p) > 0 { // of an empty one TLS would make an empty record
			st.add(p)
		}
	}
}

// scratchPool is for those who write for one connection mostly, and may have to wait there.
var scratchPool = sync.Pool{New: func() any { return newScratch(batchSize) }}

func newScratch(room int) *scratch { return &scratch{batch: make([]byte, room)} }
