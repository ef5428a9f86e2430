package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"musicdb/server/client"
	"musicdb/server/wire"
)

// player replays one scenario.
type player struct {
	t         *testing.T
	name      string
	recording recording
	until     int   // as in scenario
	started   int64 // unix time
	daemon    *daemon
	describer *describer
	clients   map[string]*client.Client
	closed    map[string]string   // clients that the server has ended, and how
	midway    map[string]bool     // clients in the middle of a fragmented message
	pongs     map[string][]string // payloads, by client
	beats     int                 // heartbeats seen
	fresh     map[string][]wire.Packet
	names     struct{ ours, theirs *normaliser }
	notified  struct{ ours, theirs notes }
	noted     map[*otherNotes]bool // listed ones that were found
	missed    bool                 // something was waited for in vain
	reported                       // what the replay has counted
}

// reported is what a replay counts, for the report.
type reported struct{ compared, equal, differed, leftOut int }

func newPlayer(t *testing.T, s scenario) *player {
	p := &player{
		t: t, until: s.until, name: s.name, recording: loadRecording(t, s.name), started: time.Now().Unix(),
		describer: must(described())(t),
		daemon:    startDaemon(t, daemonOptions{installed: true, videos: s.videos, streaming: s.streaming, tracked: s.streaming, prepare: s.prepare(t)}),
		clients:   map[string]*client.Client{}, closed: map[string]string{}, midway: map[string]bool{},
		noted: map[*otherNotes]bool{}, pongs: map[string][]string{}, fresh: map[string][]wire.Packet{},
	}
	p.names.theirs = newNormaliser(p.recording.started, p.recording.ended)
	p.names.ours = newNormaliser(p.started, p.started+int64(time.Hour/time.Second))
	p.names.ours.data = p.daemon.dir
	return p
}

func (p *player) play() {
	for number, step := range p.recording.steps {
		if p.until > 0 && number > p.until {
			break
		}
		if p.isPending(step.events) || p.isLeftOut(number) {
			p.leftOut++
			for _, e := range step.events {
				if e.Dir == "open" {
					p.connect(e.Client)
				}
			}
			continue
		}
		p.step(number, step)
	}
	p.compareNotifications()
	p.checkListed()
}

// checkListed reports differences that did not occur, and what is listed of steps that
// the recording does not have.
func (p *player) checkListed() {
	exists := func(number int, what string) {
		if number < 0 || number >= len(p.recording.steps)-1 {
			p.t.Errorf("%s has no step %d, which is listed as %s", p.name, number, what)
		}
	}
	for _, a := range areas {
		for _, d := range a.differences {
			for _, number := range d.steps {
				if d.scenario == p.name && !slices.Contains(d.seen, number) && (p.until == 0 || number <= p.until) {
					p.t.Errorf("%s, step %d, client %q is listed as a difference, but is none (%s)", p.name, number, d.client, d.why)
				}
			}
		}
		for i, n := range a.notes {
			if n.scenario == p.name && !p.noted[&a.notes[i]] && p.until == 0 {
				p.t.Errorf("%s, notifications of %s at %s are listed as a difference, but there are none (%s)", p.name, n.source, n.client, n.why)
			}
		}
		for _, o := range a.tasks {
			if o.scenario == p.name && !o.seen && p.until == 0 {
				p.t.Errorf("%s, task %s, state %q is listed as a difference, but is none (%s)", p.name, o.task, o.state, o.why)
			}
		}
		for _, s := range a.substitutes {
			if s.scenario == p.name {
				exists(s.step, "a substitute")
			}
		}
		for _, l := range a.leftOut {
			if l.scenario == p.name {
				exists(l.steps[len(l.steps)-1], "left out")
			}
		}
	}
}

func (p *player) isPending(events []event) bool {
	return slices.ContainsFunc(events, func(e event) bool {
		name, _ := e.Packet["fncname"].(string)
		return e.Dir == "send" && slices.Contains(pending, name)
	})
}

func (p *player) isLeftOut(number int) bool {
	for _, a := range areas {
		if slices.ContainsFunc(a.leftOut, func(l leftOut) bool { return l.scenario == p.name && slices.Contains(l.steps, number) }) {
			return true
		}
	}
	return false
}

func (p *player) connect(name string) {
	p.clients[name] = p.daemon.dialWith(client.Options{Pong: func(payload []byte) {
		p.pongs[name] = append(p.pongs[name], fmt.Sprintf("%x", payload))
	}})
}

func (p *player) step(number int, step recordedStep) {
	p.hesitate(number)
	for _, e := range step.events {
		switch {
		case e.Dir == "open":
			p.connect(e.Client)
		case e.Dir == "send" || e.Dir == "send-close":
			p.send(number, step, e)
		case isNote(e.Packet) && (p.recording.keepsBeats || !e.isBeat()):
			p.notified.theirs.add(e.Client, e.Packet)
		}
	}
	p.settle()
	p.await(number, step)
	p.compareStep(number, step)
}

