package conn

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/gobwas/ws"
	"pgregory.net/rapid"

	"musicdb/fsm"
)

// Random use of an outbox, against a plain list of what must leave: order is kept,
// the count of bytes is right, the state says how much is queued.
func TestOutboxAgainstAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ledger := fsm.NewLedger(OutboxLifecycle)
		var o outbox
		var life fsm.Instance[OutboxState]
		ledger.Start(&life, 1, 0)
		step := func(on OutboxEvent) {
			if _, err := ledger.Fire(&life, 1, on, 0); err != nil {
				t.Fatal(err)
			}
		}
		make := func(n int, answer bool) entry {
			return entry{frame{head: make([]byte, n)}, answer}
		}
		var list []entry // what must be in the queue
		o.add(make(100, false))
		step(Open)
		list = append(list, make(100, false))
		bound := rapid.IntRange(0, 400).Draw(t, "bound")
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			switch what := rapid.SampledFrom([]string{"push", "answer", "write", "write"}).Draw(t, "what"); {
			case what == "write" && o.running():
				batch := o.take(rapid.IntRange(0, 60).Draw(t, "limit"))
				if len(batch) == 0 {
					t.Fatal("an empty write")
				}
				begun := o.begun
				if rapid.Bool().Draw(t, "meanwhile") {
					e := make(rapid.IntRange(1, 40).Draw(t, "size"), false)
					if !o.overflows(e.frame, bound) {
						o.add(e)
						step(Queue)
						list = append(list, e)
					}
				}
				size := -o.begun
				for _, e := range batch {
					size += e.size()
				}
				n := rapid.IntRange(0, size).Draw(t, "written")
				on, moved := o.wrote(n)
				for left, k := n+begun, len(batch); k > 0 && left >= list[0].size(); k-- {
					left -= list[0].size()
					list = list[1:]
				}
				if moved {
					step(on)
				}
			case what == "push":
				e := make(rapid.IntRange(1, 40).Draw(t, "size"), false)
				if o.overflows(e.frame, bound) {
					continue
				}
				o.add(e)
				step(Queue)
				list = append(list, e)
			case what == "answer":
				e := make(rapid.IntRange(1, 400).Draw(t, "size"), true)
				o.add(e)
				step(Queue)
				list = append(list, e)
			}
			want, behind, waits := Empty, 0, false
			if len(list) > 0 {
				want = Flowing
			}
			for i, e := range list {
				if i == 0 {
					continue
				}
				want = BackedUp
				waits = waits || e.answer
				if !e.answer {
					behind += e.size() + bookkeeping
				}
			}
			if got := life.State(); got != want || o.behind != behind || behind > bound || o.responseWaits() != waits {
				t.Fatalf("state %d with %d bytes behind, want %d with %d; the bound is %d", got, o.behind, want, behind, bound)
			}
			if !slices.EqualFunc(o.queue, list, func(a, b entry) bool { return a.size() == b.size() && a.answer == b.answer }) {
				t.Fatalf("the queue has %d entries, want %d", len(o.queue), len(list))
			}
		}
		kept := len(o.queue)
		if kept > 0 {
			o.taken = rapid.IntRange(0, kept).Draw(t, "under way")
			want := max(o.taken, 1)
			if o.evict(); len(o.queue) != want {
				t.Fatalf("%d of %d entries are kept at an eviction with %d under way", len(o.queue), kept, o.taken)
			}
		}
	})
}

// The writer reads its batch without the mutex, so what it has taken must stay as it
// is, whatever ends the connection meanwhile.
func TestWhatIsBeingWrittenIsLeftAlone(t *testing.T) {
	for name, end := range map[string]func(*outbox){"discard": (*outbox).discard, "evict": (*outbox).evict} {
		var o outbox
		for _, payload := range []string{"1", "2", "3"} {
			o.add(entry{frame: frame{head: []byte(payload)}})
		}
		batch := o.take(2)
		end(&o)
		if len(batch) != 2 || string(batch[0].head) != "1" || string(batch[1].head) != "2" {
			t.Errorf("%s: the batch under way has become %v", name, batch)
		}
	}
}

// A client that sends pings and reads nothing has its pongs wait, two bytes each. What
// they take in memory must follow the bound, not only what they are on the wire.
func TestTinyFramesAreBoundedInMemory(t *testing.T) {
	const bound = 1 << 20
	var o outbox
	memory := 0
	for pong := encodeFrame(ws.OpPong, nil); !o.overflows(pong, bound); {
		o.add(entry{frame: pong})
		memory += int(unsafe.Sizeof(entry{})) + cap(pong.head)
	}
	if memory < bound/2 || memory > 2*bound {
		t.Errorf("%d frames take %d bytes, the bound is %d", len(o.queue), memory, bound)
	}
}

// The encoder against the library's, at every boundary of the length.
func TestEncodeFrame(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 127, shareAbove, shareAbove + 1, 65535, 65536, 70000} {
		for _, op := range []ws.OpCode{ws.OpText, ws.OpBinary, ws.OpPong} {
			payload := bytes.Repeat([]byte("p"), size)
			var want bytes.Buffer
			if err := ws.WriteFrame(&want, ws.NewFrame(op, true, payload)); err != nil {
				t.Fatal(err)
			}
			f := encodeFrame(op, payload)
			if got := f.appendTo(nil); !bytes.Equal(got, want.Bytes()) || f.size() != len(got) {
				t.Errorf("opcode %d, %d bytes: differs", op, size)
			}
			if shared := size > shareAbove; shared != (f.bodySize() > 0) || shared && &f.body[0] != &payload[0] {
				t.Errorf("%d bytes: payload shared is %v", size, f.bodySize() > 0)
			}
			// A small payload may be used again at once.
			if size > 0 && size <= shareAbove {
				payload[0] = 'X'
				if got := f.appendTo(nil); !bytes.Equal(got, want.Bytes()) {
					t.Errorf("%d bytes: the frame has changed with its payload", size)
				}
			}
		}
	}
}

func TestCutText(t *testing.T) {
	for _, tc := range []struct {
		text  string
		limit int
		want  string
	}{
		{"short", 10, "short"},
		{"exactly", 7, "exactly"},
		{"too long", 3, "too"},
		{"éé", 3, "é"},
		{"é", 1, ""},
		{strings.Repeat("🎵", 40), maxCloseText, strings.Repeat("🎵", 30)},
	} {
		if got := cutText(tc.text, tc.limit); got != tc.want {
			t.Errorf("%q cut to %d bytes is %q, want %q", tc.text, tc.limit, got, tc.want)
		}
	}
}

func ExampleReason() {
	fmt.Println(Reason{By: ByServer, Code: CodePolicy, Text: "reading too slowly"})
	// Output: closed by server with 1008 "reading too slowly"
}
