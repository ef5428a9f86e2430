package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"musicdb/server"
	"musicdb/server/client"
)

// makePair writes a self-signed pair that is valid from and until.
func makePair(t *testing.T, certFile, keyFile string, from, until time.Time) {
	t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(until.UnixNano()), Subject: pkix.Name{CommonName: "test"},
		NotBefore: from, NotAfter: until, DNSNames: []string{"localhost"}}
	cert := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))(t)
	secret := must(x509.MarshalPKCS8PrivateKey(key))(t)
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		writeFile(t, name, pem.EncodeToMemory(block))
		if err := os.Chmod(name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUnusableCertificatesAreRefusedWithASentence(t *testing.T) {
	dir := t.TempDir()
	name := func(s string) string { return filepath.Join(dir, s) }
	must(server.OpenCertificates(name("a.cert"), name("a.key")))(t)
	must(server.OpenCertificates(name("b.cert"), name("b.key")))(t)
	writeFile(t, name("junk"), []byte("no PEM"))
	writeFile(t, name("secret.key"), pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")}))
	writeFile(t, name("oldsecret.key"), pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: []byte("x"),
		Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00"}}))
	if err := os.Mkdir(name("directory"), 0o700); err != nil {
		t.Fatal(err)
	}
	for problem, c := range map[string]struct{ cert, key, says string }{
		"another key":     {"a.cert", "b.key", "not matching"},
		"no key":          {"a.cert", "missing", "there is a certificate, but no key"},
		"no certificate":  {"missing", "a.key", "there is a key, but no certificate"},
		"junk":            {"junk", "a.key", "wrong or not matching"},
		"junk as key":     {"a.cert", "junk", "wrong or not matching"},
		"unreadable":      {"directory", "a.key", "the certificate cannot be read"},
		"unreadable key":  {"a.cert", "directory", "the key cannot be read"},
		"encrypted":       {"a.cert", "secret.key", "the key is encrypted"},
		"encrypted, old":  {"a.cert", "oldsecret.key", "the key is encrypted"},
		"no directory":    {"no/such.cert", "no/such.key", "could not be made"},
		"exchanged files": {"a.key", "a.cert", "wrong or not matching"},
	} {
		_, err := server.OpenCertificates(name(c.cert), name(c.key))
		var typed *server.CertificateError
		if !errors.As(err, &typed) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "remove both") ||
			!strings.Contains(err.Error(), name(c.cert)) || !strings.Contains(err.Error(), name(c.key)) {
			t.Errorf("%s: %v", problem, err)
		}
		_, checked := server.CheckCertificates(name(c.cert), name(c.key))
		if problem == "no directory" {
			continue // there is nothing to check
		}
		if checked == nil || checked.Error() != err.Error() {
			t.Errorf("%s: the check says %v", problem, checked)
		}
	}
	if concerns, err := server.CheckCertificates(name("new.cert"), name("new.key")); concerns != nil || err != nil {
		t.Errorf("two files that will be made: %q, %v", concerns, err)
	}
	if _, err := os.Stat(name("new.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the check has made a key, %v", err)
	}
}

// Who may not read the files is not told to remove them.
func TestCertificateWithoutPermission(t *testing.T) {
	err := &server.CertificateError{Cert: "c", Key: "k", Problem: "the key cannot be read", Cause: fs.ErrPermission}
	if text := err.Error(); strings.Contains(text, "remove") || !strings.Contains(text, "the right to read") {
		t.Error(text)
	}
}

// A server whose certificate has expired starts, and says so; one that runs does not
// take it in place of a better one.
func TestExpiredCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	makePair(t, cert, key, time.Now().AddDate(-2, 0, 0), time.Now().AddDate(-1, 0, 0))
	says := "has expired on " + time.Now().AddDate(-1, 0, 0).UTC().Format(time.DateOnly)
	pair := must(server.OpenCertificates(cert, key))(t)
	var log logbook
	startDaemon(t, daemonOptions{log: slog.New(slog.NewTextHandler(&log, nil)), change: func(o *server.Options) {
		o.WebSocket.TLS, o.Certificates = server.TLSOn, pair
	}})
	if !strings.Contains(log.String(), says) {
		t.Errorf("%q is not in the log: %s", says, log.String())
	}
	if concerns := must(server.CheckCertificates(cert, key))(t); len(concerns) != 1 || !strings.Contains(concerns[0], says) {
		t.Errorf("the check says %q", concerns)
	}
	if err := pair.Reload(); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("reload: %v", err)
	}
}

