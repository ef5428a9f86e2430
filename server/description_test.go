package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"musicdb/server"
)

// describer holds packets against the description that the server serves.
type describer struct {
	payloads map[string]*jsonschema.Schema // by message
}

var described = sync.OnceValues(func() (*describer, error) {
	text, err := os.ReadFile("asyncapi.json")
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	if err := c.AddResource("musicdb.json", document); err != nil {
		return nil, err
	}
	d := &describer{map[string]*jsonschema.Schema{}}
	for key := range document.(map[string]any)["components"].(map[string]any)["messages"].(map[string]any) {
		if d.payloads[key], err = c.Compile("musicdb.json#/components/messages/" + key + "/payload"); err != nil {
			return nil, err
		}
	}
	return d, nil
})

// check returns what is wrong with a packet of a server.
func (d *describer) check(packet map[string]any) error {
	key := fmt.Sprint(packet["fncname"]) + ".result"
	if isNote(packet) || packet["fncname"] == "sys:refresh" {
		key = strings.ReplaceAll(fmt.Sprint(packet["fncname"]), ":", "-") + "." + fmt.Sprint(packet["fncsig"])
	}
	schema := d.payloads[key]
	if schema == nil {
		return fmt.Errorf("the description has no message %s; `make generate` writes it", key)
	}
	return schema.Validate(packet)
}

func TestTheDescriptionIsServed(t *testing.T) {
	t.Parallel()
	answer, body := startDaemon(t, daemonOptions{}).get("/asyncapi.json")
	if kind := answer.Header.Get("Content-Type"); kind != "application/json" {
		t.Errorf("content type %q", kind)
	}
	if want := string(must(os.ReadFile("asyncapi.json"))(t)); body != want {
		t.Errorf("got %.100q", body)
	}
}

// TestTheDescriptionIsAsyncAPI validates the document with the schema that the
// AsyncAPI initiative publishes.
func TestTheDescriptionIsAsyncAPI(t *testing.T) {
	t.Parallel()
	schema := must(jsonschema.UnmarshalJSON(bytes.NewReader(readGzip(t, "asyncapi/testdata/asyncapi-3.0.0-schema.json.gz"))))(t)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("http://asyncapi.com/definitions/3.0.0/asyncapi.json", schema); err != nil {
		t.Fatal(err)
	}
	asyncAPI := must(c.Compile("http://asyncapi.com/definitions/3.0.0/asyncapi.json"))(t)
	document := must(jsonschema.UnmarshalJSON(bytes.NewReader(must(os.ReadFile("asyncapi.json"))(t))))(t)
	if err := asyncAPI.Validate(document); err != nil {
		t.Error(err)
	}
	document.(map[string]any)["operations"].(map[string]any)["GetAlbum"].(map[string]any)["action"] = "answer"
	if err := asyncAPI.Validate(document); err == nil {
		t.Error("an unknown action is valid")
	}
}

// TestRecordedPacketsFitTheDescription holds everything that the reference server
// sent against the description: the types of our functions are those of the protocol.
func TestRecordedPacketsFitTheDescription(t *testing.T) {
	t.Parallel()
	d := must(described())(t)
	var checked atomic.Int64
	t.Cleanup(func() { // behind the scenarios
		t.Logf("%d packets checked", checked.Load())
		if checked.Load() < 700 {
			t.Errorf("only %d packets were checked", checked.Load())
		}
	})
	for _, s := range scenarios {
		if s.videos && s.pending != "" {
			continue // a current video has no type yet
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			for number, step := range loadRecording(t, s.name).steps {
				for _, e := range step.events {
					if e.Dir != "recv" || e.Packet == nil || undescribed(e.Packet) {
						continue
					}
					checked.Add(1)
					if err := d.check(e.Packet); err != nil {
						t.Errorf("step %d: %.600v", number, err)
					}
				}
			}
		})
	}
}

func TestTheDescriptionFindsWrongPackets(t *testing.T) {
	d := must(described())(t)
	for text, isRight := range map[string]bool{
		`{"method":"response","fncname":"GetArtists","fncsig":1,"arguments":[{"id":1,"name":"a","path":"b"}],"pass":null}`:       true,
		`{"method":"broadcast","fncname":"GetArtists","fncsig":null,"arguments":[],"pass":{}}`:                                   true,
		`{"method":"response","fncname":"GetArtists","fncsig":1,"arguments":null,"pass":null}`:                                   false,
		`{"method":"response","fncname":"GetArtists","fncsig":1,"arguments":[{"id":"1","name":"a","path":"b"}],"pass":null}`:     false,
		`{"method":"response","fncname":"GetArtists","fncsig":1,"arguments":[{"id":1,"name":"a"}],"pass":null}`:                  false,
		`{"method":"response","fncname":"GetArtists","fncsig":1,"arguments":[{"id":1,"name":"a","path":"b","x":1}],"pass":null}`: false,
		`{"method":"response","fncname":"GetArtists","fncsig":1,"arguments":[],"pass":null,"key":"k"}`:                           false,
		`{"method":"notification","fncname":"MusicDB:AudioStream","fncsig":"onTimeChanged","arguments":1.5,"pass":null}`:         true,
		`{"method":"notification","fncname":"MusicDB:AudioStream","fncsig":"onTimeChanged","arguments":null,"pass":null}`:        false,
		`{"method":"notification","fncname":"MusicDB:AudioStream","fncsig":"onNothing","arguments":null,"pass":null}`:            false,
	} {
		var packet map[string]any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&packet); err != nil {
			t.Fatal(err)
		}
		if err := d.check(packet); (err == nil) != isRight {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestPendingSourcesAreReallyMissing(t *testing.T) {
	for _, e := range server.Events() {
		if slices.Contains(pendingSources, e.Source) || slices.Contains(pendingSources, e.Source+" "+e.Name) {
			t.Errorf("%s %s is in the table of events and in the list of pending sources", e.Source, e.Name)
		}
	}
}

// undescribed says whether a packet belongs to a function or an event that the
// server does not have yet.
func undescribed(packet map[string]any) bool {
	name := fmt.Sprint(packet["fncname"])
	return slices.Contains(pending, name) || slices.Contains(pendingSources, name) ||
		slices.Contains(pendingSources, fmt.Sprint(name, " ", packet["fncsig"]))
}
