package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"musicdb/media/tasks"
)

// The types of settings that are lists. An empty value is an empty list.

// Commas is a list of texts separated by commas.
type Commas []string

// Decode splits and strips.
func (l *Commas) Decode(value string) error {
	*l = split(value, ",")
	return nil
}

// String is the list as it is written.
func (l Commas) String() string { return strings.Join(l, ", ") }

// HostNames is a list of names of hosts, or null for pages without one.
type HostNames []string

// Decode accepts names and addresses, also as complete origins of pages. There is no
// name for all: any page could use the server through the browser of whoever opens it.
func (l *HostNames) Decode(value string) error {
	list := split(value, ",")
	for _, name := range list {
		host := name
		if page, err := url.Parse(name); err == nil && page.Host != "" {
			host = page.Hostname()
		}
		if strings.ContainsAny(host, "*/ \t@?#") {
			return fmt.Errorf("%q is no name of a host; allowed are names such as music.example, comma separated, each in full", name)
		}
	}
	*l = list
	return nil
}

// String is the list as it is written.
func (l HostNames) String() string { return strings.Join(l, ", ") }

// Slashes is a list of file names separated by slashes, which no name contains.
type Slashes []string

// Decode splits and strips.
func (l *Slashes) Decode(value string) error {
	*l = split(value, "/")
	return nil
}

// String is the list as it is written.
func (l Slashes) String() string { return strings.Join(l, " / ") }

// ContentTypes is a list of what may be uploaded.
type ContentTypes []string

// Decode accepts the content types of the protocol.
func (l *ContentTypes) Decode(value string) error {
	list := split(value, ",")
	for _, kind := range list {
		switch kind {
		case "artwork", "albumfile", "video":
		case "albumfiles":
			return errors.New("the content type is called albumfile; allowed are artwork, albumfile and video")
		default:
			return fmt.Errorf("%q is no content type; allowed are artwork, albumfile and video", kind)
		}
	}
	*l = list
	return nil
}

// String is the list as it is written.
func (l ContentTypes) String() string { return strings.Join(l, ", ") }

// types are the content types for the tasks.
func (l ContentTypes) types() []tasks.ContentType {
	types := make([]tasks.ContentType, len(l))
	for i, name := range l {
		types[i] = tasks.ContentType(name)
	}
	return types
}

// Edges is a list of edge lengths of squares, in pixels.
type Edges []int

// maxEdge is the longest edge of a picture that is made, in pixels.
const maxEdge = 4096

// Decode accepts lengths from 1 to maxEdge.
func (l *Edges) Decode(value string) error {
	var list []int
	for _, text := range split(value, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxEdge {
			return fmt.Errorf("%q is no edge length; allowed are numbers from 1 to %d, comma separated", text, maxEdge)
		}
		if !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	*l = list
	return nil
}

// String is the list as it is written.
func (l Edges) String() string {
	texts := make([]string, len(l))
	for i, n := range l {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}

// Size is that of a picture, in pixels.
type Size struct{ Width, Height int }

// Sizes is a list of them.
type Sizes []Size

// Decode accepts WIDTHxHEIGHT with lengths from 1 to maxEdge.
func (l *Sizes) Decode(value string) error {
	var list []Size
	for _, text := range split(value, ",") {
		width, height, _ := strings.Cut(text, "x")
		w, errW := strconv.Atoi(width)
		h, errH := strconv.Atoi(height)
		if errW != nil || errH != nil || w < 1 || w > maxEdge || h < 1 || h > maxEdge {
			return fmt.Errorf("%q is no size; allowed are sizes such as 150x83, of 1 to %d pixels each way, comma separated", text, maxEdge)
		}
		if !slices.Contains(list, Size{w, h}) {
			list = append(list, Size{w, h})
		}
	}
	*l = list
	return nil
}

// String is the list as it is written.
func (l Sizes) String() string {
	texts := make([]string, len(l))
	for i, s := range l {
		texts[i] = fmt.Sprintf("%dx%d", s.Width, s.Height)
	}
	return strings.Join(texts, ", ")
}

// split returns the elements without blanks around them, and without empty ones.
func split(value, separator string) []string {
	var list []string
	for element := range strings.SplitSeq(value, separator) {
		if element = strings.TrimSpace(element); element != "" {
			list = append(list, element)
		}
	}
	return list
}
