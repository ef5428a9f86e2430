package conn

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// twoEnds are the record layers of a client and a server that have just shaken hands.
func twoEnds(s *suite) (client, server *tls13) {
	size := s.hash().Size()
	theirs, ours := bytes.Repeat([]byte{1}, size), bytes.Repeat([]byte{2}, size)
	warm := new(warmKeys)
	return newTLS13(s, warm, ours, theirs), newTLS13(s, warm, theirs, ours)
}

// keyUpdate makes the record with which a peer updates its keys.
func (t *tls13) keyUpdate(wantsOurs byte) []byte {
	record := t.sealOne(nil, contentHandshake, []byte{24, 0, 0, 1, wantsOurs})
	t.out.update()
	return record
}

// What is sealed is opened, whatever else is said between it and in whatever pieces it
// arrives.
func TestRecordsInAnyPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		client, server := twoEnds(rapid.SampledFrom(suites).Draw(t, "suite"))
		var wire, want []byte
		for range rapid.IntRange(0, 8).Draw(t, "records") {
			switch rapid.SampledFrom([]string{"data", "data", "data", "nothing", "padded", "update", "update both", "update in parts"}).Draw(t, "record") {
			case "data":
				p := letters('d', rapid.OneOf(rapid.IntRange(1, 300), rapid.Just(maxPlain)).Draw(t, "size"))
				want = append(want, p...)
				wire, _ = client.seal(wire, p)
			case "nothing":
				wire, _ = client.seal(wire, nil)
			case "padded": // content, its type, zeros: the type comes from sealOne, so it is a zero here
				wire = client.sealOne(wire, 0, append(letters('p', 20), contentApplication, 0, 0))
				want = append(want, letters('p', 20)...)
			case "update":
				wire = append(wire, client.keyUpdate(0)...)
			case "update both":
				wire = append(wire, client.keyUpdate(1)...)
			case "update in parts":
				wire = client.sealOne(wire, contentHandshake, []byte{24, 0})
				wire = client.sealOne(wire, contentHandshake, []byte{0, 1, 0})
				client.out.update()
			}
		}
		wire = client.alert(wire, closeNotify)
		var got []byte
		var err error
		for left := wire; len(left) > 0; {
			n := rapid.OneOf(rapid.IntRange(1, 7), rapid.IntRange(1, len(left))).Draw(t, "piece")
			n = min(n, len(left))
			if err != nil {
				t.Fatalf("%v with %d bytes to come", err, len(left))
			}
			got, err = server.open(got, left[:n])
			left = left[n:]
		}
		if !errors.Is(err, io.EOF) || !bytes.Equal(got, want) || server.kept() != 0 {
			t.Fatalf("%v; %d bytes of %d; %d are kept", err, len(got), len(want), server.kept())
		}
		// What the peer has asked for meanwhile is done before the next data.
		answer, _ := server.seal(nil, []byte("answer"))
		if got, err := client.open(nil, answer); err != nil || string(got) != "answer" {
			t.Fatalf("the answer is %q, %v", got, err)
		}
	})
}

// A read may end behind every byte of every kind of record.
func TestRecordsEndAnywhere(t *testing.T) {
	make := func() (server *tls13, wire []byte) {
		client, server := twoEnds(suites[0])
		wire, _ = client.seal(nil, []byte("one"))
		wire = append(wire, client.keyUpdate(0)...)
		wire, _ = client.seal(wire, []byte("two"))
		return server, wire
	}
	_, wire := make()
	for cut := range wire {
		server, wire := make()
		got, err := server.open(nil, wire[:cut])
		if err == nil {
			got, err = server.open(got, wire[cut:])
		}
		if err != nil || string(got) != "onetwo" {
			t.Errorf("cut at %d: %q, %v", cut, got, err)
		}
	}
}

