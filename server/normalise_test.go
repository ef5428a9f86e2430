package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
)

// ids numbers queue entry ids in the order of their first appearance.
type ids struct {
	number map[string]int
	text   []string
}

func newIDs() *ids { return &ids{number: map[string]int{}} }

// normalise replaces entry ids and makes equal numbers look equal.
func (i *ids) normalise(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if id, isText := v[key].(string); isText && (key == "entryid" || key == "currententry") {
				if _, known := i.number[id]; !known {
					i.number[id] = len(i.text)
					i.text = append(i.text, id)
				}
				out[key] = fmt.Sprintf("<E%d>", i.number[id])
				continue
			}
			out[key] = i.normalise(v[key])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for n := range v {
			out[n] = i.normalise(v[n])
		}
		return out
	case json.Number:
		if f, err := v.Float64(); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return json.Number(fmt.Sprintf("%.0f", f)) // 1 equals 1.0
		} else if err == nil && math.Abs(f) < 1<<53 {
			return f
		}
		return v
	default:
		return v
	}
}

// like is our id with the number that theirs has, or the text if it is no id.
func (i *ids) like(theirs *ids, text string) string {
	if n, isID := theirs.number[text]; isID && n < len(i.text) {
		return i.text[n]
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

func sent(events []event) string {
	for _, e := range events {
		if e.Dir == "send" {
			raw, _ := json.Marshal(e.Packet)
			return fmt.Sprintf("%.300s", raw)
		}
	}
	return "nothing"
}
