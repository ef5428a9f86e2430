package server

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// hostname is the host part of a Host header, without port and brackets, in
// lower case.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
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

// sameHost tells whether a request comes from a page of the host it is sent to.
// Port and scheme may differ: a page may be served by another program of the same
// host. A request without Origin comes from no browser and is accepted.
func sameHost(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	from, err := url.Parse(origin)
	return err == nil && from.Host != "" && hostname(from.Host) == hostname(r.Host)
}
