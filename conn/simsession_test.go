//go:build linux

package conn

import (
	"bytes"
	"errors"
	"fmt"
)

// simHandler makes the sessions of a world.
type simHandler struct{ w *world }

var errSimulated = errors.New("simulated")

func (h simHandler) NewSession(c Conn) (Session, error) {
	w := h.w
	r := c.s.at(c.slot, c.gen)
	p := w.personOf(c, r)
	if p == nil {
		w.fail("a session is created for nobody")
		return nil, errSimulated
	}
	if p.session != nil {
		w.fail("person %d gets two sessions", p.n)
	}
	s := &simSession{w: w, p: p, c: c, id: r.id, current: -1}
	p.session = s
	if err := c.Send([]byte("too early")); !errors.Is(err, ErrDiscarded) {
		w.fail("what is sent before onWSConnect is not discarded: %v", err)
	}
	w.pause(atSession, nil)
	switch p.creates {
	case fails:
		return nil, errSimulated
	case panics:
		panic(errSimulated)
	case sends:
		return nil, nil
	case works:
	}
	if w.Prompt {
		return promptSimSession{s}, nil
	}
	return s, nil
}

// personOf finds whose connection begins.
func (w *world) personOf(c Conn, r *record) *person {
	if link := c.s.table.seat(c.slot).work; link != nil && link.link != nil {
		return link.link.nc.(*socket).p
	}
	if s := w.socketAt(r.fd, "given a session"); s != nil {
		return s.p
	}
	return nil
}

// simSession examines how it is called, and does what messages tell it to.
type simSession struct {
	w         *world
	p         *person
	c         Conn
	id        uint64
	inside    string
	connected int
	left      int
	executed  int // of the person's calls
	current   int
	owed      int // callbacks of answers
}

type promptSimSession struct{ *simSession }

// Prompt takes the messages that do nothing but answer.
func (promptSimSession) Prompt(m []byte) bool { return bytes.IndexByte([]byte("oenfpac"), m[0]) >= 0 }

func (s *simSession) enter(method string) {
	if s.inside != "" {
		s.w.fail("%s of person %d is called during %s", method, s.p.n, s.inside)
	}
	if s.left > 0 {
		s.w.fail("%s of person %d is called after onWSDisconnect", method, s.p.n)
	}
	s.inside = method
}

func (s *simSession) leave() { s.inside = "" }

func (s *simSession) OnWSConnect() error {
	s.enter("onWSConnect")
	defer s.leave()
	s.connected++
	if s.connected > 1 {
		s.w.fail("onWSConnect of person %d is called twice", s.p.n)
	}
	if s.p.greets == sends {
		s.w.push(s.p)
	}
	s.w.pause(atSession, nil)
	switch s.p.greets {
	case fails:
		return errSimulated
	case panics:
		panic(errSimulated)
	case works, sends:
	}
	return nil
}

func (s *simSession) OnCall(m []byte) (Answer, error) {
	w, p := s.w, s.p
	s.enter("onCall")
	defer s.leave()
	num := number(m)
	if s.connected == 0 || s.executed == len(p.calls) || p.calls[s.executed] != num || p.said[num].letter != m[0] {
		w.fail("person %d has said %v, of which %d are executed, and %q is executed", p.n, p.calls, s.executed, m)
		return Answer{}, nil
	}
	s.executed++
	s.current = num
	before := m[0]
	if m[0] == 's' {
		p.said[num].push = w.push(p)
	}
	w.pause(atSession, nil)
	if m[0] != before || number(m) != num {
		w.fail("the message %d of person %d changes while it is executed: %q", num, p.n, m)
	}
	switch m[0] {
	case 'o', 's', 'F':
		return Answer{To: Response, Payload: fmt.Appendf(nil, "%c%06d", m[0], num)}, nil
	case 'e':
		return Answer{To: Response, Payload: m}, nil
	case 'b':
		return Answer{To: Response, Payload: fmt.Appendf(nil, "b%06d", num), Body: bigBody}, nil
	case 'S':
		s.owed++
		return Answer{To: Response, Payload: m, Sent: func() {
			s.owed--
			w.pause(atSession, nil)
		}}, nil
	case 'a':
		return Answer{To: ResponseToAll, Payload: w.announce(0)}, nil
	case 'f':
		return Answer{To: Response, Payload: m}, errSimulated
	case 'p':
		panic(errSimulated)
	case 'x':
		w.engine.Hub().Add(s.c)
	case 'y':
		w.engine.Hub().Remove(s.c)
	case 'c':
		s.c.Close(CodeGoingAway, "enough")
	}
	return Answer{}, nil
}

// bigBody makes an answer that fills a batch.
var bigBody = make([]byte, batchSize)

func (s *simSession) OnWSDisconnect(r Reason) {
	w, p := s.w, s.p
	s.enter("onWSDisconnect")
	defer s.leave()
	s.left++
	if s.connected == 0 {
		w.fail("onWSDisconnect of person %d is called without onWSConnect", p.n)
	}
	if err := s.c.Send([]byte("too late")); !errors.Is(err, ErrDiscarded) {
		w.fail("what is sent from onWSDisconnect is not discarded: %v", err)
	}
	w.checkReason(p, r)
	w.pause(atSession, nil)
	if p.creates == sends {
		panic(errSimulated)
	}
}

// push sends a notice to one, and returns its number.
func (w *world) push(p *person) int {
	num := len(w.notices)
	w.stamps++
	w.notices = append(w.notices, notice{to: p, start: w.stamps})
	err := p.session.c.Send(fmt.Appendf(nil, "#%06d", num))
	w.stamps++
	n := &w.notices[num]
	n.end, n.err = w.stamps, err
	if err != nil && n.reached {
		w.fail("the notice %d has reached person %d, and its sender gets %v", num, p.n, err)
	}
	return num
}

// announce makes a notice to all that the current actor is about to send.
func (w *world) announce(topic byte) []byte {
	num := len(w.notices)
	w.stamps++
	w.notices = append(w.notices, notice{topic: topic, start: w.stamps})
	if w.current != nil {
		w.current.tells = uint32(num + 1)
	}
	return fmt.Appendf(nil, "!%06d", num)
}

// broadcast sends a notice to all.
func (w *world) broadcast(topic byte) {
	payload := w.announce(topic)
	num := len(w.notices) - 1
	p := Parts{Head: payload}
	if topic != 0 {
		p.Topic = string(topic)
	}
	w.engine.Hub().Publish(p)
	w.stamps++
	w.notices[num].end = w.stamps
}

// entered is the moment at which a broadcast enters the log of every shard.
func (w *world) entered() {
	a := w.current
	if a == nil || w.abort {
		return
	}
	if a.tells == 0 {
		w.fail("a broadcast that nobody has sent")
		return
	}
	for _, p := range w.people {
		if p.session != nil && p.member() {
			p.expected = append(p.expected, int(a.tells-1))
		}
	}
	a.tells = 0
}
