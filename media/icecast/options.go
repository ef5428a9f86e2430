package icecast

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
)

// check refuses what would break the head of a request.
func (o *Options) check() error {
	if len(o.Mounts) == 0 {
		return errors.New("icecast: no mount is given")
	}
	if err := CheckHost(o.Host); err != nil {
		return fmt.Errorf("icecast: the host %q cannot be used: %w", o.Host, err)
	}
	if strings.Contains(o.User, ":") {
		return fmt.Errorf("icecast: the user name %q has a colon, which HTTP cannot send", o.User)
	}
	for _, one := range []struct{ name, value string }{
		{"host", o.Host}, {"user name", o.User}, {"password", o.Password}, {"name", o.Name},
		{"description", o.Description}, {"genre", o.Genre}, {"URL", o.URL}, {"agent", o.Agent},
	} {
		if strings.ContainsFunc(one.value, isControl) {
			return fmt.Errorf("icecast: the %s has a control character in it", one.name)
		}
	}
	seen := map[string]bool{}
	for _, m := range o.Mounts {
		if !strings.HasPrefix(m.Path, "/") || strings.ContainsFunc(m.Path, notInPath) {
			return fmt.Errorf("icecast: the mount %q must begin with a slash and have only letters, digits and signs of ASCII, no blank, ? or #", m.Path)
		}
		if seen[m.Path] {
			return fmt.Errorf("icecast: the mount %s is given twice", m.Path)
		}
		seen[m.Path] = true
		if m.Sound == nil || strings.ContainsFunc(m.AudioInfo, isControl) {
			return fmt.Errorf("icecast: the mount %s has no sound, or none that a header can describe", m.Path)
		}
	}
	return nil
}

func isControl(c rune) bool { return c < ' ' || c == 0x7F }

func notInPath(c rune) bool { return c <= ' ' || c >= 0x7F || strings.ContainsRune("?#%\"<>", c) }

// tls is what connections are protected with, nil for nothing.
func (o *Options) tls() (secure, error) {
	if o.Security == Plain {
		return nil, nil
	}
	c := &tls.Config{ServerName: o.Host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: o.Security == Unverified}
	if o.CAFile == "" {
		return c, nil
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("icecast: the certificates that servers are verified with cannot be read: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("icecast: %s has no certificate (PEM) in it", o.CAFile)
	}
	return c, nil
}
