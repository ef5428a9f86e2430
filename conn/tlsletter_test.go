package conn

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// inner is a record whose plaintext, its type and padding included, is given.
func (t *tls13) inner(plaintext string) []byte {
	return t.sealOne(nil, plaintext[len(plaintext)-1], []byte(plaintext[:len(plaintext)-1]))
}

const (
	anAlert     = "\x15"
	aHandshake  = "\x16"
	application = "\x17"
	asksUpdate  = "\x18\x00\x00\x01\x01"
)

// What the letter of RFC 8446 says of sizes, padding and ends of what a peer sends after the
// handshake.
func TestRecordsByTheLetter(t *testing.T) {
	zeros := strings.Repeat("\x00", maxPlain)
	for _, tc := range []struct {
		section, name string
		records       []string // inner plaintexts
		want          string
		err           error
	}{
		{"5.1", "data without a byte", []string{application, "data" + application}, "data", nil},
		{"5.1", "the largest record", []string{zeros + application}, zeros, nil},
		{"5", "a change of ciphers after the handshake", []string{"\x01\x14"}, "", fail(unexpectedMessage)},
		{"5.4", "padding", []string{"data" + application + zeros[:100]}, "data", nil},
		{"5.4", "as much padding as there is room for", []string{"data" + application + zeros[:maxPlain-4]}, "data", nil},
		{"5.4", "more padding than there is room for", []string{"data" + application + zeros[:maxPlain-3]}, "", fail(recordOverflow)},
		{"5.4", "nothing but padding", []string{zeros[:100]}, "", fail(unexpectedMessage)},
		{"5.4", "an alert without content", []string{anAlert}, "", fail(unexpectedMessage)},
		{"6.1", "an orderly end", []string{"data" + application, "\x01\x00" + anAlert}, "data", io.EOF},
		{"6.1", "data behind the end", []string{"\x01\x00" + anAlert, "data" + application}, "", io.EOF},
		{"6", "two alerts in a record", []string{"\x01\x5a\x01\x00" + anAlert}, "", fail(decodeError)},
		{"4.6.3", "half an update of keys before the end", []string{asksUpdate[:3] + aHandshake, "\x01\x00" + anAlert}, "", fail(unexpectedMessage)},
		{"4.6.2", "a certificate that nobody asked for", []string{"\x0b\x00\x00\x00" + aHandshake}, "", fail(unexpectedMessage)},
	} {
		t.Run("RFC8446_"+tc.section+"/"+tc.name, func(t *testing.T) {
			for _, one := range []bool{true, false} {
				client, server := twoEnds(suites[0])
				var wire []byte
				for _, r := range tc.records {
					wire = append(wire, client.inner(r)...)
				}
				got, err := []byte(nil), error(nil)
				for step := len(wire); len(wire) > 0 && err == nil; wire = wire[step:] {
					if one {
						step = 1
					}
					got, err = server.open(got, wire[:step])
				}
				if string(got) != tc.want || !errors.Is(err, tc.err) {
					t.Errorf("in single bytes %v: %.20q, %v, not %.20q, %v", one, got, err, tc.want, tc.err)
				}
			}
		})
	}
}

// However often a peer asks for new keys, it gets one update, with the next data.
func TestUpdatesThatAreAskedForAreAnsweredOnce(t *testing.T) {
	client, server := twoEnds(suites[0])
	for range maxUseless {
		if _, err := server.open(nil, client.sealOne(nil, contentHandshake, []byte(asksUpdate))); err != nil {
			t.Fatal(err)
		}
		client.out.update()
	}
	if _, err := server.open(nil, client.sealOne(nil, contentHandshake, []byte(asksUpdate))); !errors.Is(err, fail(unexpectedMessage)) {
		t.Errorf("one more: %v", err)
	}
	var first []byte
	for n, size := range []int{overhead + keyUpdateSize + overhead + 4, overhead + 4} {
		out, err := server.seal(nil, []byte("data"))
		if err != nil || len(out) != size {
			t.Errorf("answer %d has %d bytes, %v", n, len(out), err)
		}
		first = append(first, out...)
	}
	if got, err := client.open(nil, first); string(got) != "datadata" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
