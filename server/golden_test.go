package server_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"musicdb/server"
	"musicdb/server/client"
	"musicdb/server/wire"
)

// The exchanges of testdata/golden were recorded from the reference server on the
// installation of testdata/installation, with the audio stream switched off. Each
// step is sent to our server and what comes back is compared:
//
//   - answers and broadcasts per step and client, in order;
//   - notifications per client and source in order over the whole scenario, equal
//     neighbours merged;
//   - whether the connection was ended.
//
// Queue entry ids are random: they are compared by the order of their first
// appearance. The heartbeat is left out.

// event is a line of a transcript.
type event struct {
	Step   int            `json:"step"`
	Client string         `json:"client"`
	Dir    string         `json:"dir"`
	Packet map[string]any `json:"packet"`
	Text   *string        `json:"text"`
	Frame  *struct {
		Op   byte   `json:"op"`
		Text string `json:"text"`
		Hex  string `json:"hex"`
		Fin  *bool  `json:"fin"`
		Mask *bool  `json:"mask"`
	} `json:"frame"`
	Pong string `json:"pong"`
	Code int    `json:"code"`
}

func TestGoldenExchanges(t *testing.T) {
	t.Parallel()
	for _, scenario := range []struct {
		name, database string
		until          int    // the last step; later ones need what is pending
		why            string // why it ends there
	}{
		{name: "01-read"},
		{name: "02-protocol"},
		{name: "03-bad-arguments"},
		{name: "04-song-queue"},
		{name: "05-queue-empty"},
		{name: "08-filter", database: "music-tagged.db"}, // made as steps 1 to 13 make it
		{name: "09-find", until: 118, why: "the following steps change statistics and hide an album"},
		{name: "18-broadcast"},
		{name: "19-heartbeat"},
	} {
		t.Run(scenario.name, func(t *testing.T) {
			t.Parallel()
			p := &player{t: t, name: scenario.name, daemon: startDaemon(t, daemonOptions{database: scenario.database}),
				clients: map[string]*client.Client{}, closed: map[string]string{}, midway: map[string]bool{}, theirs: newIDs(), ours: newIDs()}
			p.play(loadTranscript(t, scenario.name), scenario.until)
			t.Logf("%d packets compared, %d steps left out, %d deliberate differences", p.compared, p.skipped, p.differed)
			if p.compared == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

func TestPendingFunctionsAreReallyMissing(t *testing.T) {
	for _, f := range server.Functions() {
		if slices.Contains(pending, f.Name) {
			t.Errorf("%s is in the dispatch table and in the list of pending functions", f.Name)
		}
	}
}

func loadTranscript(t *testing.T, name string) (steps [][]event) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSpace(readGzip(t, "testdata/golden/"+name+".jsonl.gz")), []byte("\n"))
	for _, line := range lines[1:] {
		// Python writes NaN and Infinity, which no JSON text has.
		line = regexp.MustCompile(`([^\\]": )(NaN|Infinity)`).ReplaceAll(line, []byte(`$1"$2"`))
		var e event
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&e); err != nil {
			t.Fatalf("%s: %v: %.200s", name, err, line)
		}
		for len(steps) <= e.Step {
			steps = append(steps, nil)
		}
		steps[e.Step] = append(steps[e.Step], e)
	}
	return steps
}

// player replays one scenario.
type player struct {
	t       *testing.T
	name    string
	daemon  *daemon
	clients map[string]*client.Client
	closed  map[string]string // clients that the server has ended, and how
	midway  map[string]bool   // clients in the middle of a fragmented message
	ours    *ids
	theirs  *ids

	compared, skipped, differed int
	notified                    struct{ ours, theirs map[string][]string } // by client and source
}

func (p *player) play(steps [][]event, until int) {
	p.notified.ours, p.notified.theirs = map[string][]string{}, map[string][]string{}
	for number, events := range steps {
		if until > 0 && number > until {
			break
		}
		if p.isPending(events) || unrepeatable[p.name][number] != "" {
			p.skipped++
			for _, e := range events {
				if e.Dir == "open" {
					p.clients[e.Client] = p.daemon.dial()
				}
			}
			continue
		}
		p.step(number, events)
	}
	p.compareNotifications()
}

func (p *player) isPending(events []event) bool {
	return slices.ContainsFunc(events, func(e event) bool {
		name, _ := e.Packet["fncname"].(string)
		return e.Dir == "send" && slices.Contains(pending, name)
	})
}

func (p *player) step(number int, events []event) {
	want, got := map[string][]string{}, map[string][]string{}
	for _, e := range events {
		switch e.Dir {
		case "open":
			p.clients[e.Client] = p.daemon.dial()
		case "send", "send-close":
			p.send(number, e)
		case "recv":
			p.record(want, p.notified.theirs, e.Client, e.Packet, p.theirs)
			if e.Packet == nil && e.Text == nil {
				p.compared++ // a pong; the client library of the recorder showed it, ours does not
			}
		case "close":
			want[e.Client] = append(want[e.Client], "closed")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.clients)) {
		if p.midway[name] {
			continue // a fence would be part of the message
		}
		for _, packet := range p.receive(name) {
			p.record(got, p.notified.ours, name, packetMap(p.t, packet), p.ours)
		}
		if how, isClosed := p.closed[name]; isClosed {
			got[name] = append(got[name], how)
			delete(p.clients, name)
			delete(p.closed, name)
		}
	}
	sender := ""
	for _, e := range events {
		if e.Dir == "send" {
			sender = e.Client
		}
	}
	for _, d := range differences {
		if d.scenario == p.name && d.step == number {
			p.differed++
			if slices.Equal(want[sender], d.ours) {
				p.t.Errorf("%s, step %d is listed as a difference, but is none", p.name, number)
			}
			want[sender] = d.ours
		}
	}
	for name := range merge(want, got) {
		p.compared += len(want[name])
		equal := slices.Equal(want[name], got[name])
		for _, d := range searches {
			if d.scenario == p.name && slices.Contains(d.steps, number) {
				p.differed++
				if equal {
					p.t.Errorf("%s, step %d is listed as a difference, but is none", p.name, number)
				}
				equal = d.check(got[name], want[name], limitOf(events))
			}
		}
		if !equal {
			p.t.Errorf("%s, step %d, client %s:\nsent %s%s", p.name, number, name, sent(events), contrast(got[name], want[name]))
		}
	}
}

// receive collects what has arrived; the fence is an answer to a later request.
func (p *player) receive(name string) []wire.Packet {
	c := p.clients[name]
	mark := json.RawMessage(`"fence"`)
	sendErr := c.Send(wire.Request{Method: wire.Ask, Function: "Bounce", Signature: mark})
	var packets []wire.Packet
	for {
		packet, err := c.Receive(p.t.Context())
		var closed wsutil.ClosedError
		switch {
		case err == nil && string(packet.Signature) == string(mark):
			return packets
		case err == nil:
			packets = append(packets, packet)
		case errors.As(err, &closed) || errors.Is(err, io.EOF) || sendErr != nil || isReset(err):
			p.closed[name] = "closed"
			return packets
		default:
			p.t.Fatalf("%s, client %s: %v", p.name, name, err)
		}
	}
}

func isReset(err error) bool {
	return strings.Contains(err.Error(), "connection reset") || strings.Contains(err.Error(), "broken pipe")
}

func (p *player) send(number int, e event) {
	c := p.clients[e.Client]
	var err error
	switch {
	case e.Dir == "send-close":
		err = c.SendFrame(ws.MaskFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusCode(e.Code), ""))))
	case e.Text != nil:
		err = c.SendText([]byte(strings.ReplaceAll(*e.Text, "<KEY>", testKey)))
	case e.Frame != nil:
		payload := []byte(strings.ReplaceAll(e.Frame.Text, "<KEY>", testKey))
		if e.Frame.Hex != "" {
			payload = must(hexBytes(e.Frame.Hex))(p.t)
		}
		final := e.Frame.Fin == nil || *e.Frame.Fin
		p.midway[e.Client] = !final
		frame := ws.NewFrame(ws.OpCode(e.Frame.Op), final, payload)
		if e.Frame.Mask == nil || *e.Frame.Mask {
			frame = ws.MaskFrame(frame)
		}
		err = c.SendFrame(frame)
	default:
		err = c.SendText(p.packet(number, e.Packet))
	}
	if err != nil && !isReset(err) {
		p.t.Fatalf("%s, step %d: %v", p.name, number, err)
	}
}

