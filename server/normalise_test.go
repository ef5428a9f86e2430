package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// normaliser makes the packets of two servers comparable: it numbers random ids in
// the order of their first appearance, so that their identity is compared and not
// their value, and forgets times within the recording.
type normaliser struct {
	lo, hi int64 // unix time of the recording
	number map[string]string
	text   map[string]string // by number
	count  map[string]int    // by kind
	data   string            // directory that the recording calls <DATA>; "": none
}

func newNormaliser(started, ended int64) *normaliser {
	return &normaliser{lo: started - 5, hi: ended + 5, number: map[string]string{}, text: map[string]string{}, count: map[string]int{}}
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-`)

// kindOf is the kind of random id that a text is: E for entries of a queue, T for
// tasks, "" for none.
func kindOf(key, text string) string {
	switch {
	case len(text) <= 20:
		return ""
	case key == "entryid" || key == "currententry" || key == "afterid":
		return "E"
	case key == "taskid" || (key == "id" || key == "arguments") && uuid.MatchString(text):
		return "T"
	default:
		return ""
	}
}

// volatile are the keys whose values are times at which something happened.
var volatile = []string{"initializationtime", "updatetime", "lastplayed", "added"}

// value normalises the value of a key, and makes equal numbers look equal. The
// elements of a list belong to its key.
func (n *normaliser) value(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out[k] = n.value(k, v[k])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = n.value(key, v[i])
		}
		return out
	case string:
		if kind := kindOf(key, v); kind != "" {
			return n.numbered(kind, v)
		}
		if inside, is := strings.CutPrefix(v, n.data+"/"); is && n.data != "" {
			return "<DATA>/" + inside
		}
		return v
	case json.Number:
		return n.plain(key, v)
	default:
		return v
	}
}

func (n *normaliser) numbered(kind, id string) string {
	number, known := n.number[id]
	if !known {
		n.count[kind]++
		number = fmt.Sprintf("<%s%d>", kind, n.count[kind])
		n.number[id], n.text[number] = number, id
	}
	return number
}

func (n *normaliser) plain(key string, v json.Number) any {
	f, err := v.Float64()
	switch {
	case err != nil || math.Abs(f) >= 1<<53:
		return v
	case f != math.Trunc(f):
		return f
	case slices.Contains(volatile, key) && float64(n.lo) <= f && f <= float64(n.hi):
		return "<NOW>"
	default:
		return json.Number(fmt.Sprintf("%.0f", f)) // 1 equals 1.0
	}
}

// like is our id with the number that theirs has, or the text if it is no id.
func (n *normaliser) like(theirs *normaliser, text string) string {
	if ours, known := n.text[theirs.number[text]]; known {
		return ours
	}
	return text
}

// contrast shows the first packets that differ, from a little before the place
// where they do.
func contrast(got, want []string) string {
	for i := range max(len(got), len(want)) {
		g, w := "(nothing)", "(nothing)"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g == w {
			continue
		}
		at := 0
		for at < min(len(g), len(w)) && g[at] == w[at] {
			at++
		}
		from := max(at-200, 0)
		return fmt.Sprintf("\npacket %d, from byte %d\ngot  %.600s\nwant %.600s", i+1, from, g[from:], w[from:])
	}
	return ""
}

// limitOf is the limit of the search in a step, 0 without one.
func limitOf(events []event) (limit int) {
	for _, e := range events {
		if arguments, ok := e.Packet["arguments"].(map[string]any); ok && e.Dir == "send" {
			_, _ = fmt.Sscan(fmt.Sprint(arguments["limit"]), &limit) // no number: no limit
		}
	}
	return limit
}

// sent shows what the first client of a step sent.
func sent(events []event) string {
	for _, e := range events {
		switch {
		case e.Dir == "send" && e.Packet != nil:
			raw, _ := json.Marshal(e.Packet)
			return fmt.Sprintf("%.300s", raw)
		case e.Dir == "send" && e.Text != nil:
			return fmt.Sprintf("%.300q", *e.Text)
		case e.Dir == "send":
			return fmt.Sprintf("%+v", *e.Frame)
		}
	}
	return "nothing"
}
