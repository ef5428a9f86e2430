package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// onlyCleanPaths answers every path that is no plain name of something with 404,
// whatever lies behind it: empty, "." and ".." as an element, and elements that turn
// into more than one, or into nothing a file can be called, when they are decoded.
// The router would answer some of these with a redirect, and decode others.
func onlyCleanPaths(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isCleanPath(r.URL.EscapedPath()) {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isCleanPath decides over a path as it came over the wire. It may end with a slash.
func isCleanPath(escaped string) bool {
	rest, isAbsolute := strings.CutPrefix(escaped, "/")
	if !isAbsolute {
		return false
	}
	rest = strings.TrimSuffix(rest, "/")
	if rest == "" {
		return escaped == "/"
	}
	for element := range strings.SplitSeq(rest, "/") {
		name, err := url.PathUnescape(element)
		if err != nil || name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") || climbs(name) {
			return false
		}
	}
	return true
}

// climbs tells whether a name would lead upwards where a backslash separates names.
// Here it is a character as any other, and there are songs that have it.
func climbs(name string) bool {
	return strings.Contains(name, `\`) && slices.Contains(strings.Split(name, `\`), "..")
}

// fileNames are the names that a request for a file may mean, the likelier first.
// The WebUI of MusicDB 8 does not encode a question mark in the name of a directory,
// so what looks like a query may be the rest of the name.
func fileNames(r *http.Request) []string {
	name := r.PathValue("path")
	if r.URL.RawQuery == "" || !isCleanPath("/"+r.URL.RawQuery) && !isCleanPath(r.URL.RawQuery) {
		return []string{name}
	}
	rest, err := url.PathUnescape(r.URL.RawQuery)
	if err != nil {
		return []string{name}
	}
	return []string{name, name + "?" + rest}
}
