package wire

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Request is one checked packet of a client. Its raw values refer to the message.
type Request struct {
	Method    Method
	Function  string
	Signature json.RawMessage // any JSON value, echoed
	Arguments json.RawMessage // any JSON value; the function decides what it needs
	Pass      json.RawMessage // any JSON value, echoed
}

// Why a message is no request, in the order of the checks.
var (
	ErrNotJSON   = errors.New("the message is not a JSON text")
	ErrNotObject = errors.New("the message is JSON but not an object")
	ErrWrongKey  = errors.New("the API key is not the server's")
	ErrMethod    = errors.New(`the method is none of "call", "request" and "broadcast"`)
	ErrFunction  = errors.New("there is no function of this name")
)

// MissingKeyError says which of the six keys of a packet is absent.
type MissingKeyError struct{ Key string }

func (e *MissingKeyError) Error() string {
	return fmt.Sprintf("the packet has no key %q; all six must be present", e.Key)
}

// The six keys, in the order in which an absent one is reported.
const (
	keyMethod = iota
	keyFunction
	keySignature
	keyArguments
	keyPass
	keyKey
	keyCount
)

var keyNames = [keyCount]string{"method", "fncname", "fncsig", "arguments", "pass", "key"}

// Decode checks a text message in the order of the MusicDB protocol, section 4,
// and returns the request, or the error of the first check that failed:
// ErrNotJSON, ErrNotObject, *MissingKeyError, ErrWrongKey, ErrMethod,
// ErrFunction (the name is not a string). No error holds the key that was sent.
func Decode(message []byte, key Key) (Request, error) {
	if !valid(message) {
		return Request{}, ErrNotJSON
	}
	var raw [keyCount]json.RawMessage
	isObject := eachMember(message, func(name, value []byte) {
		for i, known := range keyNames {
			if string(name) == known {
				raw[i] = value // the last of equal keys wins
				return
			}
		}
	})
	if !isObject {
		return Request{}, ErrNotObject
	}
	for i, value := range raw {
		if value == nil {
			return Request{}, &MissingKeyError{keyNames[i]}
		}
	}
	sent, isText := text(raw[keyKey])
	if !key.Matches(sent) || !isText {
		return Request{}, ErrWrongKey
	}
	method, ok := parseMethod(raw[keyMethod])
	if !ok {
		return Request{}, ErrMethod
	}
	function, ok := text(raw[keyFunction])
	if !ok {
		return Request{}, fmt.Errorf("%w: the name is not a string", ErrFunction)
	}
	return Request{
		Method:    method,
		Function:  function,
		Signature: raw[keySignature],
		Arguments: raw[keyArguments],
		Pass:      raw[keyPass],
	}, nil
}

func parseMethod(raw json.RawMessage) (Method, bool) {
	name, ok := text(raw)
	if !ok {
		return 0, false
	}
	switch name {
	case "call":
		return Call, true
	case "request":
		return Ask, true
	case "broadcast":
		return Broadcast, true
	default:
		return 0, false
	}
}
