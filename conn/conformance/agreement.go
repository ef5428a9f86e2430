package conformance

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// deflateDue is what a server must make of an offer of permessage-deflate.
type deflateDue uint8

const (
	notOffered deflateDue = iota
	accepted              // one of the offers
	declined              // in silence: the connection works, without compression
)

// agreement is the outcome of the negotiation (RFC 7692 7.1). The zero value is none.
type agreement struct {
	on                   bool
	serverFresh          bool // server_no_context_takeover
	clientFresh          bool // client_no_context_takeover
	serverBits           int  // the window of the server, 8 to 15
	clientBits           int  // the window of the client, 8 to 15
	serverSaid           bool // server_max_window_bits is present
	clientSaid, anything bool // client_max_window_bits is present, and without a value
}

const maxBits = 15

// agree reads what the server has made of the offer.
func (c *conversation) agree(offer string, due deflateDue, extensions []string) error {
	switch {
	case due != accepted && extensions != nil:
		return fmt.Errorf("offered %q, the server agrees to %q", offer, extensions)
	case due != accepted:
		return nil
	case len(extensions) != 1:
		return fmt.Errorf("offered %q, the server agrees to %q, want one extension", offer, extensions)
	}
	got, err := parseAgreement(extensions[0])
	if err != nil {
		return fmt.Errorf("the server agrees to %q: %w", extensions[0], err)
	}
	if got.anything {
		return fmt.Errorf("the server agrees to %q: client_max_window_bits without a value", extensions[0])
	}
	var all error
	for one := range strings.SplitSeq(offer, ",") {
		asked, err := parseAgreement(one)
		if err == nil {
			err = got.suits(asked)
		}
		if err == nil {
			if asked.clientBits < got.clientBits {
				got.clientBits = asked.clientBits // what we have announced for ourselves
			}
			c.agreed = got
			c.inner = inflater{window: 1 << got.serverBits, fresh: got.serverFresh}
			c.out = newSqueezer(got.clientBits, got.clientFresh)
			return nil
		}
		all = errors.Join(all, err)
	}
	return fmt.Errorf("offered %q, the server agrees to %q: %w", offer, extensions[0], all)
}

// suits applies the rules for an answer to one offer.
func (a agreement) suits(asked agreement) error {
	switch {
	case asked.serverFresh && !a.serverFresh:
		return errors.New("server_no_context_takeover was asked for and is not confirmed (RFC 7692 7.1.1.1)")
	case asked.serverSaid && !a.serverSaid:
		return errors.New("server_max_window_bits was asked for and is not confirmed (RFC 7692 7.1.2.1)")
	case asked.serverSaid && a.serverBits > asked.serverBits:
		return errors.New("the window of the server is larger than asked for (RFC 7692 7.1.2.1)")
	case a.clientSaid && !asked.clientSaid:
		return errors.New("client_max_window_bits was not offered (RFC 7692 7.1.2.2)")
	case a.clientSaid && a.clientBits > asked.clientBits:
		return errors.New("the window of the client is larger than offered (RFC 7692 7.1.2.2)")
	}
	return nil
}

// parseAgreement reads one extension with its parameters, strictly.
func parseAgreement(s string) (agreement, error) {
	a := agreement{on: true, serverBits: maxBits, clientBits: maxBits}
	if strings.Contains(s, ",") {
		return a, errors.New("more than one extension")
	}
	name, rest, more := strings.Cut(strings.TrimSpace(s), ";")
	if strings.TrimSpace(name) != "permessage-deflate" {
		return a, fmt.Errorf("%q was not offered", name)
	}
	seen := map[string]bool{}
	for more {
		var parameter string
		parameter, rest, more = strings.Cut(rest, ";")
		name, value, valued := strings.Cut(strings.TrimSpace(parameter), "=")
		if seen[name] {
			return a, fmt.Errorf("%s twice", name)
		}
		seen[name] = true
		bits, err := strconv.Atoi(strings.Trim(value, `"`))
		if valued && (err != nil || bits < 8 || bits > maxBits || value[0] == '0') {
			return a, fmt.Errorf("%s=%s", name, value)
		}
		switch {
		case name == "server_no_context_takeover" && !valued:
			a.serverFresh = true
		case name == "client_no_context_takeover" && !valued:
			a.clientFresh = true
		case name == "server_max_window_bits" && valued:
			a.serverSaid, a.serverBits = true, bits
		case name == "client_max_window_bits":
			a.clientSaid, a.anything = true, !valued
			if valued {
				a.clientBits = bits
			}
		default:
			return a, fmt.Errorf("the parameter %q", parameter)
		}
	}
	return a, nil
}