// What a peer must not say ends the connection with the alert that says why.
func TestRecordsThatAreRefused(t *testing.T) {
	sealed := func(kind byte, content string) func(*tls13) []byte {
		return func(c *tls13) []byte { return c.sealOne(nil, kind, []byte(content)) }
	}
	twice := func(first, second func(*tls13) []byte) func(*tls13) []byte {
		return func(c *tls13) []byte { return append(first(c), second(c)...) }
	}
	for name, tc := range map[string]struct {
		send func(client *tls13) []byte
		want error
	}{
		"handshake in the clear": {func(*tls13) []byte { return []byte{contentHandshake, 3, 3, 0, 1, 1} }, fail(unexpectedMessage)},
		"alert in the clear":     {func(*tls13) []byte { return []byte{contentAlert, 3, 3, 0, 2, 1, 0} }, fail(unexpectedMessage)},
		"HTTP":                   {func(*tls13) []byte { return []byte("GET / HTTP/1.1\r\n") }, fail(unexpectedMessage)},
		"a new cipher":           {func(*tls13) []byte { return []byte{20, 3, 3, 0, 1, 1} }, fail(unexpectedMessage)},
		"too long":               {func(*tls13) []byte { return []byte{contentApplication, 3, 3, 0x41, 0x01} }, fail(recordOverflow)},
		"empty":                  {func(*tls13) []byte { return []byte{contentApplication, 3, 3, 0, 0} }, fail(badRecordMAC)},
		"without a tag":          {func(*tls13) []byte { return []byte{contentApplication, 3, 3, 0, 3, 1, 2, 3} }, fail(badRecordMAC)},
		"changed": {func(c *tls13) []byte {
			b, _ := c.seal(nil, []byte("hello"))
			b[7] ^= 1
			return b
		}, fail(badRecordMAC)},
		"another header": {func(c *tls13) []byte {
			b, _ := c.seal(nil, []byte("hello"))
			b[2] = 1
			return b
		}, fail(badRecordMAC)},
		"again": {func(c *tls13) []byte {
			b, _ := c.seal(nil, []byte("hello"))
			return append(b, b...)
		}, fail(badRecordMAC)},
		"without a type":             {sealed(0, "\x00\x00\x00"), fail(unexpectedMessage)},
		"an unknown type":            {sealed(99, "x"), fail(unexpectedMessage)},
		"too much in it":             {sealed(contentApplication, strings.Repeat("x", maxPlain+1)), fail(recordOverflow)},
		"a new hello":                {sealed(contentHandshake, "\x01\x00\x00\x00"), fail(unexpectedMessage)},
		"an empty handshake message": {sealed(contentHandshake, ""), fail(unexpectedMessage)},
		"a long update":              {sealed(contentHandshake, "\x18\x00\x00\x02\x00\x00"), fail(decodeError)},
		"an update with a tail":      {sealed(contentHandshake, "\x18\x00\x00\x01\x00\x18"), fail(unexpectedMessage)},
		"an update of neither":       {sealed(contentHandshake, "\x18\x00\x00\x01\x02"), fail(illegalParameter)},
		"data within an update":      {twice(sealed(contentHandshake, "\x18\x00"), sealed(contentApplication, "x")), fail(unexpectedMessage)},
		"a short alert":              {sealed(contentAlert, "\x02"), fail(decodeError)},
		"an alert":                   {sealed(contentAlert, "\x02\x28"), errAlerted},
		"a warning":                  {sealed(contentAlert, "\x01\x28"), errAlerted},
		"an end":                     {sealed(contentAlert, "\x01\x00"), io.EOF},
		"too many empty records": {func(c *tls13) []byte {
			var b []byte
			for range maxUseless + 1 {
				b, _ = c.seal(b, nil)
			}
			return b
		}, fail(unexpectedMessage)},
		"too many updates": {func(c *tls13) []byte {
			var b []byte
			for range maxUseless + 1 {
				b = append(b, c.keyUpdate(0)...)
			}
			return b
		}, fail(unexpectedMessage)},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := twoEnds(suites[0])
			wire, _ := client.seal(nil, []byte("before"))
			wire = append(wire, tc.send(client)...)
			got, err := server.open(nil, wire)
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
			if !strings.HasPrefix("beforehello", string(got)) || len(got) < len("before") {
				t.Errorf("%q was heard", got)
			}
		})
	}
	t.Run("canceled by the user", func(t *testing.T) {
		client, server := twoEnds(suites[0])
		wire := client.alert(client.sealOne(nil, contentAlert, []byte{1, byte(userCanceled)}), closeNotify)
		if _, err := server.open(nil, wire); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}

// Keys are used for a limited number of records only.
func TestKeysAreRenewed(t *testing.T) {
	client, server := twoEnds(suites[0])
	server.out.seq, client.in.seq = maxRecords-1, maxRecords-1
	secret := server.out.secret
	for _, want := range []string{"the last", "the first", "the second"} {
		wire, _ := server.seal(nil, []byte(want))
		if got, err := client.open(nil, wire); err != nil || string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	if server.out.secret == secret || server.out.seq != 2 {
		t.Errorf("%d records with the secret %x", server.out.seq, server.out.secret)
	}
}

// Ciphers of connections beyond the limit are made again when they are needed.
func TestCiphersBecomeCold(t *testing.T) {
	warm := new(warmKeys)
	secret := make([]byte, 32)
	for round := range 3 {
		var first *tls13
		for n := range maxWarm/2 + 10 {
			a, b := newTLS13(suites[0], warm, secret, secret), newTLS13(suites[0], warm, secret, secret)
			if n == 0 {
				first = a
			}
			wire, _ := a.seal(nil, []byte("x"))
			if got, err := b.open(nil, wire); err != nil || string(got) != "x" {
				t.Fatalf("%q, %v", got, err)
			}
		}
		if first.out.ready.Load() != nil || len(warm.ring) != maxWarm {
			t.Errorf("round %d: the oldest is warm, of %d", round, len(warm.ring))
		}
		if wire, _ := first.seal(nil, []byte("y")); len(wire) != 1+overhead {
			t.Errorf("%d bytes", len(wire))
		}
	}
}

func TestRecordsAllocateNothing(t *testing.T) {
	for _, s := range suites {
		client, server := twoEnds(s)
		message := letters('m', 1000)
		wire, plain := make([]byte, 0, 2*maxSealed), make([]byte, 0, 2*maxSealed)
		n := testing.AllocsPerRun(1000, func() {
			wire, _ = client.seal(wire[:0], message)
			got, err := server.open(plain, wire)
			if err != nil || len(got) != len(message) {
				t.Fatal(len(got), err)
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations per record", tls.CipherSuiteName(s.id), n)
		}
	}
}

func BenchmarkRecords(b *testing.B) {
	for _, s := range suites {
		for _, size := range []int{256, maxPlain} {
			b.Run(fmt.Sprintf("suite=%s;bytes=%d", tls.CipherSuiteName(s.id), size), func(b *testing.B) {
				client, server := twoEnds(s)
				message := letters('m', size)
				wire, plain := make([]byte, 0, 2*maxSealed), make([]byte, 0, 2*maxSealed)
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					wire, _ = client.seal(wire[:0], message)
					if got, err := server.open(plain, wire); err != nil || len(got) != size {
						b.Fatal(len(got), err)
					}
				}
			})
		}
	}
}

// FuzzRecords lets a peer that has the keys say anything, at once and byte by byte.
func FuzzRecords(f *testing.F) {
	f.Add([]byte("\x17hello"), []byte("\x18\x00\x00\x01\x00\x16"))
	f.Add([]byte("\x18\x00\x00\x01\x01\x16"), []byte("\x01\x00\x15"))
	f.Add([]byte("\x17\x00\x00"), []byte("\x00"))
	f.Add([]byte{}, []byte("\x02\x28\x15"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		a, b = a[:min(len(a), maxPlain)], b[:min(len(b), maxPlain)]
		client, atOnce := twoEnds(suites[0])
		_, inPieces := twoEnds(suites[0])
		var wire []byte
		for _, inner := range [][]byte{a, b} {
			kind := byte(0)
			if len(inner) > 0 {
				kind, inner = inner[len(inner)-1], inner[:len(inner)-1]
			}
			wire = client.sealOne(wire, kind, inner)
		}
		want, wantErr := atOnce.open(nil, wire)
		var got []byte
		var err error
		for k := range wire {
			if got, err = inPieces.open(got, wire[k:k+1]); err != nil {
				break
			}
		}
		if !bytes.Equal(got, want) || fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Errorf("at once %q, %v; in pieces %q, %v", want, wantErr, got, err)
		}
	})
}

// Records that bring nothing are not added up over a life.
func TestUselessRecordsBetweenUsefulOnes(t *testing.T) {
	client, server := twoEnds(suites[0])
	var wire []byte
	for range 2 * maxUseless {
		wire, _ = client.seal(wire, nil)
		wire, _ = client.seal(wire, []byte("x"))
	}
	if got, err := server.open(nil, wire); err != nil || len(got) != 2*maxUseless {
		t.Errorf("%q, %v", got, err)
	}
}
