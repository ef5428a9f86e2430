package conn

import (
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"testing"
)

// The first record of data that a client of OpenSSL 3.0 has sent, with its secret from
// the client's key log, one of each suite.
func TestRecordsOfOpenSSL(t *testing.T) {
	for id, v := range map[uint16]struct{ secret, record string }{
		tls.TLS_AES_128_GCM_SHA256: {
			"8d618c29e2761b95c4b6af35aabcb99dc44797b0a0b4ec72a7fee1f8b35b1534",
			"17030300202118581ce197fa3cd41b8262768cc8bcb4981acf491dcc62644081a84594f640",
		},
		tls.TLS_AES_256_GCM_SHA384: {
			"70080b9256725c1082419bd9d26f4e8aed7b85927c556ed4e3d7499a3f353a3608af7d33bdb918ff0123980fb9d6b1e1",
			"1703030020cad07fb6e9767ae591f306fce88df57043f4959fedf6ed54206b95c73b0b6c78",
		},
		tls.TLS_CHACHA20_POLY1305_SHA256: {
			"9e52cfa9b802159954f4b84af276c7a92b5e71f2bf2d519e7732b8938eefdeeb",
			"17030300206b7e7bbbcc09b1a2ec41fa06ad81161b3d451d37c4f186d203c31b87670ebc39",
		},
	} {
		secret, record := unhex(t, v.secret), unhex(t, v.record)
		layer := newTLS13(suiteOf(id), new(warmKeys), secret, secret)
		if got, err := layer.open(nil, record); err != nil || string(got) != "GET / HTTP/1.1\n" {
			t.Errorf("%s: %q, %v", tls.CipherSuiteName(id), got, err)
		}
		if again, err := layer.seal(nil, []byte("GET / HTTP/1.1\n")); err != nil || !bytes.Equal(again, record) {
			t.Errorf("%s: sealed %x, %v", tls.CipherSuiteName(id), again, err)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
