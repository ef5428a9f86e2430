package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ask sends one question and returns the answer.
func ask(t *testing.T, command string) []byte {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); Serve(l) }()
	defer func() { l.Close(); <-ended }()
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(30 * time.Second))
	fmt.Fprintln(nc, command)
	answer, err := io.ReadAll(nc)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestAnswers(t *testing.T) {
	for _, command := range []string{"stat", "gc"} {
		var figures map[string]uint64
		if err := json.Unmarshal(ask(t, command), &figures); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"mallocs", "total_alloc", "heap_alloc", "heap_objects", "stack_inuse", "gcs", "goroutines"} {
			if figures[name] == 0 && (name != "gcs" || command == "gc") {
				t.Errorf("%s says %s=0", command, name)
			}
		}
		if _, has := figures["gc_us"]; has != (command == "gc") {
			t.Errorf("%s answers gc_us: %v", command, has)
		}
	}
	gzip := []byte{0x1f, 0x8b} // how every profile begins
	for _, command := range []string{"heap", "cpu 1"} {
		if answer := ask(t, command); !bytes.HasPrefix(answer, gzip) {
			t.Errorf("%s is no profile but %.40q", command, answer)
		}
	}
	for _, command := range []string{"", "cpu", "cpu 0", "cpu x", "cpu 51", "anything else"} {
		if answer := ask(t, command); !bytes.HasPrefix(answer, []byte("error: ")) {
			t.Errorf("%q is answered with %.40q", command, answer)
		}
	}
}