func hexBytes(text string) ([]byte, error) {
	var b []byte
	_, err := fmt.Sscanf(text, "%x", &b)
	return b, err
}

// packet is a recorded packet with our key and our entry ids.
func (p *player) packet(number int, packet map[string]any) []byte {
	packet = maps.Clone(packet)
	if packet["key"] == "<KEY>" {
		packet["key"] = testKey
	}
	if other, ok := substitute[p.name][number]; ok {
		packet["arguments"] = json.RawMessage(other.packet)
	} else if arguments, ok := packet["arguments"].(map[string]any); ok {
		arguments = maps.Clone(arguments)
		for name, value := range arguments {
			if text, isText := value.(string); isText {
				arguments[name] = p.ours.like(p.theirs, text)
			}
		}
		packet["arguments"] = arguments
	}
	return must(json.Marshal(packet))(p.t)
}

// record files a packet under answers or notifications, normalised.
func (p *player) record(answers, notifications map[string][]string, name string, packet map[string]any, ids *ids) {
	if packet == nil || packet["fncsig"] == "onTimeChanged" && p.name != "19-heartbeat" {
		return
	}
	if packet["method"] == "notification" {
		source := fmt.Sprint(name, " ", packet["fncname"])
		event := fmt.Sprint(packet["fncsig"])
		if known := notifications[source]; len(known) == 0 || known[len(known)-1] != event {
			notifications[source] = append(known, event)
		}
		return
	}
	arguments, sig := show(p.t, ids.normalise(packet["arguments"])), show(p.t, packet["fncsig"])
	line := fmt.Sprint(packet["method"], " ", packet["fncname"], " ", sig, " ", arguments)
	if pass := packet["pass"]; pass != nil {
		line += " pass " + show(p.t, pass)
	}
	answers[name] = append(answers[name], line)
}

func (p *player) compareNotifications() {
	differ := false
	for _, key := range slices.Sorted(maps.Keys(merge(p.notified.ours, p.notified.theirs))) {
		got, want := strings.Join(p.notified.ours[key], " "), strings.Join(p.notified.theirs[key], " ")
		if strings.HasSuffix(key, "AudioStream") {
			continue // its start may be told to an early client; the number of heartbeats is no part of the protocol
		}
		if other, differs := otherNotifications[p.name]; differs {
			differ = differ || want != other.want
			want = other.want
		}
		if got != want {
			p.t.Errorf("%s, notifications of %s:\ngot  %q\nwant %q", p.name, key, got, want)
		}
	}
	if _, listed := otherNotifications[p.name]; listed && !differ {
		p.t.Errorf("%s is listed with other notifications, but has none", p.name)
	}
}

func packetMap(t *testing.T, p wire.Packet) map[string]any {
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(p.Encode()))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func merge(a, b map[string][]string) map[string][]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func show(t *testing.T, value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}
