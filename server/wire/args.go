package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The types of named arguments. A function's arguments are a struct whose fields
// have these types; DecodeArguments fills it, ArgumentsOf describes it.
type (
	// ID identifies a row: a JSON integer or a string of decimal digits. Raw is
	// what the client sent, for results that echo the id in its own type.
	ID struct {
		Value int64
		Raw   json.RawMessage
	}
	// ListID is an ID for which null and the empty string are allowed, too; both
	// have the value 0.
	ListID struct{ ID }
	// NamedID is an ID for which every other string is allowed, too: the name of a
	// row that does not exist, with the value 0.
	NamedID struct{ ID }
	// Int is a JSON number without fraction or exponent, within 64 bits.
	Int int64
	// Bool is true or false.
	Bool bool
	// Text is a JSON string.
	Text string
	// Any is a JSON value of any type.
	Any json.RawMessage
	// Rest is an object of all arguments, for a function that takes any. Its field
	// has the name "*".
	Rest json.RawMessage
	// MaybeInt is an Int where any other value counts as absent.
	MaybeInt struct {
		Value int64
		Given bool
	}
	// MaybeAny is a value of any type that may be absent or null.
	MaybeAny struct {
		Any
		Given bool
	}
	// MaybeID is an ID that may be absent or null.
	MaybeID struct {
		ID
		Given bool
	}
)

// ErrType is the cause of an ArgumentError for a value of another JSON type, or
// one that the type does not allow.
var ErrType = errors.New("wrong type")

// ArgumentError says which argument was missing or of the wrong type.
type ArgumentError struct {
	Name  string // "" if the arguments as a whole are no object
	Wants string // the documented type, alternatives separated by |
	Cause error
}

func (e *ArgumentError) Error() string {
	if e.Name == "" {
		return "the arguments are not an object; wanted are " + e.Wants
	}
	return fmt.Sprintf("argument %q must be %s: %v", e.Name, strings.ReplaceAll(e.Wants, "|", " or "), e.Cause)
}

func (e *ArgumentError) Unwrap() error { return e.Cause }

// ErrMissing is the cause of an ArgumentError for an argument that is not there.
var ErrMissing = errors.New("it is missing")

// argument is implemented by the pointer of every argument type.
type argument interface {
	set(raw json.RawMessage) error
	wants() string
	optional() bool
}

func (a *ID) set(raw json.RawMessage) error {
	digits := raw
	if s, ok := text(raw); ok {
		digits = json.RawMessage(s)
	}
	n, err := integer(digits)
	if err != nil {
		return err
	}
	*a = ID{n, raw}
	return nil
}
func (*ID) wants() string  { return "int|decimal string" }
func (*ID) optional() bool { return false }

func (a *ListID) set(raw json.RawMessage) error {
	if string(raw) == "null" || string(raw) == `""` {
		*a = ListID{ID{0, raw}}
		return nil
	}
	return a.ID.set(raw)
}
func (*ListID) wants() string { return "int|decimal string|null" }

func (a *NamedID) set(raw json.RawMessage) error {
	if a.ID.set(raw) == nil {
		return nil
	}
	if _, isText := text(raw); !isText {
		return ErrType
	}
	*a = NamedID{ID{0, raw}}
	return nil
}

func (a *Int) set(raw json.RawMessage) error {
	n, err := integer(raw)
	*a = Int(n)
	return err
}
func (*Int) wants() string  { return "int" }
func (*Int) optional() bool { return false }

func (a *Bool) set(raw json.RawMessage) error {
	*a = string(raw) == "true"
	if !*a && string(raw) != "false" {
		return ErrType
	}
	return nil
}
func (*Bool) wants() string  { return "bool" }
func (*Bool) optional() bool { return false }

func (a *Text) set(raw json.RawMessage) error {
	s, ok := text(raw)
	if !ok {
		return ErrType
	}
	*a = Text(s)
	return nil
}
func (*Text) wants() string  { return "string" }
func (*Text) optional() bool { return false }

func (a *Any) set(raw json.RawMessage) error { *a = Any(raw); return nil }
func (*Any) wants() string                   { return "any" }
func (*Any) optional() bool                  { return false }

func (a *Rest) set(raw json.RawMessage) error { *a = Rest(raw); return nil }
func (*Rest) wants() string                   { return "any" }
func (*Rest) optional() bool                  { return true }

// Each calls visit for every argument, in order. What visit gets belongs to the
// message.
func (a Rest) Each(visit func(name string, value json.RawMessage)) {
	eachMember(a, func(name, value []byte) { visit(string(name), value) })
}

// Text is the string that the value holds; false for any other type.
func (a Any) Text() (string, bool) { return text(a) }

// Bool is the boolean that the value holds; false in second place for any other type.
func (a Any) Bool() (value, ok bool) {
	return string(a) == "true", string(a) == "true" || string(a) == "false"
}

// Integer is the integer that the value holds; false for any other type.
func (a Any) Integer() (int64, bool) {
	n, err := integer(json.RawMessage(a))
	return n, err == nil
}

// ID is the id that the value holds, as an integer or a decimal string; false for
// everything else.
func (a Any) ID() (int64, bool) {
	var id ID
	err := id.set(json.RawMessage(a))
	return id.Value, err == nil
}

// Number is the JSON number that the value holds; false for any other type, and
// for a number beyond the range of a float64.
func (a Any) Number() (float64, bool) {
	if len(a) == 0 || a[0] != '-' && (a[0] < '0' || a[0] > '9') {
		return 0, false
	}
	n, err := strconv.ParseFloat(string(a), 64)
	return n, err == nil
}

// IsNull tells whether the value is null.
func (a Any) IsNull() bool { return string(a) == "null" }

func (a *MaybeAny) set(raw json.RawMessage) error {
	*a = MaybeAny{Any(raw), string(raw) != "null"}
	return nil
}
func (*MaybeAny) optional() bool { return true }

func (a *MaybeInt) set(raw json.RawMessage) error {
	n, err := integer(raw)
	*a = MaybeInt{n, err == nil}
	return nil
}
func (*MaybeInt) wants() string  { return "int" }
func (*MaybeInt) optional() bool { return true }

func (a *MaybeID) set(raw json.RawMessage) error {
	if string(raw) == "null" {
		return nil
	}
	a.Given = true
	return a.ID.set(raw)
}
func (*MaybeID) optional() bool { return true }

// integer parses an optional minus sign and digits. 1.0, 1e2, true and numbers
// beyond 64 bits are refused: an id that has been through a float is no id.
func integer(digits []byte) (int64, error) {
	if len(digits) == 0 || digits[0] == '+' {
		return 0, ErrType
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0, ErrType
	}
	return n, nil
}
