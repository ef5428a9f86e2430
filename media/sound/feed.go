package sound

// Feed is what a listener is sent, as pieces that all listeners share: the head of
// the format, the sound, and the titles between it for players that asked for
// them. Nothing is copied; what is the listener's own is where it stands. Like its
// Listener it belongs to one goroutine at a time.
//
// With titles, one length byte L and 16·L bytes of text, padded with zeros, come
// after every metaint bytes of sound; L is 0 while the title is the same.
type Feed struct {
	listener *Listener
	metaint  int    // 0: no titles
	left     int    // bytes of sound until the next block
	sent     string // the last title
	fresh    bool   // none was sent yet
	pending  []byte // sound that was read and has not been passed on
	err      error  // ends the feed
}

// NewFeed joins a mount. Titles come after every metaint bytes, not at all if it is
// 0; see Format.ICY. It must be closed.
func (m *Mount) NewFeed(metaint int) *Feed {
	return &Feed{listener: m.Join(), metaint: metaint, left: metaint, fresh: true}
}

// Close ends the listening. Closing twice is allowed.
func (f *Feed) Close() { f.listener.Close() }

// Next appends what is there to pieces, as far as they have room (their capacity),
// and does not wait; who leaves room has appended everything. The pieces must not
// be written to, and stay valid. The errors are ErrTooSlow and ErrEnded; with one
// of them nothing is appended.
func (f *Feed) Next(pieces [][]byte) ([][]byte, error) {
	before := len(pieces)
	for len(pieces) < cap(pieces) {
		if f.metaint > 0 && f.left == 0 {
			pieces = append(pieces, f.block())
			continue
		}
		if len(f.pending) == 0 && !f.read() {
			break
		}
		part := f.pending
		if f.metaint > 0 {
			part = part[:min(len(part), f.left)]
			f.left -= len(part)
		}
		f.pending = f.pending[len(part):]
		pieces = append(pieces, part[:len(part):len(part)])
	}
	if len(pieces) > before {
		return pieces, nil
	}
	return pieces, f.err
}

// Kept reports whether the sound that Next reads next is still kept, or will be made.
// Sound that Next has returned is valid in any case.
func (f *Feed) Kept() bool { return f.listener.mount.ring.Keeps(f.listener.at) }

// read takes the next sound of the ring, and reports whether there is some.
func (f *Feed) read() bool {
	f.pending = nil // which kept a chunk of the ring alive
	if f.err != nil {
		return false
	}
	f.pending, f.err = f.listener.Read()
	return len(f.pending) > 0
}

// block is the next block, with the title of the sound in front of it.
func (f *Feed) block() []byte {
	f.left = f.metaint
	title := f.listener.Title()
	if !f.fresh && title == f.sent {
		return silentBlock
	}
	f.fresh, f.sent = false, title
	return f.listener.mount.titleBlock(title)
}
