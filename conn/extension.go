package conn

import "bytes"

// extension is what the opening handshake has agreed upon beyond RFC 6455. Zero is
// nothing; the only extension known here is permessage-deflate (RFC 7692), always
// without context takeover in both directions, so that a connection keeps no
// compressor and no window between two messages.
type extension struct {
	window uint8 // of what the server compresses, as a power of two: 8 to 15, 0 without compression
}

func (x extension) compresses() bool { return x.window != 0 }

// maxWindow is the window of DEFLATE, as a power of two (RFC 1951 2).
const maxWindow = 15

// offer is an offer of permessage-deflate that can be accepted.
type offer struct {
	acceptable bool
	window     uint8 // server_max_window_bits, 0 when it is not named
}

// choose reads the value of one Sec-WebSocket-Extensions field, unless a field before it
// had an offer that can be accepted: offers are in order of preference (RFC 6455 9.1).
func (o *offer) choose(value []byte) {
	for more := true; more && !o.acceptable; {
		var one []byte
		one, value, more = cutUnquoted(value, ',')
		*o = parseOffer(one)
	}
}

// extension is what accepting the offer agrees upon.
func (o offer) extension() extension {
	switch {
	case !o.acceptable:
		return extension{}
	case o.window == 0:
		return extension{window: maxWindow}
	}
	return extension{window: o.window}
}

// appendAnswer adds the header line that accepts the offer. The window is answered
// where it was asked for (RFC 7692 7.1.2.1); that the client may use a window of any
// size for its own messages is said by silence (7.1.2.2).
func (o offer) appendAnswer(dst []byte) []byte {
	if !o.acceptable {
		return dst
	}
	dst = append(dst, "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover"...)
	if o.window != 0 {
		dst = append(dst, "; server_max_window_bits="...)
		if o.window >= 10 {
			dst = append(dst, '1')
		}
		dst = append(dst, '0'+o.window%10)
	}
	return append(dst, "\r\n"...)
}

// The parameters of an offer (RFC 7692 7.1), as bits.
const (
	serverNoContextTakeover = 1 << iota
	clientNoContextTakeover
	serverMaxWindowBits
	clientMaxWindowBits
)

// parseOffer reads one element of the list. RFC 7692 7.1 has an offer declined for
// an unknown parameter, an invalid value, and a parameter named twice; one that does
// not follow the grammar is no better. A declined offer declines no other.
func parseOffer(b []byte) offer {
	name, rest, more := cutUnquoted(b, ';')
	if string(trimSpace(name)) != "permessage-deflate" {
		return offer{}
	}
	o := offer{acceptable: true}
	seen := 0
	for more {
		var param []byte
		param, rest, more = cutUnquoted(rest, ';')
		name, value, valued := bytes.Cut(param, []byte("="))
		is := 0
		switch string(trimSpace(name)) {
		case "server_no_context_takeover":
			is = serverNoContextTakeover
		case "client_no_context_takeover":
			is = clientNoContextTakeover
		case "server_max_window_bits":
			is = serverMaxWindowBits
		case "client_max_window_bits":
			is = clientMaxWindowBits
		}
		if is == 0 || seen&is != 0 {
			return offer{}
		}
		seen |= is
		bits, isWindow := uint8(0), false
		if valued {
			bits, isWindow = parseWindow(trimSpace(value))
		}
		switch is {
		case serverMaxWindowBits:
			o.window = bits
			o.acceptable = isWindow
		case clientMaxWindowBits: // the value is optional here
			o.acceptable = isWindow || !valued
		default:
			o.acceptable = !valued
		}
		if !o.acceptable {
			return offer{}
		}
	}
	return o
}

// parseWindow reads the value of a window parameter: 8 to 15 without leading zeros
// (RFC 7692 7.1.2), as a token or as a quoted string (RFC 6455 9.1).
func parseWindow(value []byte) (bits uint8, ok bool) {
	var plain [2]byte
	n := 0
	quoted := len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"'
	if quoted {
		value = value[1 : len(value)-1]
	}
	for i := 0; i < len(value); i++ {
		if quoted && value[i] == '\\' {
			i++
		}
		if i == len(value) || n == len(plain) || !isDigit(value[i]) {
			return 0, false
		}
		plain[n] = value[i]
		n++
	}
	switch {
	case n == 1:
		bits = plain[0] - '0'
	case n == 2 && plain[0] == '1':
		bits = 10 + plain[1] - '0'
	}
	return bits, 8 <= bits && bits <= maxWindow
}

// cutUnquoted is bytes.Cut at the first sep that is not within a quoted string
// (RFC 9110 5.6.4).
func cutUnquoted(b []byte, sep byte) (before, after []byte, found bool) {
	quoted := false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == sep && !quoted:
			return b[:i], b[i+1:], true
		}
	}
	return b, nil, false
}
