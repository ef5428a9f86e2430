package conn

import (
	"slices"
	"strings"
	"testing"
)

// A header that announces too much for a stranger stops the decoder until it is known
// whether a message before has admitted the client.
func TestDecoderWaitsForTheVerdict(t *testing.T) {
	large := text(strings.Repeat("l", 200))
	for _, tc := range []struct {
		name    string
		verdict verdict
		want    []string
	}{
		{"admitted", yes, []string{`1 "` + strings.Repeat("l", 200) + `"`, `3 "p"`}},
		{"still a stranger", no, []string{"fails with 1009"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, arrived := range []int{8, 9, len(large), len(large) + len(pingOf("p"))} {
				answer := later
				asked := 0
				d := decoder{limit: 1000, small: 199, admitted: func() verdict { asked++; return answer }}
				stream := cat(large, pingOf("p"))
				p := stream[:arrived]
				used, what, err := d.next(p)
				if used != 8 || what != undecided || err != nil || d.idle() {
					t.Fatalf("%d bytes used, %d, %v", used, what, err)
				}
				p = p[used:]
				for range 2 { // it asks again, whether there is more or not
					if used, what, err = d.next(p[:min(len(p), 3)]); used != 0 || what != undecided || err != nil {
						t.Fatalf("%d bytes used, %d, %v", used, what, err)
					}
				}
				if asked != 3 {
					t.Errorf("asked %d times", asked)
				}
				answer = tc.verdict
				var out []string
				for _, p := range [][]byte{p, stream[arrived:]} {
					for ended := false; !ended && !slices.Contains(out, "fails with 1009"); {
						used, what, err := d.next(p)
						if err != nil {
							out = append(out, failure(err))
							break
						}
						out, _ = describe(out, what, d.completed(what))
						p = p[used:]
						ended = len(p) == 0
					}
				}
				if !slices.Equal(out, tc.want) {
					t.Errorf("%d bytes had arrived: %q, want %q", arrived, out, tc.want)
				}
				d.release()
			}
		})
	}
}

func TestDecoderTellsWhatItHolds(t *testing.T) {
	d := decoder{limit: 1000}
	defer d.release()
	p := cat(raw(0x01, "fragment"), pingOf("ping"), raw(0x80, "more"))
	if d.held() != 0 || !d.idle() {
		t.Errorf("a new decoder holds %d bytes", d.held())
	}
	used, what, err := d.next(p[:20])
	if used != 20 || what != nothing || err != nil || d.held() != len("fragment") || d.idle() {
		t.Errorf("%d bytes used, %d, %v, %d bytes held", used, what, err, d.held())
	}
	for _, want := range []kind{ping, textMessage} {
		p = p[used:]
		if used, what, err = d.next(p); err != nil || what != want || d.idle() {
			t.Errorf("%d, %v, %d bytes held", what, err, d.held())
		}
	}
	d.takeMessage().release()
	if d.held() != 0 || !d.idle() {
		t.Errorf("%d bytes held", d.held())
	}
}
