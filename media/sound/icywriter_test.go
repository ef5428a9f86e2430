package sound

import "io"

// icyWriter is the plain twin of a Feed with titles. After every metaint bytes of sound comes one length
// byte L and 16·L bytes of text, padded with zeros; L is 0 while the title is
// the same. One goroutine owns it.
type icyWriter struct {
	w       io.Writer
	metaint int
	left    int // bytes of sound until the next block
	title   string
	sent    string
	fresh   bool // no block was written yet
}

// newICYWriter returns a writer that sends sound to w with a metadata block
// after every metaint bytes (DefaultMetaint if not positive).
func newICYWriter(w io.Writer, metaint int) *icyWriter {
	if metaint <= 0 {
		metaint = DefaultMetaint
	}
	return &icyWriter{w: w, metaint: metaint, left: metaint, fresh: true}
}

// SetTitle names the sound written from now on.
func (m *icyWriter) SetTitle(title string) { m.title = title }

// Write sends sound. The count it returns is of sound bytes alone.
func (m *icyWriter) Write(sound []byte) (int, error) {
	done := 0
	for {
		part := sound[done:min(len(sound), done+m.left)]
		if len(part) > 0 {
			n, err := m.w.Write(part)
			done += n
			m.left -= n
			if err != nil {
				return done, err
			}
		}
		if m.left > 0 {
			return done, nil
		}
		if err := m.block(); err != nil {
			return done, err
		}
		m.left = m.metaint
	}
}

func (m *icyWriter) block() error {
	if !m.fresh && m.title == m.sent {
		_, err := m.w.Write([]byte{0})
		return err
	}
	m.fresh, m.sent = false, m.title
	_, err := m.w.Write(titleBlock(m.title))
	return err
}
