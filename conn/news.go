package conn

// news is what is broadcast to the members of one shard: a log, of which each member
// knows how far it has come. It is empty while nothing is on its way.
type news struct {
	items    []frame
	first    uint32 // number of items[0]; the numbers wrap
	bytes    int
	audience int // members that packets can be sent to
}

func (n *news) pending() bool { return len(n.items) > 0 }
func (n *news) end() uint32   { return n.first + uint32(len(n.items)) }

// add puts a frame at the end. An older one of its topic, which is to reach nobody any
// more, leaves an empty one: whoever has missed that misses this one as well.
func (n *news) add(f frame) {
	if f.rest != nil && f.topic != "" {
		for at := len(n.items) - 1; at >= 0; at-- {
			if old := &n.items[at]; old.about(f.topic) {
				n.bytes -= newsCost(*old) - newsCost(frame{})
				*old = frame{}
				break
			}
		}
	}
	n.items = append(n.items, f)
	n.bytes += newsCost(f)
}

// newsCost is what a frame in the log takes in memory, in bytes.
func newsCost(f frame) int { return f.size() - f.sharedSize() + bookkeeping }

// maxNews is for how many frames a log keeps room while it is empty.
const maxNews = 256

// trim drops what everybody has, up to the number end.
func (n *news) trim(end uint32) {
	gone := int(int32(end - n.first))
	if gone <= 0 {
		return
	}
	left := copy(n.items, n.items[gone:])
	clear(n.items[left:])
	n.items = n.items[:left]
	n.first = end
	n.bytes = 0
	for _, f := range n.items {
		n.bytes += newsCost(f)
	}
	if left == 0 && cap(n.items) > maxNews {
		n.items = nil
	}
}

// admit lets a connection take part in broadcasts from now on, unless packets cannot be
// sent to it: onWSConnect was not called yet, or the end has begun.
func (s *shard) admit(i uint32) {
	r := s.table.record(i)
	if r.standing == member || !r.accepts() {
		return
	}
	r.standing, r.seen = member, s.news.end()
	s.news.audience++
}

// retire ends a connection's part in broadcasts.
func (s *shard) retire(i uint32) {
	if r := s.table.record(i); r.standing == member {
		r.standing = former
		s.news.audience--
	}
}

// catchUp queues what was broadcast and a member has not got yet. It is called before
// anything else is queued for it, which keeps the order.
func (s *shard) catchUp(i uint32) {
	r := s.table.record(i)
	if r.standing != member || r.seen == s.news.end() {
		return
	}
	from := int(r.seen - s.news.first)
	r.seen = s.news.end()
	for at := from; at < len(s.news.items); at++ {
		f := s.news.items[at]
		if f.head != nil && !s.push(i, f.to(r.ext)) {
			return
		}
	}
}

// spread delivers what was broadcast so far to every member, in the order of the table.
// With a scratch it writes, where anyone may: then a few pieces of work serve one member
// after the other. It may run more than once at a time.
func (s *shard) spread(sc *scratch) {
	if !s.news.pending() {
		return
	}
	writes := sc != nil && s.carrier.anyoneWrites()
	end := s.news.end()
	for i := uint32(0); i < s.table.used; i++ {
		r := s.table.record(i)
		if r.standing != member || int32(end-r.seen) <= 0 {
			continue
		}
		if !writes {
			s.catchUp(i)
			continue
		}
		gen := r.gen
		r.marks.set(markDirty) // so that nobody puts it on the list
		s.catchUp(i)
		s.flushSoon(i, gen, sc)
	}
	if writes {
		s.flushPicked(sc)
	}
	s.news.trim(end)
}
