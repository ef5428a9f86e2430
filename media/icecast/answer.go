package icecast

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// What is read of an answer at most. Icecast's own are some hundred bytes.
const (
	headLimit = 16 << 10 // bytes of a head: status line and fields
	bodyLimit = 2 << 10  // bytes of a body, for the reason in it
	// interimLimit is how many answers of the kind "wait" (1xx) may come before one
	// that decides.
	interimLimit = 8
)

// errNoAnswer says that what came is no answer of HTTP.
var errNoAnswer = errors.New("this is no answer of HTTP; does an Icecast server listen there?")

// errLongAnswer says that the head of an answer does not end.
var errLongAnswer = fmt.Errorf("the head of the answer is longer than %d bytes", headLimit)

// answer is what of a server's answer matters.
type answer struct {
	status int    // 100 to 599
	reason string // of the status line, as the server wrote it
	body   string // its text, shortened and without markup; "" until readReason
}

// readAnswer reads the head of one answer (RFC 9112, 4 and 5), of HTTP/1.0 or
// 1.1. It reads no byte behind the head, and never more than headLimit. Lines may
// end in a bare line feed. The error is errNoAnswer, errLongAnswer, or that of r;
// io.EOF means that there was not a single byte.
func readAnswer(r *bufio.Reader) (answer, error) {
	left := headLimit
	line, err := readLine(r, &left)
	if err != nil {
		if len(line) == 0 && left == headLimit {
			return answer{}, err
		}
		return answer{}, unexpected(err)
	}
	a, err := parseStatus(line)
	if err != nil {
		return answer{}, err
	}
	for {
		line, err := readLine(r, &left)
		if err != nil {
			return answer{}, unexpected(err)
		}
		if len(line) == 0 {
			return a, nil
		}
	}
}

// readLine returns the next line without its end. What it has read is taken from
// left, also where it fails.
func readLine(r *bufio.Reader, left *int) ([]byte, error) {
	var line []byte
	for {
		b, err := r.ReadByte()
		if err != nil {
			return line, err
		}
		if *left--; *left < 0 {
			return line, errLongAnswer
		}
		if b == '\n' {
			return bytes.TrimSuffix(line, []byte{'\r'}), nil
		}
		line = append(line, b)
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// parseStatus reads a status line: HTTP/1.x, three digits, a reason.
func parseStatus(line []byte) (answer, error) {
	version, rest, _ := strings.Cut(string(line), " ")
	if version != "HTTP/1.0" && version != "HTTP/1.1" {
		return answer{}, errNoAnswer
	}
	digits, reason, _ := strings.Cut(rest, " ")
	if len(digits) != 3 {
		return answer{}, errNoAnswer
	}
	status := 0
	for _, d := range []byte(digits) {
		if d < '0' || d > '9' {
			return answer{}, errNoAnswer
		}
		status = 10*status + int(d-'0')
	}
	if status < 100 || status > 599 {
		return answer{}, errNoAnswer
	}
	return answer{status: status, reason: plain(reason)}, nil
}

// interim says that another answer follows.
func (a answer) interim() bool { return a.status < 200 }

// readReason reads what of the body comes in time: Icecast says there what is
// wrong. That nothing comes is no error.
func (a *answer) readReason(r io.Reader) {
	body, _ := io.ReadAll(io.LimitReader(r, bodyLimit)) // what was read before an error counts
	var text strings.Builder
	inTag := false
	for _, c := range string(body) {
		switch {
		case c == '<':
			inTag = true
			text.WriteByte(' ')
		case c == '>':
			inTag = false
		case !inTag:
			text.WriteRune(c)
		}
	}
	a.body = plain(text.String())
}

// plain makes a text of a server fit for a message: one short line.
func plain(text string) string {
	const most = 120
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(c rune) bool {
		return unicode.IsSpace(c) || !unicode.IsPrint(c)
	}), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

func (a answer) String() string {
	words := a.reason
	if a.body != "" && a.body != a.reason {
		words = strings.TrimSpace(words + ": " + a.body)
	}
	return fmt.Sprintf("%d %q", a.status, words)
}