// settle collects what has arrived on each connection: the fence is an answer to a
// later request, and the answers of a connection come in order.
func (p *player) settle() {
	for _, name := range clientNames(p.clients) {
		if p.midway[name] || p.closed[name] != "" {
			continue // a fence would be part of the message
		}
		mark := json.RawMessage(`"fence"`)
		if err := p.clients[name].Send(wire.Request{Method: wire.Ask, Function: "Bounce", Signature: mark}); err != nil && !isReset(err) {
			p.t.Fatalf("%s, client %s: %v", p.name, name, err)
		}
		for p.closed[name] == "" {
			if packet := p.receive(name); string(packet.Signature) == string(mark) {
				break
			}
		}
	}
}

// receive waits for the next packet of a client, or for its end.
func (p *player) receive(name string) wire.Packet {
	packet, err := p.clients[name].Receive(p.t.Context())
	var closed wsutil.ClosedError
	switch {
	case err == nil:
	case errors.As(err, &closed):
		p.closed[name] = strings.TrimSpace(fmt.Sprintf("closed %d %s", closed.Code, closed.Reason))
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isReset(err):
		p.closed[name] = "closed 0"
	default:
		p.t.Fatalf("%s, client %s: %v", p.name, name, err)
	}
	if err != nil || string(packet.Signature) == `"fence"` {
		return packet
	}
	isBeat := string(packet.Signature) == `"onTimeChanged"`
	if isBeat {
		p.beats++
	}
	if err := p.describer.check(packetMap(p.t, packet)); err != nil {
		p.t.Errorf("%s, client %s: a packet that is not as described: %.600v", p.name, name, err)
	}
	if !isBeat || p.recording.keepsBeats {
		p.fresh[name] = append(p.fresh[name], packet)
		if packet.Method == wire.MethodNotification {
			p.notified.ours.add(name, packetMap(p.t, packet))
		}
	}
	return packet
}

func isReset(err error) bool {
	return strings.Contains(err.Error(), "connection reset") || strings.Contains(err.Error(), "broken pipe")
}

// send sends what a line of the transcript says.
func (p *player) send(number int, step recordedStep, e event) {
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
		err = c.SendText(p.packet(number, step, e))
	}
	if err != nil && !isReset(err) {
		p.t.Fatalf("%s, step %d: %v", p.name, number, err)
	}
}

func hexBytes(text string) ([]byte, error) {
	b := make([]byte, len(text)/2)
	_, err := fmt.Sscanf(text, "%x", &b)
	return b, err
}

// packet is a recorded packet with our key, our ids, and the bytes of an upload.
func (p *player) packet(number int, step recordedStep, e event) []byte {
	packet := maps.Clone(e.Packet)
	if packet["method"] == nil && step.kind == "upload" {
		packet["method"] = "call"
	}
	if _, hasKey := packet["key"]; packet["key"] == "<KEY>" || !hasKey && step.kind == "upload" {
		packet["key"] = testKey
	}
	for _, name := range []string{"fncsig", "pass"} { // left out in the chunks of an upload
		if _, has := packet[name]; !has && step.kind == "upload" {
			packet[name] = nil
		}
	}
	if other := p.substitute(number); other != "" {
		packet["arguments"] = json.RawMessage(other)
	} else if arguments, ok := packet["arguments"].(map[string]any); ok {
		arguments = maps.Clone(arguments)
		for name, value := range arguments {
			if text, isText := value.(string); isText {
				arguments[name] = p.names.ours.like(p.names.theirs, text)
			}
		}
		if chunk, isChunk := arguments["chunkdata"].(string); isChunk {
			arguments["chunkdata"] = p.chunk(step, e.Client, chunk)
		}
		packet["arguments"] = arguments
	}
	return must(json.Marshal(packet))(p.t)
}

func (p *player) substitute(number int) string {
	for _, a := range areas {
		for _, s := range a.substitutes {
			if s.scenario == p.name && s.step == number {
				return s.arguments
			}
		}
	}
	return ""
}

// uploads are the files that were uploaded, as they lie in the music directory.
var uploads = map[string]string{
	"song.mp3":  "The Distant Lasts/2023 - Ocean/04 Shibranlo.mp3",
	"song.flac": "The Distant Lasts/2010 - Harbor Gravity Salt/04*",
	"cover.jpg": "The Distant Lasts/2010 - Harbor Gravity Salt/cover.jpg",
	"cover.png": "夢の中へ兄弟/1988 - 红莲/folder.png",
}

// chunk is the part of the uploaded file that the transcript describes, once the
// server has asked for it.
func (p *player) chunk(step recordedStep, name, described string) string {
	var size, from int
	if _, err := fmt.Sscanf(described, "<%d bytes of the file from %d, in hex>", &size, &from); err != nil {
		return described
	}
	p.wait(name, maxBeats, func(packet map[string]any) bool {
		return matches(packet, map[string]any{"fncsig": "ChunkRequest", "arguments.offset": json.Number(fmt.Sprint(from))})
	})
	if text, isHex := step.upload["hex"].(string); isHex {
		return text[2*from : 2*(from+size)]
	}
	content := p.daemon.musicFile(uploads[fmt.Sprint(step.upload["file"])])
	return fmt.Sprintf("%x", content[from:from+size])
}
