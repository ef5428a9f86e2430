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
	return text + "; correct the files, or remove both so that a self-signed pair is made"
}

func (e *CertificateError) Unwrap() error { return e.Cause }

// TLSConfig loads the pair of PEM files, or makes a self-signed one when both are
// missing: the key readable for its owner alone, the certificate for the group.
func TLSConfig(certFile, keyFile string) (*tls.Config, error) {
	fail := func(problem string, cause error) error {
		return &CertificateError{certFile, keyFile, problem, cause}
	}
	noCert, noKey := isMissing(certFile), isMissing(keyFile)
	switch {
	case noCert && noKey:
		if err := makeCertificate(certFile, keyFile); err != nil {
			return nil, fail("it does not exist and could not be made", err)
		}
	case noCert:
		return nil, fail("there is a key, but no certificate", nil)
	case noKey:
		return nil, fail("there is a certificate, but no key", nil)
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fail("wrong or not matching content", err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		// Websockets and the stream are HTTP/1.1.
		NextProtos: []string{"http/1.1"},
	}, nil
}

func isMissing(name string) bool {
	_, err := os.Stat(name)
	return errors.Is(err, fs.ErrNotExist)
}

// certificateYears is how long a self-signed certificate is valid; nobody renews it.
const certificateYears = 10

func makeCertificate(certFile, keyFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	name, err := os.Hostname()
	if err != nil {
		name = "localhost"
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name, Organization: []string{"MusicDB"}},
		NotBefore:             now.Add(-time.Hour), // clocks of clients differ
		NotAfter:              now.AddDate(certificateYears, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              []string{"localhost", name},
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
