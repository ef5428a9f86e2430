package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Argument documents one named argument of a function.
type Argument struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Required bool   `json:"required"`
}

// Schema decodes the arguments of one function into its struct A.
// It is immutable and may be used from any goroutine.
type Schema[A any] struct {
	fields []field
	doc    []Argument
}

type field struct {
	index int
	name  string
	wants string
	must  bool
}

// rest is the name of a field of type Rest.
const rest = "*"

// NewSchema reads the fields of A: each has a json tag with the argument's name,
// perhaps followed by the documented type in a tag named type, and one of the
// argument types of this package. A struct that is not like that is a mistake in
// the program and panics when the dispatch table is built.
func NewSchema[A any]() *Schema[A] {
	t := reflect.TypeFor[A]()
	s := &Schema[A]{}
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("json")
		a, ok := reflect.New(f.Type).Interface().(argument)
		if !ok || name == "" {
			panic(fmt.Sprintf("wire: field %s of %v is no named argument", f.Name, t))
		}
		wants := a.wants()
		if documented := f.Tag.Get("type"); documented != "" {
			wants = documented
		}
		s.fields = append(s.fields, field{i, name, wants, !a.optional()})
		s.doc = append(s.doc, Argument{name, wants, !a.optional()})
	}
	return s
}

// Arguments documents the named arguments in their order.
func (s *Schema[A]) Arguments() []Argument { return s.doc }

// Decode fills an A from raw, which must be valid JSON. A function without
// arguments accepts every value. Unknown names are ignored; of equal names the
// last counts. The error is an *ArgumentError.
func (s *Schema[A]) Decode(raw json.RawMessage) (A, error) {
	var args A
	if len(s.fields) == 0 {
		return args, nil
	}
	values := make([]json.RawMessage, len(s.fields))
	isObject := eachMember(raw, func(name, value []byte) {
		for i := range s.fields {
			if s.fields[i].name == string(name) && s.fields[i].name != rest {
				values[i] = value
				return
			}
		}
	})
	if !isObject {
		return args, &ArgumentError{Wants: s.names(), Cause: ErrType}
	}
	v := reflect.ValueOf(&args).Elem()
	for i, f := range s.fields {
		if f.name == rest {
			values[i] = raw
		}
		switch {
		case values[i] != nil:
			if err := v.Field(f.index).Addr().Interface().(argument).set(values[i]); err != nil {
				return args, &ArgumentError{f.name, f.wants, err}
			}
		case f.must:
			return args, &ArgumentError{f.name, f.wants, ErrMissing}
		}
	}
	return args, nil
}

func (s *Schema[A]) names() string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}
