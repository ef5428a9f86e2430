package icecast

import (
	"errors"
	"net/netip"
	"strings"
)

// CheckHost says why a text is no host of a server, nil if it is one: a name, an IPv4
// address, or an IPv6 address with brackets or without.
func CheckHost(host string) error {
	inner, bracketed := bareHost(host)
	addr, err := netip.ParseAddr(inner)
	isAddr := err == nil
	switch {
	case host == "" || strings.ContainsAny(host, "/?#@ "):
		return errors.New("it must be the name or address of a host, without http:// and without a path")
	case isAddr && (!bracketed || addr.Is6()):
		return nil
	case strings.HasPrefix(host, "[") && strings.Contains(host, "]:"), !strings.ContainsAny(host, "[]") && strings.Contains(host, ":"):
		return errors.New("it must be the host alone; leave the port to its own setting")
	case strings.ContainsAny(host, "[]"):
		return errors.New("only an IPv6 address may stand in brackets, and has both of them")
	}
	return nil
}

// bareHost is a host without the brackets that an IPv6 address has in front of a port.
func bareHost(host string) (bare string, bracketed bool) {
	inner, opened := strings.CutPrefix(host, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if opened && closed {
		return inner, true
	}
	return host, false
}
