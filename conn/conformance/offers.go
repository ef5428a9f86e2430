package conformance

import (
	"fmt"
	"strings"
)

// offers is section 13: what is agreed upon, and that both sides keep to it (RFC 7692
// 5, 7.1).
func offers() []Group {
	groups := []Group{}
	for flags := range 4 {
		g := Group{Name: "Every window of both sides"}
		name := plainOffer
		if flags&1 != 0 {
			name += "; server_no_context_takeover"
		}
		if flags&2 != 0 {
			name += "; client_no_context_takeover"
		}
		if flags != 0 {
			g.Name += strings.ReplaceAll(strings.TrimPrefix(name, plainOffer), ";", ",")
		}
		for _, server := range windows("server_max_window_bits") {
			for _, client := range append(windows("client_max_window_bits"), "; client_max_window_bits") {
				g.Cases = append(g.Cases, offered(name+server+client))
			}
		}
		groups = append(groups, g)
	}
	wide := Group{Name: "Messages larger than every window"}
	for _, server := range windows("server_max_window_bits") {
		wide.Cases = append(wide.Cases, wideOffered(plainOffer+server))
	}
	for _, client := range windows("client_max_window_bits")[1:] {
		wide.Cases = append(wide.Cases, wideOffered(plainOffer+client))
	}
	return append(groups, wide, listsOfOffers(), impossibleOffers())
}

// windows are the forms of a parameter: absent, and 8 to 15.
func windows(name string) []string {
	all := []string{""}
	for bits := 8; bits <= maxBits; bits++ {
		all = append(all, fmt.Sprintf("; %s=%d", name, bits))
	}
	return all
}

// wideOffered is a conversation whose messages are larger than 32 KiB and repeat at the
// far end of the window, and right behind it.
func wideOffered(offer string) Case {
	text, period := document(70<<10), append(noise(32<<10, 1), noise(32<<10, 1)...)
	return Case{About: "Large messages come back under the offer " + offer + ".", offer: offer, deflate: accepted}.
		then(say(message{op: opText, payload: text, squeezed: true}), inflated{opText, text, true}).
		then(say(message{op: opBinary, payload: period, squeezed: true, fragment: 5000}), inflated{op: opBinary, payload: period})
}

// offered is a conversation whose messages need a small window, and more, and whose
// second half repeats the first.
func offered(offer string) Case {
	long, short := document(1500), document(200)
	period := append(noise(600, 1), noise(600, 1)...)
	c := Case{About: "Messages come back under the offer " + offer + ".", offer: offer, deflate: accepted}
	for range 2 {
		c = c.then(say(
			message{op: opText, payload: short, squeezed: true},
			message{op: opText, payload: long, squeezed: true, fragment: 200},
			message{op: opBinary, payload: period, squeezed: true}),
			inflated{op: opText, payload: short}, inflated{opText, long, true}, inflated{op: opBinary, payload: period})
	}
	return c
}

// listsOfOffers has offers that must be accepted although something stands beside them.
func listsOfOffers() Group {
	g := Group{Name: "Lists of offers, and their spelling"}
	for _, s := range []string{
		"permessage-deflate; server_no_context_takeover; server_max_window_bits=8, permessage-deflate; server_no_context_takeover, permessage-deflate",
		"permessage-deflate; server_max_window_bits=10, permessage-deflate",
		"permessage-deflate, permessage-deflate; server_max_window_bits=8",
		"permessage-deflate; mode=turbo, permessage-deflate",
		"permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=9",
		"permessage-deflate; server_max_window_bits=16, permessage-deflate; client_max_window_bits",
		"permessage-deflate; server_no_context_takeover; server_no_context_takeover, permessage-deflate; client_max_window_bits=12",
		"permessage-bzip2, permessage-deflate",
		"x-webkit-deflate-frame, permessage-deflate; client_max_window_bits",
		"permessage-deflate;server_max_window_bits=12;client_no_context_takeover",
		"permessage-deflate ;  server_max_window_bits=12 ; client_max_window_bits",
		`permessage-deflate; server_max_window_bits="12"`,
		`permessage-deflate; client_max_window_bits="9"; server_max_window_bits="9"`,
	} {
		g.Cases = append(g.Cases, offered(s))
	}
	return g
}

// impossibleOffers must be declined, one by one; the connection works without.
func impossibleOffers() Group {
	g := Group{Name: "Offers that must be declined"}
	for _, s := range []string{
		"permessage-deflate; server_max_window_bits",
		"permessage-deflate; server_max_window_bits=",
		"permessage-deflate; server_max_window_bits=0",
		"permessage-deflate; server_max_window_bits=7",
		"permessage-deflate; server_max_window_bits=16",
		"permessage-deflate; server_max_window_bits=010",
		"permessage-deflate; server_max_window_bits=08",
		"permessage-deflate; server_max_window_bits=-8",
		"permessage-deflate; server_max_window_bits=8.0",
		"permessage-deflate; server_max_window_bits=ten",
		"permessage-deflate; server_max_window_bits=8; server_max_window_bits=8",
		"permessage-deflate; client_max_window_bits=7",
		"permessage-deflate; client_max_window_bits=16",
		"permessage-deflate; client_max_window_bits=08",
		"permessage-deflate; client_max_window_bits; client_max_window_bits",
		"permessage-deflate; client_max_window_bits; client_max_window_bits=10",
		"permessage-deflate; server_no_context_takeover=1",
		"permessage-deflate; server_no_context_takeover=true",
		"permessage-deflate; client_no_context_takeover=0",
		"permessage-deflate; server_no_context_takeover; server_no_context_takeover",
		"permessage-deflate; client_no_context_takeover; client_no_context_takeover",
		"permessage-deflate; mode=turbo",
		"permessage-deflate; server_max_window_bits=10; x",
		"permessage-bzip2",
		"x-webkit-deflate-frame",
		"permessage-deflates",
		"permessage",
		"deflate",
	} {
		g.Cases = append(g.Cases, Case{About: "The offer " + s + " is declined.", offer: s, deflate: declined}.
			then(say(text("one"), bin("\x00")), text("one"), bin("\x00")))
	}
	g.Cases = append(g.Cases, Case{About: "RSV1 after an offer that was declined fails the connection.", offer: "permessage-deflate; mode=turbo", deflate: declined}.
		then(say(text("one"), raw(fin|rsv1|opText, "\xf2\x48\xcd\xc9\xc9\x07\x00")), text("one"), fails(protocolError)))
	return g
}
