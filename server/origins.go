package server

import (
	"net/url"
	"strings"
)

// origins are host names whose pages may open a websocket, besides the name that a
// request is sent to.
type origins map[string]bool

// nullOrigin is what a browser sends for a page without a name (RFC 6454, 7.1).
const nullOrigin = "null"

// newOrigins takes host names; a complete origin stands for the name in it.
func newOrigins(names []string) origins {
	allowed := make(origins, len(names))
	for _, name := range names {
		if page, err := url.Parse(name); err == nil && page.Host != "" {
			name = page.Host
		}
		allowed[hostname(strings.TrimSpace(name))] = true
	}
	delete(allowed, "")
	return allowed
}

// allow tells whether a page of the origin may connect to the host. The names must
// be the same; port and scheme may differ, because the page of an installation and
// its websocket often have different ones. Any page that somebody has open could
// otherwise speak with a server that only their browser can reach.
//
// The origin "null" names nobody. Any site can make its page send it, with a
// sandboxed frame, so it is as good as every origin: it is refused unless it is
// listed, although the reference server takes it.
func (o origins) allow(origin, host string) bool {
	if origin == nullOrigin {
		return o[nullOrigin]
	}
	page, err := url.Parse(origin)
	if err != nil || page.Host == "" {
		return false
	}
	name := hostname(page.Host)
	return name == hostname(host) || o[name]
}
