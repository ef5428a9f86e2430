package server_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// maxBeats is how many heartbeats, one each second, a step waits for what other
// parts of the server have to tell. Where songs are played, the end of one may be told.
const (
	maxBeats     = 5
	maxSongBeats = 20
)

// await waits for what a step needs from other parts of the server: what the
// script waited for, and after a pause what the recorder had seen until then.
func (p *player) await(number int, step recordedStep) {
	beats := maxBeats
	if p.daemon.streaming {
		beats = maxSongBeats
	}
	if slices.ContainsFunc(step.events, func(e event) bool { return e.Info == "timeout waiting" }) {
		beats = 1 // it did not come
	}
	for _, until := range step.until {
		name := senderOf(step.events)
		if other, ok := until["client"].(string); ok {
			name = other
		}
		p.wait(name, beats, func(packet map[string]any) bool { return matches(packet, cloneWithout(until, "client")) })
	}
	if step.kind == "wait" || step.kind == "until" || len(step.until) > 0 {
		p.catchUp()
	}
	p.awaitRefresh(step, beats)
	for _, area := range areas {
		for _, a := range area.awaited {
			for _, name := range clientNames(p.clients) {
				if a.scenario == p.name && a.step == number {
					p.receiveNotes(name+" "+a.source, a.number)
				}
			}
		}
	}
	p.settle()
}

// awaitRefresh waits for the word that lists are stale where the recorder has seen it:
// it comes from the machine of the process, beside the notifications of a task.
func (p *player) awaitRefresh(step recordedStep, beats int) {
	isRefresh := func(packet map[string]any) bool { return packet["fncname"] == "sys:refresh" }
	for _, e := range step.events {
		if e.Dir == "recv" && isRefresh(e.Packet) && p.clients[e.Client] != nil {
			p.wait(e.Client, beats, isRefresh)
		}
	}
}

// hesitate waits before a step that needs it.
func (p *player) hesitate(number int) {
	for _, area := range areas {
		for _, h := range area.hesitations {
			if h.scenario == p.name && h.step == number {
				for last := p.beats + h.beats; p.beats < last && p.closed[h.client] == ""; {
					p.receive(h.client)
				}
			}
		}
	}
}

// wait receives until a packet of the client fits.
func (p *player) wait(name string, beats int, fits func(packet map[string]any) bool) {
	seen := 0
	for last := p.beats + beats; p.closed[name] == "" && p.beats <= last; p.receive(name) {
		for ; seen < len(p.fresh[name]); seen++ {
			if fits(packetMap(p.t, p.fresh[name][seen])) {
				return
			}
		}
	}
	p.missed = true
}

// catchUp receives until every client was notified of as much as the recorder's was.
func (p *player) catchUp() {
	for key := range p.notified.theirs.packets {
		if p.otherNotes(key) != nil {
			continue
		}
		name, _, _ := strings.Cut(key, " ")
		for last := p.beats + maxBeats; p.clients[name] != nil && p.closed[name] == "" && p.beats <= last; p.receive(name) {
			if strings.HasSuffix(key, taskSource) {
				ours, theirs := p.notified.ours.tasks(key, newNormaliser(0, 0)), p.notified.theirs.tasks(key, newNormaliser(0, 0))
				// Ours may have more states on purpose, which must not stand for those to come.
				if len(ours.last) >= len(theirs.last) && ours.has(theirs) {
					break
				}
			} else if len(p.notified.ours.lines(p.t, key, newNormaliser(0, 0))) >= len(p.notified.theirs.lines(p.t, key, newNormaliser(0, 0))) {
				break
			}
		}
	}
}

// receiveNotes receives until a client was notified so many times by a source.
func (p *player) receiveNotes(key string, number int) {
	name, _, _ := strings.Cut(key, " ")
	for last := p.beats + maxBeats; p.closed[name] == "" && p.beats <= last; p.receive(name) {
		if len(p.notified.ours.lines(p.t, key, newNormaliser(0, 0))) >= number {
			return
		}
	}
	p.missed = true
}

// senderOf is the client that sends in a step, or the first that appears.
func senderOf(events []event) string {
	for _, e := range events {
		if strings.HasPrefix(e.Dir, "send") {
			return e.Client
		}
	}
	for _, e := range events {
		if e.Client != "" {
			return e.Client
		}
	}
	return "a"
}

// matches compares members of a packet, named by paths with dots, with values.
func matches(packet, wanted map[string]any) bool {
	for path, want := range wanted {
		var value any = packet
		for part := range strings.SplitSeq(path, ".") {
			switch v := value.(type) {
			case map[string]any:
				value = v[part]
			case []any:
				n, err := strconv.Atoi(part)
				if err != nil || n < 0 || n >= len(v) {
					return false
				}
				value = v[n]
			default:
				return false
			}
		}
		if number, isNumber := want.(json.Number); isNumber {
			if fmt.Sprint(value) != number.String() {
				return false
			}
			continue
		}
		if !reflect.DeepEqual(value, want) {
			return false
		}
	}
	return true
}
