package wire

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func rawValue(t *rapid.T, label string) json.RawMessage {
	return rapid.SampledFrom([]json.RawMessage{Null, []byte(`"x"`), []byte(`12345678901234567890`), []byte(`{"a":[1,"}"]}`)}).Draw(t, label)
}

func TestRequestsAndPacketsSurviveTheWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Request{
			Method:    rapid.SampledFrom([]Method{Call, Ask, Broadcast}).Draw(t, "method"),
			Function:  rapid.String().Draw(t, "function"),
			Signature: rawValue(t, "sig"), Arguments: rawValue(t, "args"), Pass: rawValue(t, "pass"),
		}
		got, err := Decode(r.Encode(secret), NewKey(secret))
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Fatalf("sent %+v, got %+v (%v)", r, got, err)
		}
		p := Packet{MethodBroadcast, r.Function, r.Signature, r.Arguments, r.Pass}
		back, err := ParsePacket(p.Encode())
		if err != nil || !reflect.DeepEqual(back, p) {
			t.Fatalf("sent %+v, got %+v (%v)", p, back, err)
		}
	})
}

func TestWhatIsNoPacketIsRefused(t *testing.T) {
	for _, message := range []string{``, `{`, `[]`, `{"method":"response"}`, `{"method":1,"fncname":"x","fncsig":1,"arguments":1,"pass":1}`} {
		if _, err := ParsePacket([]byte(message)); !errors.Is(err, ErrPacket) {
			t.Errorf("%s: %v", message, err)
		}
	}
}
