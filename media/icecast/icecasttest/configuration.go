package icecasttest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"slices"
	"time"
)

// configuration is that of Debian's package, but for what a test wants otherwise. In
// mounts of MP3 and AAC Icecast 2.4 has titles of Latin-1, unless told otherwise.
func (s *Server) configuration() []byte {
	text := func(value string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(value)) // a buffer takes everything
		return b.String()
	}
	return fmt.Appendf(nil, `<icecast>
<hostname>localhost</hostname>
<limits><clients>10000</clients><sources>10</sources><queue-size>524288</queue-size><client-timeout>30</client-timeout>
<header-timeout>15</header-timeout><source-timeout>10</source-timeout><burst-on-connect>1</burst-on-connect><burst-size>65535</burst-size></limits>
<authentication><source-password>%s</source-password><relay-password>%[1]s</relay-password><admin-user>admin</admin-user><admin-password>%[1]s</admin-password></authentication>
<listen-socket><port>%d</port><bind-address>127.0.0.1</bind-address></listen-socket>
<listen-socket><port>%d</port><bind-address>127.0.0.1</bind-address><ssl>1</ssl></listen-socket>
<mount type="default"><charset>UTF-8</charset></mount>
<fileserve>1</fileserve>
<paths><basedir>%s</basedir><logdir>%s</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot><ssl-certificate>%s</ssl-certificate></paths>
<logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>3</loglevel></logging>
<security><chroot>0</chroot></security>
</icecast>
`, text(s.password), s.Port, s.SecurePort, text(s.dir), text(s.logs()), text(s.dir+"/both.pem"))
}

// makeCertificate writes a certificate, and the same with its key.
func makeCertificate(alone, both string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	// The server reads it as another user; the key is worth nothing.
	return errors.Join(os.WriteFile(alone, certificate, 0o644), os.WriteFile(both, slices.Concat(certificate, private), 0o644))
}
