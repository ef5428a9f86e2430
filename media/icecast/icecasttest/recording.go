package icecasttest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Title is what the server's public status says that a mount plays. There is none, and
// ok is false, while the mount has no source.
func (s *Server) Title(mount string) (title string, ok bool) {
	s.t.Helper()
	response, err := http.Get(s.URL("/status-json.xsl")) //nolint:noctx // a server of this test
	if err != nil {
		return "", false
	}
	defer response.Body.Close()
	var page struct {
		Stats struct {
			Source json.RawMessage `json:"source"` // one object, or a list of several
		} `json:"icestats"`
	}
	// Icecast 2.4 writes what is no JSON while a source comes or goes.
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil {
		s.said = err.Error()
		return "", false
	}
	type source struct {
		URL   string `json:"listenurl"`
		Title string `json:"title"`
	}
	var list []source
	if strings.HasPrefix(string(page.Stats.Source), "[") {
		err = json.Unmarshal(page.Stats.Source, &list)
	} else if len(page.Stats.Source) > 0 {
		list = make([]source, 1)
		err = json.Unmarshal(page.Stats.Source, &list[0])
	}
	if err != nil {
		s.t.Fatalf("the server's status: %v", err)
	}
	for _, one := range list {
		if strings.HasSuffix(one.URL, mount) {
			return one.Title, true
		}
	}
	return "", false
}

// Await returns when a mount plays a title; "" stands for any.
func (s *Server) Await(mount, title string) {
	s.t.Helper()
	ask := time.NewTicker(20 * time.Millisecond)
	defer ask.Stop()
	for late := time.After(patience); ; {
		got, ok := s.Title(mount)
		if ok && (title == "" || got == title) {
			return
		}
		select {
		case <-ask.C:
		case <-late:
			s.t.Fatalf("the mount %s plays %q, %v, want %q (%s)\n%s", mount, got, ok, title, s.said, s.Log())
		}
	}
}

// Record listens to a mount until it has got so many bytes.
func Record(t testing.TB, url string, bytes int) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", url, response.Status)
	}
	sound := make([]byte, bytes)
	if n, err := io.ReadFull(response.Body, sound); err != nil {
		t.Fatalf("%s ended after %d bytes: %v", url, n, err)
	}
	return sound
}
