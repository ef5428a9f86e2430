//go:build linux

package conn

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"slices"
)

var printSeed = maphash.MakeSeed()

// fingerprint stands for the composed state of a world: the machines, what waits in and
// between them, where everybody is, and what was told to whom. What grows for ever is
// left out: numbers of messages, times, slots' generations, and how often an outbox is in
// the list of those to be written.
func (w *world) fingerprint() uint64 {
	b := make([]byte, 0, 1024)
	for k, s := range w.shards {
		b = append(b, 'S', flags(s.owned, s.roused, w.closed, w.late, w.closing, s.sweep.next != 0, s.sweep.next != 0 && int32(w.now-s.sweep.next) >= 0, w.swept[k] == s.sweep.next))
		b = append(b, byte(len(s.news.items)), byte(min(len(s.dirty), 2)), byte(s.news.audience))
		for n := range s.table.used {
			b = w.printConnection(b, s, n)
		}
		if l, ok := s.carrier.(*loop); ok {
			kernel := l.kernel.(*simKernel)
			for _, ev := range l.events[:l.n] {
				b = append(b, byte(ev.Events), byte(ev.Events>>8), byte(ev.Pad))
			}
			b = append(b, 'L', flags(kernel.rung, kernel.open), byte(min(kernel.passed, 12)), byte(len(l.unread)), byte(len(l.doomed)), byte(len(l.errands)), byte(len(kernel.edges)))
		}
	}
	for _, p := range w.people {
		b = p.print(b)
	}
	from := len(b)
	var all [][]byte
	for _, a := range w.actors {
		one := []byte{byte(a.kind), byte(a.who), byte(a.at), flags(w.ready(a)), byte(a.holds), byte(a.holds >> 8), flags(a.tells > 0)}
		one = binary.LittleEndian.AppendUint64(one, a.place)
		all = append(all, one)
	}
	slices.SortFunc(all, bytes.Compare)
	b = slices.Concat(append([][]byte{b[:from]}, all...)...)
	for _, j := range w.jobs {
		b = append(b, 'J', byte(j.slot), byte(j.what), byte(j.kind))
	}
	return maphash.Bytes(printSeed, b)
}

func flags(all ...bool) (b byte) {
	for k, f := range all {
		if f {
			b |= 1 << k
		}
	}
	return b
}

func (w *world) printConnection(b []byte, s *shard, i uint32) []byte {
	r := s.table.record(i)
	if !r.life.Live() {
		return append(b, 0)
	}
	b = append(b, 1+byte(r.life.State()), byte(r.box.State()), byte(r.hears), byte(r.standing), byte(r.marks),
		flags(r.due != 0, r.due != 0 && int32(s.now-r.due) >= 0, r.fd == noSocket), byte(s.news.end()-r.seen))
	wk := s.table.seat(i).work
	if wk == nil {
		return append(b, 0)
	}
	b = append(b, 1, byte(wk.pen), byte(wk.ending), flags(wk.reason != nil, wk.held != nil, wk.parked != nil, wk.last != nil),
		byte(wk.heldAs), byte(wk.held.len()), byte(wk.parked.len()), byte(wk.decoder.stage), wk.decoder.headN,
		byte(wk.decoder.message.len()), byte(len(wk.request.data)), byte(wk.why.By), byte(wk.why.Code), byte(wk.box.taken))
	b = binary.LittleEndian.AppendUint16(b, uint16(wk.box.begun))
	for n, e := range wk.box.queue {
		if n == 8 {
			break
		}
		b = append(b, e.head[0], e.head[min(2, len(e.head)-1)], flags(e.answer, e.rest != nil))
	}
	return b
}

// print leaves out what cannot matter any more.
func (p *person) print(b []byte) []byte {
	s := p.sock
	b = append(b, 'P', byte(p.asked), byte(p.phase), byte(p.creates), byte(p.greets), byte(p.final))
	if p.session != nil {
		b = append(b, p.session.inside...)
		b = append(b, byte(p.session.connected), byte(p.session.left))
		if p.session.current >= 0 {
			b = append(b, p.said[p.session.current].letter)
		}
	}
	if s.closed {
		return b
	}
	b = append(b, flags(s.eof, s.reset, s.starved, s.shutWr, s.shut, s.edged, s.signalled, s.k != nil), flags(s.busy > 0, p.closes, p.spoiled, s.awaited))
	b = binary.LittleEndian.AppendUint16(b, uint16(min(s.room, 0xFFFF)))
	b = append(b, byte(len(s.in)), byte(len(s.in)>>8), byte(len(p.tail)), byte(len(p.pings)-p.ponged))
	if p.session == nil {
		return b
	}
	// What was said and not executed yet.
	for _, num := range p.calls[p.session.executed:] {
		b = append(b, p.said[num].letter)
	}
	return b
}
