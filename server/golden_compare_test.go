package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"musicdb/server/wire"
)

// compareStep compares what each client got in a step, except notifications.
func (p *player) compareStep(number int, step recordedStep) {
	want, got := p.wanted(step.events), p.received()
	sender := senderOf(step.events)
	if p.missed {
		got[sender] = append(got[sender], missedLine)
		p.missed = false
	}
	for _, name := range slices.Sorted(maps.Keys(merge(want, got))) {
		w, g := want[name], got[name]
		p.compared += len(w)
		equal := slices.Equal(w, g)
		d := p.difference(number, name, sender)
		switch {
		case d == nil && equal:
			p.equal += len(w)
		case d == nil:
			p.t.Errorf("%s, step %d, client %s:\nsent %s%s", p.name, number, name, sent(step.events), contrast(g, w))
		case equal && d.client != everyone:
			p.t.Errorf("%s, step %d, client %s is listed as a difference, but is none (%s)", p.name, number, name, d.why)
		case equal:
			p.equal += len(w)
		case d.fits(g, w, limitOf(step.events)):
			p.differed++
			d.seen = append(d.seen, number)
		default:
			p.t.Errorf("%s, step %d, client %s, differs from the listed difference (%s):\nsent %s%s\nlisted %.600q",
				p.name, number, name, d.why, sent(step.events), contrast(g, w), d.ours)
		}
	}
}

// The lines for what a recorder notes and no packet says.
const (
	missedLine = "(waited in vain)"
	deafLine   = "(no answer to later requests)"
)

// wanted is what the recorder's clients got, as lines.
func (p *player) wanted(events []event) map[string][]string {
	want := map[string][]string{}
	for _, e := range events {
		switch {
		case e.Dir == "recv" && e.Pong != nil:
			want[e.Client] = append(want[e.Client], "pong "+*e.Pong)
		case e.Dir == "recv" && !isNote(e.Packet):
			want[e.Client] = append(want[e.Client], p.line(e.Packet, p.names.theirs))
		case e.Dir == "close":
			want[e.Client] = append(want[e.Client], strings.TrimSpace(fmt.Sprintf("closed %d %s", e.Code, strings.TrimPrefix(e.Reason, "no close frame (Closed)"))))
		case strings.HasPrefix(e.Info, "fence timeout"):
			for _, name := range e.Clients {
				want[name] = append(want[name], deafLine)
			}
		case e.Info == "timeout waiting":
			if sender := senderOf(events); !slices.Contains(want[sender], missedLine) {
				want[sender] = append(want[sender], missedLine)
			}
		}
	}
	return want
}

// received is what our clients got since the last step, as lines.
func (p *player) received() map[string][]string {
	got := map[string][]string{}
	for _, name := range clientNames(p.clients) {
		for _, payload := range p.pongs[name] {
			got[name] = append(got[name], "pong "+payload)
		}
		for _, packet := range p.fresh[name] {
			if packet.Method != wire.MethodNotification {
				got[name] = append(got[name], p.line(packetMap(p.t, packet), p.names.ours))
			}
		}
		if how := p.closed[name]; how != "" {
			got[name] = append(got[name], how)
			delete(p.clients, name)
			delete(p.closed, name)
		}
	}
	clear(p.fresh)
	clear(p.pongs)
	return got
}

// line shows a packet, normalised.
func (p *player) line(packet map[string]any, names *normaliser) string {
	line := fmt.Sprint(packet["method"], " ", packet["fncname"], " ", show(p.t, packet["fncsig"]), " ", show(p.t, names.value("arguments", packet["arguments"])))
	if pass := packet["pass"]; pass != nil {
		line += " pass " + show(p.t, pass)
	}
	return line
}

// notes are the notifications of a scenario by client and source, in order.
type notes struct{ packets map[string][]map[string]any }

func isNote(packet map[string]any) bool { return packet["method"] == wire.MethodNotification }

const taskSource = "MusicDB:Task"

func noteKey(name string, packet map[string]any) string {
	return name + " " + fmt.Sprint(packet["fncname"])
}

// planSource tells of plans; the reference server has none.
const planSource = "MusicDB:Plans"

func (n *notes) add(name string, packet map[string]any) {
	if packet["fncname"] == planSource {
		return
	}
	if n.packets == nil {
		n.packets = map[string][]map[string]any{}
	}
	key := noteKey(name, packet)
	n.packets[key] = append(n.packets[key], packet)
}

// lines are the notifications of a key, equal neighbours merged.
func (n *notes) lines(t testing.TB, key string, names *normaliser) (lines []string) {
	for _, packet := range n.packets[key] {
		line := fmt.Sprint(packet["fncsig"])
		if arguments := packet["arguments"]; arguments != nil {
			line += " " + show(t, names.value("arguments", arguments))
		}
		if len(lines) == 0 || lines[len(lines)-1] != line {
			lines = append(lines, line)
		}
	}
	return lines
}

func (p *player) compareNotifications() {
	ours, theirs := &p.notified.ours, &p.notified.theirs
	for _, key := range slices.Sorted(maps.Keys(merge(ours.packets, theirs.packets))) {
		if _, source, _ := strings.Cut(key, " "); slices.Contains(ownSources, source) {
			continue
		}
		if strings.HasSuffix(key, taskSource) {
			p.compareTasks(key)
			continue
		}
		if strings.HasSuffix(key, " MusicDB:Plans") && len(theirs.packets[key]) == 0 {
			continue // a source of our own, which clients of the reference server pass by
		}
		want, got := theirs.lines(p.t, key, p.names.theirs), ours.lines(p.t, key, p.names.ours)
		p.compared += len(want)
		equal := slices.Equal(got, want)
		other := p.otherNotes(key)
		p.noted[other] = true
		switch {
		case other == nil && !equal:
			p.t.Errorf("%s, notifications of %s:\ngot  %q\nwant %q", p.name, key, got, want)
		case other == nil && len(ours.packets[key]) > len(theirs.packets[key]) && !p.recording.keepsBeats:
			p.t.Errorf("%s, notifications of %s: %d, more than the %d of the reference server", p.name, key, len(ours.packets[key]), len(theirs.packets[key]))
		case other == nil:
			p.equal += len(want)
		case equal:
			p.t.Errorf("%s, notifications of %s are listed as a difference, but are none (%s)", p.name, key, other.why)
		case !slices.Equal(got, other.ours):
			p.t.Errorf("%s, notifications of %s:\ngot    %q\nlisted %q\ntheirs %q", p.name, key, got, other.ours, want)
		default:
			p.differed++
		}
	}
}

func packetMap(t testing.TB, p wire.Packet) map[string]any {
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(p.Encode()))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func merge[V any](a, b map[string]V) map[string]V {
	all := make(map[string]V, len(a)+len(b))
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

func cloneWithout(m map[string]any, keys ...string) map[string]any {
	m = maps.Clone(m)
	for _, key := range keys {
		delete(m, key)
	}
	return m
}

func show(t testing.TB, value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
