package server

import (
	"net"
	"net/http"
	"strings"
)

// hostname is the host part of a Host header, without port, brackets and the dot
// that may end a complete name, in lower case.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// isLocalHost tells whether a Host header names this machine by a name that no
// foreign page can have: a page on another name that resolves to this machine
// (DNS rebinding) still sends its own name.
func isLocalHost(host string) bool {
	name := hostname(host)
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// isForwarded tells whether a request shows signs of a proxy: the headers that
// most of them add, or HTTP/1.0, which no browser speaks and nginx does unless it
// is told otherwise.
func isForwarded(r *http.Request) bool {
	for name := range r.Header {
		if name == "Forwarded" || name == "Via" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return !r.ProtoAtLeast(1, 1)
}

// sameHost tells whether a request comes from a page of the host it is sent to, or
// from no page at all.
func sameHost(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || origins(nil).allow(origin, r.Host)
}
