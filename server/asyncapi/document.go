package asyncapi

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// Version is the release of AsyncAPI that the document follows.
const Version = "3.0.0"

// channel is the one channel there is: the connection.
const channel = "musicdb"

type document struct {
	AsyncAPI           string `json:"asyncapi"`
	Info               object `json:"info"`
	DefaultContentType string `json:"defaultContentType"`
	Servers            object `json:"servers"`
	Channels           object `json:"channels"`
	Operations         object `json:"operations"`
	Components         object `json:"components"`
}

// Document is the AsyncAPI document of an API, as indented JSON with a newline at
// its end. It depends on its argument only.
func Document(a API) ([]byte, error) {
	d := &builder{schemas: newSchemas(), messages: object{}, inChannel: object{}, operations: object{}}
	for _, f := range a.Functions {
		if err := d.addResult(f); err != nil {
			return nil, fmt.Errorf("function %s: %w", f.Name, err)
		}
	}
	for _, f := range a.Functions { // arguments may be of the type of any result
		if err := d.addFunction(f); err != nil {
			return nil, fmt.Errorf("function %s: %w", f.Name, err)
		}
	}
	for _, e := range a.Events {
		if err := d.addEvent(e); err != nil {
			return nil, fmt.Errorf("event %s of %s: %w", e.Name, e.Source, err)
		}
	}
	out := document{
		AsyncAPI: Version,
		Info: object{
			"title": a.Title, "version": a.Version, "description": a.Description,
			"license": object{"name": "GPL-3.0-or-later", "url": "https://www.gnu.org/licenses/gpl-3.0.html"},
		},
		DefaultContentType: "application/json",
		Servers:            servers(),
		Channels: object{channel: object{
			"address":     "/",
			"title":       "The connection",
			"description": "One WebSocket for everything, in both directions one JSON document per text message. Path and query of the address are ignored.",
			"messages":    d.inChannel,
			"bindings":    object{"ws": object{"method": "GET", "bindingVersion": "0.1.0"}},
		}},
		Operations: d.operations,
		Components: object{
			"schemas": d.schemas.all, "messages": d.messages,
			"securitySchemes": object{"key": object{
				"type": "apiKey", "in": "password",
				"description": "The API key: not part of the handshake, but the value of the member key of every packet that a client sends.",
			}},
		},
	}
	text, err := json.MarshalIndent(out, "", " ")
	return append(text, '\n'), err
}

func servers() object {
	security := []any{object{"$ref": "#/components/securitySchemes/key"}}
	variables := object{
		"host": object{"default": "127.0.0.1", "description": "address that the server listens on"},
		"port": object{"default": "9000", "description": "port of the websocket listener"},
	}
	return object{
		"encrypted": object{
			"host": "{host}:{port}", "protocol": "wss", "variables": variables, "security": security,
			"description": "WebSocket (RFC 6455) inside TLS 1.2 or 1.3; the certificate may be self-signed.", "bindings": object{"ws": object{}},
		},
		"plain": object{
			"host": "{host}:{port}", "protocol": "ws", "variables": variables, "security": security,
			"description": "WebSocket without TLS, if the server is configured so.", "bindings": object{"ws": object{}},
		},
	}
}

// builder collects the parts of the document that depend on the API.
type builder struct {
	schemas    *schemas
	messages   object
	inChannel  object
	operations object
}

// addMessage enters a packet. The method, the function and the signature are fixed
// values or schemas.
func (b *builder) addMessage(key, title, summary string, payload object) {
	b.messages[key] = object{"name": key, "title": title, "summary": summary, "contentType": "application/json", "payload": payload}
	b.inChannel[key] = object{"$ref": "#/components/messages/" + key}
}

func inChannel(key string) object {
	return object{"$ref": "#/channels/" + channel + "/messages/" + key}
}

func thisChannel() object { return object{"$ref": "#/channels/" + channel} }

// packet is the schema of a packet of the server: exactly five members.
func packet(method, function, signature, arguments, pass object) object {
	return object{
		"type": "object", "additionalProperties": false,
		"required":   []string{"method", "fncname", "fncsig", "arguments", "pass"},
		"properties": object{"method": method, "fncname": function, "fncsig": signature, "arguments": arguments, "pass": pass},
	}
}

func echoed(name string) object {
	return object{"description": "any value; the " + name + " of the request, unchanged"}
}

func resultKey(function string) string { return function + ".result" }

func (b *builder) addResult(f Function) error {
	if f.BroadcastsAs != "" {
		return nil // the getter's result is sent
	}
	result, err := b.schemas.of(f.Result)
	if err != nil {
		return err
	}
	b.addMessage(resultKey(f.Name), "Result of "+f.Name, "to the caller as response, or to all clients as broadcast, as the request asked for",
		packet(object{"enum": []string{"response", "broadcast"}}, object{"const": f.Name}, echoed("fncsig"), result, echoed("pass")))
	return nil
}

func (b *builder) addFunction(f Function) error {
	arguments, err := b.schemas.arguments(f.Arguments)
	if err != nil {
		return err
	}
	request := f.Name + ".request"
	b.addMessage(request, "Request of "+f.Name, f.Doc, object{
		"type":     "object",
		"required": []string{"method", "fncname", "fncsig", "arguments", "pass", "key"},
		"properties": object{
			"method":  object{"enum": []string{"call", "request", "broadcast"}, "description": "call: no answer; request: an answer to the caller; broadcast: an answer to all clients"},
			"fncname": object{"const": f.Name}, "arguments": arguments,
			"fncsig": object{"description": "any value; comes back with the result"},
			"pass":   object{"description": "any value; comes back with the result"},
			"key":    object{"type": "string", "description": "the API key"},
		},
	})
	description := "A request that fails is not answered: the protocol has no error packet."
	replies := []any{inChannel(resultKey(f.Name))}
	if f.BroadcastsAs != "" {
		description += " Instead of an answer, the result of " + f.BroadcastsAs + " goes to all clients, whatever the method was."
		replies = []any{inChannel(resultKey(f.BroadcastsAs))}
	}
	if f.AnswersAs != "" {
		description += " The method request is answered with the result and under the name of " + f.AnswersAs + ", the method broadcast with null under the own name."
		replies = append(replies, inChannel(resultKey(f.AnswersAs)))
	}
	b.operations[f.Name] = object{
		"action": "receive", "title": f.Name, "summary": f.Doc, "description": description,
		"tags":    []any{object{"name": f.Area}},
		"channel": thisChannel(), "messages": []any{inChannel(request)},
		"reply": object{"channel": thisChannel(), "messages": replies},
	}
	return nil
}

// notInKeys are the characters that the keys of the document must not have.
var notInKeys = regexp.MustCompile(`[^A-Za-z0-9._-]`)

func (b *builder) addEvent(e Event) error {
	arguments, err := b.schemas.of(e.Arguments)
	if err != nil {
		return err
	}
	key := notInKeys.ReplaceAllString(e.Source, "-") + "." + e.Name
	b.addMessage(key, e.Name+" of "+e.Source, e.Doc,
		packet(object{"const": e.Method}, object{"const": e.Source}, object{"const": e.Name}, arguments, object{"type": "null"}))
	b.operations[key] = object{
		"action": "send", "title": e.Name + " of " + e.Source, "summary": e.Doc,
		"tags":    []any{object{"name": "Events"}},
		"channel": thisChannel(), "messages": []any{inChannel(key)},
	}
	return nil
}
