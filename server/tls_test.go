package server_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"musicdb/server"
	"musicdb/server/client"
)

// secured is a daemon with a certificate of its own, and what a client needs to
// trust it and nothing else.
func secured(t *testing.T, mode server.TLSMode, o daemonOptions) (*daemon, *tls.Config) {
	t.Helper()
	dir := t.TempDir()
	cert := filepath.Join(dir, "cert.pem")
	pair := must(server.OpenCertificates(cert, filepath.Join(dir, "key.pem")))(t)
	change := o.change
	o.change = func(o *server.Options) {
		o.WebSocket.TLS, o.HTTP.TLS, o.Certificates = mode, mode, pair
		if change != nil {
			change(o)
		}
	}
	return startDaemon(t, o), trusting(t, cert)
}

// trusting trusts one certificate.
func trusting(t *testing.T, cert string) *tls.Config {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(must(os.ReadFile(cert))(t)) {
		t.Fatalf("%s has no certificate", cert)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// On a loopback address one port speaks both, as the first byte wants it.
func TestOnePortSpeaksTLSAndPlain(t *testing.T) {
	t.Parallel()
	d, trust := secured(t, server.TLSAuto, daemonOptions{})
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
	d, trust := secured(t, server.TLSOn, daemonOptions{})
	if c, err := client.Dial(t.Context(), client.Options{URL: "ws://" + d.WebSocketAddr().String() + "/"}); err == nil {
		_ = c.Close()
		t.Error("a plain connection was accepted")
	}
	c := must(client.Dial(t.Context(), client.Options{URL: "wss://" + d.WebSocketAddr().String() + "/", Key: testKey, TLS: trust}))(t)
	defer c.Close()
	if _, err := request(t, c, "GetTags", nil); err != nil {
		t.Error(err)
	}
}

// Both versions of TLS that are safe today are spoken on both ports, and none before.
func TestTLSVersions(t *testing.T) {
	t.Parallel()
	d, trust := secured(t, server.TLSOn, daemonOptions{})
	for version, spoken := range map[uint16]bool{
		tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true,
	} {
		for _, at := range []net.Addr{d.WebSocketAddr(), d.HTTPAddr()} {
			config := trust.Clone()
			config.MinVersion, config.MaxVersion = version, version
			c, err := tls.Dial("tcp", at.String(), config)
			if (err == nil) != spoken {
				t.Errorf("%s on %s: %v", tls.VersionName(version), at, err)
			}
			if err != nil {
				continue
			}
			if got := c.ConnectionState().Version; got != version {
				t.Errorf("asked for %s, got %s", tls.VersionName(version), tls.VersionName(got))
			}
			_ = c.Close()
		}
	}
}

func TestCertificateIsMadeOnce(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "websocket.cert"), filepath.Join(dir, "websocket.key")
	must(server.OpenCertificates(cert, key))(t)
	first := must(os.ReadFile(cert))(t)
	must(server.OpenCertificates(cert, key))(t)
	if !bytes.Equal(first, must(os.ReadFile(cert))(t)) {
		t.Error("the second start made another certificate")
	}
}