// What the server makes itself is good for every name of this machine, and the files
// can be read by those who should.
func TestSelfSignedCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "websocket.cert"), filepath.Join(dir, "websocket.key")
	must(server.OpenCertificates(cert, key))(t)
	pair := must(tls.LoadX509KeyPair(cert, key))(t)
	for _, name := range []string{"localhost", "127.0.0.1", "::1", strings.ToLower(must(os.Hostname())(t))} {
		if err := pair.Leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	if years := time.Until(pair.Leaf.NotAfter).Hours() / 24 / 365; years < 5 {
		t.Errorf("valid for %.1f years only, and nobody renews it", years)
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

// A renewed certificate is used by new connections, old ones do not notice; a broken
// one is reported and changes nothing.
func TestReloadKeepsConnections(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pair := must(server.OpenCertificates(cert, key))(t)
	d := startDaemon(t, daemonOptions{change: func(o *server.Options) {
		o.WebSocket.TLS, o.HTTP.TLS, o.Certificates = server.TLSOn, server.TLSAuto, pair
	}})
	dial := func(trust *tls.Config) (*client.Client, error) {
		c, err := client.Dial(t.Context(), client.Options{URL: "wss://" + d.WebSocketAddr().String() + "/", Key: testKey, TLS: trust})
		if err == nil {
			t.Cleanup(func() { _ = c.Close() })
		}
		return c, err
	}
	before := trusting(t, cert)
	old := must(dial(before))(t)
	fence(t, old)

	if err := errors.Join(os.Remove(cert), os.Remove(key)); err != nil {
		t.Fatal(err)
	}
	if err := d.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "still the old one") || !strings.Contains(err.Error(), cert) {
		t.Errorf("without files: %v", err)
	}
	must(dial(before))(t)

	must(server.OpenCertificates(cert, key))(t) // another pair
	after := trusting(t, cert)
	if _, err := dial(after); err == nil {
		t.Error("the new certificate is used although nobody asked for it")
	}
	if err := d.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	fence(t, must(dial(after))(t))
	if _, err := dial(before); err == nil {
		t.Error("new connections still get the old certificate")
	}
	fence(t, old)

	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	writeFile(t, cert, []byte("no PEM"))
	if err := d.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), cert) {
		t.Errorf("a broken pair: %v", err)
	}
	fence(t, must(dial(after))(t))
	fence(t, old)
}

// What an owner should do soon is in the log, each with a remedy.
func TestConcernsAboutTheCertificateAreLogged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	var log logbook
	start := func() {
		pair := must(server.OpenCertificates(cert, key))(t)
		startDaemon(t, daemonOptions{log: slog.New(slog.NewTextHandler(&log, nil)), change: func(o *server.Options) {
			o.WebSocket.TLS, o.Certificates = server.TLSOn, pair
		}}).stop()
	}
	sentences := []string{"expires on", "every user of this machine", "valid only from"}
	start() // its own pair is fine
	for _, s := range sentences {
		if strings.Contains(log.String(), s) {
			t.Errorf("a fresh pair is complained about: %s", log.String())
		}
	}
	if err := errors.Join(os.Remove(cert), os.Remove(key)); err != nil {
		t.Fatal(err)
	}
	makePair(t, cert, key, time.Now().AddDate(0, 0, 2), time.Now().AddDate(0, 0, 10))
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	start()
	if missing := slices.DeleteFunc(sentences, func(s string) bool { return strings.Contains(log.String(), s) }); len(missing) > 0 {
		t.Errorf("not said: %q in %s", missing, log.String())
	}
}
