package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// CertificateError says what is wrong with the TLS files and what to do.
type CertificateError struct {
	Cert, Key string // file names
	Problem   string
	Cause     error
}

func (e *CertificateError) Error() string {
	text := fmt.Sprintf("the certificate %s with the key %s cannot be used: %s", e.Cert, e.Key, e.Problem)
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	if errors.Is(e.Cause, fs.ErrPermission) {
		return text + "; give the user of this server, or its group, the right to read both"
	}
	return text + "; correct the files, or remove both so that a self-signed pair is made"
}

func (e *CertificateError) Unwrap() error { return e.Cause }

// Certificates are the pair of PEM files that the TLS listeners use, and what was
// read from them last. Any goroutine may call the methods.
type Certificates struct {
	cert, key string // file names
	current   atomic.Pointer[tls.Certificate]
}

// OpenCertificates reads the pair, or makes a self-signed one when both files are
// missing: the key readable for its owner alone, the certificate for the group too.
// One that has expired is used: browsers ask their users, and a server that does not
// start after a power failure helps nobody. The error is a *CertificateError.
func OpenCertificates(certFile, keyFile string) (*Certificates, error) {
	c := &Certificates{cert: certFile, key: keyFile}
	if isMissing(certFile) && isMissing(keyFile) {
		if err := makeCertificate(certFile, keyFile); err != nil {
			return nil, c.fail("it does not exist and could not be made", err)
		}
	}
	pair, err := c.read()
	if err != nil {
		return nil, err
	}
	c.current.Store(pair)
	return c, nil
}

// CheckCertificates tells what an owner should know of a pair that OpenCertificates
// would take, each a sentence with its remedy. It makes nothing: two files that are
// missing are in order. The error is a *CertificateError.
func CheckCertificates(certFile, keyFile string) (concerns []string, err error) {
	c := &Certificates{cert: certFile, key: keyFile}
	if isMissing(certFile) && isMissing(keyFile) {
		return nil, nil
	}
	pair, err := c.read()
	if err != nil {
		return nil, err
	}
	c.current.Store(pair)
	return c.concerns(time.Now()), nil
}

// Reload reads the pair again. Connections go on with what they have; new ones get
// the new certificate. A pair that cannot be used, or has expired, changes nothing;
// the error is a *CertificateError.
func (c *Certificates) Reload() error {
	pair, err := c.read()
	if err != nil {
		return err
	}
	if until := pair.Leaf.NotAfter; time.Now().After(until) {
		return c.fail("the certificate has expired on "+until.Format(time.DateOnly), nil)
	}
	c.current.Store(pair)
	return nil
}

func (c *Certificates) read() (*tls.Certificate, error) {
	cert, certErr := os.ReadFile(c.cert)
	key, keyErr := os.ReadFile(c.key)
	switch {
	case errors.Is(certErr, fs.ErrNotExist) && keyErr == nil:
		return nil, c.fail("there is a key, but no certificate", nil)
	case errors.Is(keyErr, fs.ErrNotExist) && certErr == nil:
		return nil, c.fail("there is a certificate, but no key", nil)
	case certErr != nil:
		return nil, c.fail("the certificate cannot be read", certErr)
	case keyErr != nil:
		return nil, c.fail("the key cannot be read", keyErr)
	case isEncrypted(key):
		return nil, c.fail("the key is encrypted, and there is nobody to ask for its passphrase; `openssl pkey -in OLD -out NEW` takes it off", nil)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, c.fail("wrong or not matching content", err)
	}
	return &pair, nil
}

// isEncrypted tells whether a key needs a passphrase: in PKCS #8 its kind says so, in
// the older formats a header (RFC 1421, 4.6.1.1).
func isEncrypted(key []byte) bool {
	for block, rest := pem.Decode(key); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return true
		}
	}
	return false
}

func (c *Certificates) fail(problem string, cause error) error {
	return &CertificateError{c.cert, c.key, problem, cause}
}

// config is for listeners: TLS 1.2 and 1.3, each connection with the certificate
// that was read last.
func (c *Certificates) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current.Load(), nil },
		// Websockets and the stream are HTTP/1.1.
		NextProtos: []string{"http/1.1"},
	}
}

// expirySoon is how long before its end a certificate is worth a line in the log.
const expirySoon = 14 * 24 * time.Hour

// concerns are what an owner should know of a pair that works: each a sentence with
// its remedy.
func (c *Certificates) concerns(now time.Time) (sentences []string) {
	leaf := c.current.Load().Leaf
	if now.Before(leaf.NotBefore) {
		sentences = append(sentences, fmt.Sprintf("the certificate %s is valid only from %s on; check the clock of this machine", c.cert, leaf.NotBefore.Format(time.DateOnly)))
	}
	switch left := leaf.NotAfter.Sub(now); {
	case left < 0:
		sentences = append(sentences, fmt.Sprintf("the certificate %s has expired on %s, and clients may refuse it; renew it and send the server HUP", c.cert, leaf.NotAfter.Format(time.DateOnly)))
	case left < expirySoon:
		sentences = append(sentences, fmt.Sprintf("the certificate %s expires on %s; renew it and send the server HUP", c.cert, leaf.NotAfter.Format(time.DateOnly)))
	}
	if info, err := os.Stat(c.key); err == nil && info.Mode()&0o007 != 0 {
		sentences = append(sentences, fmt.Sprintf("every user of this machine may use the TLS key %s; chmod o= takes that right away", c.key))
	}
	return sentences
}

func isMissing(name string) bool {
	_, err := os.Stat(name)
	return errors.Is(err, fs.ErrNotExist)
}

// certificateYears is how long a self-signed certificate is valid; nobody renews it.
const certificateYears = 10

// makeCertificate makes a pair that is valid for this machine's names. The key is
// one of ECDSA on P-256, which every client with TLS 1.2 knows: a
// handshake costs the server a small part of what RSA takes, and the first start on
// a small machine does not wait for primes.
func makeCertificate(certFile, keyFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	names := ownNames()
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: names[len(names)-1], Organization: []string{"MusicDB"}},
		NotBefore:             now.Add(-time.Hour), // clocks of clients differ
		NotAfter:              now.AddDate(certificateYears, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              names,
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	// The key first: a certificate whose key never came would end every later start.
	if err := writePEM(keyFile, "PRIVATE KEY", secret, 0o400); err != nil {
		return err
	}
	if err := writePEM(certFile, "CERTIFICATE", cert, 0o440); err != nil {
		return errors.Join(err, os.Remove(keyFile))
	}
	return nil
}

// ownNames are the names that this machine has in certificates: localhost, and its
// host name, if that is one that can stand in a certificate.
func ownNames() []string {
	names := []string{"localhost"}
	name, err := os.Hostname()
	isDNS := err == nil && name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f })
	if isDNS && !slices.Contains(names, strings.ToLower(name)) {
		names = append(names, strings.ToLower(name))
	}
	return names
}

// writePEM writes a file that appears complete or not at all.
func writePEM(name, kind string, content []byte, mode os.FileMode) (err error) {
	dir := filepath.Dir(name)
	f, err := os.CreateTemp(dir, ".tls-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if err := errors.Join(
		f.Chmod(mode),
		pem.Encode(f, &pem.Block{Type: kind, Bytes: content}),
		f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
