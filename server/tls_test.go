package server_test

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/server"
	"musicdb/server/client"
)

func secured(t *testing.T, mode server.TLSMode) (*daemon, *tls.Config) {
	dir := t.TempDir()
	config := must(server.TLSConfig(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")))(t)
	d := startDaemon(t, daemonOptions{change: func(o *server.Options) {
		o.WebSocket.TLS, o.WebSocket.Config = mode, config
		o.HTTP.TLS, o.HTTP.Config = mode, config
	}})
	return d, &tls.Config{InsecureSkipVerify: true} //nolint:gosec // what is tested is the server, not the trust
}

// On a loopback address one port speaks both, as the first byte wants it.
func TestOnePortSpeaksTLSAndPlain(t *testing.T) {
	t.Parallel()
	d, trust := secured(t, server.TLSAuto)
	for _, scheme := range []string{"ws", "wss"} {
		c, err := client.Dial(t.Context(), client.Options{URL: scheme + "://" + d.WebSocketAddr().String() + "/", Key: testKey, TLS: trust})
		if err != nil {
			t.Errorf("%s: %v", scheme, err)
			continue
		}
		if _, err := request(t, c, "GetArtists", nil); err != nil {
			t.Errorf("%s: %v", scheme, err)
		}
		_ = c.Close()
	}
	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: trust}}
	defer browser.CloseIdleConnections()
	for _, address := range []string{"http://" + d.HTTPAddr().String(), "https://" + d.HTTPAddr().String(), "https://" + d.WebSocketAddr().String()} {
		answer, err := browser.Get(address + "/")
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %v %v", address, answer, err)
			continue
		}
		answer.Body.Close()
	}
	// A connection that says nothing, or goes at once, holds nobody up.
	silent := must(net.Dial("tcp", d.WebSocketAddr().String()))(t)
	defer silent.Close()
	must(net.Dial("tcp", d.WebSocketAddr().String()))(t).Close()
	fence(t, d.dial())
}

func TestTLSOnlyRefusesPlain(t *testing.T) {
	t.Parallel()
	d, trust := secured(t, server.TLSOn)
	if c, err := client.Dial(t.Context(), client.Options{URL: "ws://" + d.WebSocketAddr().String() + "/"}); err == nil {
		_ = c.Close()
		t.Error("a plain connection was accepted")
	}
	c := must(client.Dial(t.Context(), client.Options{URL: "wss://" + d.WebSocketAddr().String() + "/", Key: testKey, TLS: trust}))(t)
	defer c.Close()
	if _, err := request(t, c, "GetTags", nil); err != nil {
		t.Error(err)
	}
	old := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11} //nolint:gosec // must be refused
	if nc, err := tls.Dial("tcp", d.WebSocketAddr().String(), old); err == nil {
		_ = nc.Close()
		t.Error("TLS 1.1 was accepted")
	}
}

func TestCertificateIsMadeOnceAndReadable(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "websocket.cert"), filepath.Join(dir, "websocket.key")
	first := must(server.TLSConfig(cert, key))(t)
	second := must(server.TLSConfig(cert, key))(t)
	if string(first.Certificates[0].Certificate[0]) != string(second.Certificates[0].Certificate[0]) {
		t.Error("the second start made another certificate")
	}
	for name, mode := range map[string]fs.FileMode{cert: 0o440, key: 0o400} {
		if info := must(os.Stat(name))(t); info.Mode() != mode {
			t.Errorf("%s has mode %v, want %v", name, info.Mode(), mode)
		}
	}
	if left := must(filepath.Glob(filepath.Join(dir, ".*")))(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestUnusableCertificatesAreRefusedWithASentence(t *testing.T) {
	dir := t.TempDir()
	name := func(s string) string { return filepath.Join(dir, s) }
	must(server.TLSConfig(name("a.cert"), name("a.key")))(t)
	must(server.TLSConfig(name("b.cert"), name("b.key")))(t)
	writeFile(t, name("junk"), []byte("no PEM"))
	for problem, c := range map[string]struct{ cert, key, says string }{
		"another key":    {"a.cert", "b.key", "not matching"},
		"no key":         {"a.cert", "missing", "there is a certificate, but no key"},
		"no certificate": {"missing", "a.key", "there is a key, but no certificate"},
		"junk":           {"junk", "a.key", "wrong or not matching"},
		"no directory":   {"no/such.cert", "no/such.key", "could not be made"},
	} {
		_, err := server.TLSConfig(name(c.cert), name(c.key))
		var typed *server.CertificateError
		if !errors.As(err, &typed) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "remove both") {
			t.Errorf("%s: %v", problem, err)
		}
	}
}
