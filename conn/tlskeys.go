package conn

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/binary"
	"hash"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/chacha20poly1305"
)

// suite is a cipher suite of TLS 1.3 (RFC 8446, B.4).
type suite struct {
	id      uint16
	keySize int
	hash    func() hash.Hash
	aead    func(key []byte) (cipher.AEAD, error)
}

var suites = []*suite{
	{tls.TLS_AES_128_GCM_SHA256, 16, sha256.New, aesGCM},
	{tls.TLS_AES_256_GCM_SHA384, 32, sha512.New384, aesGCM},
	{tls.TLS_CHACHA20_POLY1305_SHA256, chacha20poly1305.KeySize, sha256.New, chacha20poly1305.New},
}

func suiteOf(id uint16) *suite {
	if k := slices.IndexFunc(suites, func(s *suite) bool { return s.id == id }); k >= 0 {
		return suites[k]
	}
	return nil
}

func aesGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// works reports whether the suite may be used here: where the program is restricted to
// what FIPS 140-3 approves (GODEBUG=fips140=only), AES-GCM is reserved for crypto/tls.
func (s *suite) works() bool {
	_, err := s.aead(make([]byte, s.keySize))
	return err == nil
}

// Sizes of the key schedule in bytes.
const (
	maxSecret = sha512.Size384
	maxKey    = 32
	ivSize    = 12
	tagSize   = 16
)

// expandLabel is HKDF-Expand-Label without a context (RFC 8446, 7.1).
func (s *suite) expandLabel(secret []byte, label string, size int) []byte {
	label = "tls13 " + label
	info := binary.BigEndian.AppendUint16(nil, uint16(size))
	info = append(append(info, byte(len(label))), label...)
	out, err := hkdf.Expand(s.hash, secret, string(append(info, 0)), size)
	if err != nil {
		panic(err) // only of sizes that no suite has
	}
	return out
}

// half are the keys of one direction: one goroutine at a time uses them. What the cipher
// makes of the key is large, so an idle connection does not keep it.
type half struct {
	seq    uint64
	suite  *suite
	ready  atomic.Pointer[cipher.AEAD] // nil while cold
	secret [maxSecret]byte
	key    [maxKey]byte
	iv     [ivSize]byte
	nonce  [ivSize]byte
}

// set begins with a traffic secret.
func (h *half) set(s *suite, secret []byte) {
	h.suite, h.seq = s, 0
	clear(h.secret[copy(h.secret[:], secret):])
	copy(h.key[:], s.expandLabel(secret, "key", s.keySize))
	copy(h.iv[:], s.expandLabel(secret, "iv", ivSize))
	h.ready.Store(nil)
}

// update goes on to the next generation of keys (RFC 8446, 7.2).
func (h *half) update() {
	size := h.suite.hash().Size()
	h.set(h.suite, h.suite.expandLabel(h.secret[:size], "traffic upd", size))
}

// cipher is what encrypts, ready for use.
func (h *half) cipher(warm *warmKeys) cipher.AEAD {
	if ready := h.ready.Load(); ready != nil {
		return *ready
	}
	aead, err := h.suite.aead(h.key[:h.suite.keySize])
	if err != nil {
		panic(err) // only of keys of a wrong size, or of a suite that does not work
	}
	h.ready.Store(&aead)
	warm.add(h)
	return aead
}

// next is the nonce of the next record (RFC 8446, 5.3).
func (h *half) next() []byte {
	binary.BigEndian.PutUint64(h.nonce[ivSize-8:], h.seq)
	h.seq++
	clear(h.nonce[:ivSize-8])
	for k, b := range h.iv {
		h.nonce[k] ^= b
	}
	return h.nonce[:]
}

// warmKeys are the halves whose ciphers are ready. When there are more of them than it
// holds, the oldest becomes cold. Any goroutine may use it.
type warmKeys struct {
	mu   sync.Mutex
	ring []*half
	next int
}

// maxWarm is the number of directions of connections whose ciphers are kept ready: of
// those of AES they take 0.8 KB each.
const maxWarm = 2048

func (w *warmKeys) add(h *half) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.ring) < maxWarm {
		w.ring = append(w.ring, h)
		return
	}
	// Whoever is using its cipher at this moment has a pointer of his own.
	w.ring[w.next].ready.Store(nil)
	w.ring[w.next] = h
	w.next = (w.next + 1) % maxWarm
}
