package render

import (
	"bytes"
	"regexp"
)

var comments = regexp.MustCompile(`(?s)<!--.*?-->\n?`)

// clean removes what a page does not need: the prolog before the picture, so that it can stand inside an HTML page, and the
// comments, one of which names the library's version and build. It names fonts of the same widths to fall back on.
func clean(svg []byte) []byte {
	if at := bytes.Index(svg, []byte("<svg")); at > 0 {
		svg = svg[at:]
	}
	svg = comments.ReplaceAll(svg, nil)
	return bytes.ReplaceAll(svg, []byte(`font-family="Arial"`), []byte(`font-family="Arial,Helvetica,sans-serif"`))
}
