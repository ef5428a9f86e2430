package server_test

import (
	"encoding/json"
	"testing"

	"musicdb/server/client"
	"musicdb/server/wire"
)

// replies sends one packet with arguments as JSON text and returns what the client
// gets for it: nothing, its response, or a broadcast.
func replies(t testing.TB, c *client.Client, method wire.Method, function, arguments string) (packets []wire.Packet) {
	t.Helper()
	err := c.Send(wire.Request{
		Method: method, Function: function, Arguments: json.RawMessage(arguments),
		Signature: json.RawMessage(`"reply"`), Pass: json.RawMessage(`{"n":[1]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range fence(t, c) {
		if p.Method != wire.MethodNotification {
			packets = append(packets, p)
		}
	}
	return packets
}

// reply is the arguments of the only packet that a client gets for a request, as
// JSON text; "" for silence.
func reply(t testing.TB, c *client.Client, function, arguments string) string {
	t.Helper()
	switch packets := replies(t, c, wire.Ask, function, arguments); len(packets) {
	case 0:
		return ""
	case 1:
		return string(packets[0].Arguments)
	default:
		t.Fatalf("%s got %d packets", function, len(packets))
		return ""
	}
}

// decoded is such a reply as a Go value.
func decoded[T any](t testing.TB, c *client.Client, function, arguments string) (value T) {
	t.Helper()
	text := reply(t, c, function, arguments)
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s %s is answered with %q: %v", function, arguments, text, err)
	}
	return value
}
