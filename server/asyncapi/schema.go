package asyncapi

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// object is a JSON object of the document.
type object = map[string]any

// schemas collects the JSON schemas (draft 7) of named Go types.
type schemas struct {
	all   object
	types map[string]reflect.Type // by name in the document
}

func newSchemas() *schemas { return &schemas{object{}, map[string]reflect.Type{}} }

var (
	rawMessage    = reflect.TypeFor[json.RawMessage]()
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// UnsupportedError is a Go type whose JSON cannot be described.
type UnsupportedError struct {
	Type reflect.Type
	Why  string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("asyncapi: %v cannot be described: %s", e.Type, e.Why)
}

// of is the schema of a type; named structs become components and are referred to.
func (s *schemas) of(t reflect.Type) (object, error) {
	if t == nil {
		return object{"type": "null"}, nil
	}
	if t == rawMessage || t.Kind() == reflect.Interface {
		return object{}, nil
	}
	if p := reflect.PointerTo(t); p.Implements(marshaler) || p.Implements(textMarshaler) { // with the methods of t itself
		return nil, &UnsupportedError{t, "it encodes itself"}
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
		return nil, &UnsupportedError{t, "its bytes are encoded as text"}
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}, nil
	case reflect.String:
		return object{"type": "string"}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}, nil
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}, nil
	case reflect.Pointer:
		inner, err := s.of(t.Elem())
		return nullable(inner), err
	case reflect.Slice, reflect.Array:
		items, err := s.of(t.Elem())
		return object{"type": "array", "items": items}, err
	case reflect.Map:
		if t.Key().Kind() != reflect.String && t.Key().Kind() != reflect.Int64 {
			return nil, &UnsupportedError{t, "its keys are neither strings nor integers"}
		}
		values, err := s.of(t.Elem())
		return object{"type": "object", "additionalProperties": values}, err
	case reflect.Struct:
		return s.structure(t)
	default:
		return nil, &UnsupportedError{t, "JSON has no such value"}
	}
}

func nullable(schema object) object {
	if kind, ok := schema["type"].(string); ok && len(schema) == 1 {
		return object{"type": []string{kind, "null"}}
	}
	return object{"anyOf": []any{schema, object{"type": "null"}}}
}

// structure is the schema of a struct, as a component if the struct has a name.
func (s *schemas) structure(t reflect.Type) (object, error) {
	name := publicName(t)
	if known, exists := s.types[name]; exists && name != "" {
		if known != t {
			return nil, &UnsupportedError{t, "another type, " + known.String() + ", has its name"}
		}
		return reference(name), nil
	}
	schema := object{"type": "object", "additionalProperties": false}
	if name != "" {
		s.types[name], s.all[name] = t, schema // known before its fields, which may refer to it
	}
	properties, required := object{}, []string{}
	if err := s.fields(t, properties, &required); err != nil {
		return nil, err
	}
	schema["properties"], schema["required"] = properties, required
	if name == "" {
		return schema, nil
	}
	return reference(name), nil
}

func reference(name string) object { return object{"$ref": "#/components/schemas/" + name} }

// publicName is the name of a type in the document: with a capital letter, however
// it is called in its package.
func publicName(t reflect.Type) string {
	first, size := utf8.DecodeRuneInString(t.Name())
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + t.Name()[size:]
}

// fields adds what encoding/json writes for the fields of a struct.
func (s *schemas) fields(t reflect.Type, properties object, required *[]string) error {
	for f := range fieldsOf(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
			continue
		case f.Anonymous && name == "":
			if f.Type.Kind() != reflect.Struct {
				return &UnsupportedError{t, "it embeds " + f.Type.String()}
			}
			if err := s.fields(f.Type, properties, required); err != nil {
				return err
			}
			continue
		case name == "":
			name = f.Name
		}
		if slices.Contains(strings.Split(options, ","), "string") {
			return &UnsupportedError{t, "the number " + name + " is encoded as text"}
		}
		omitted := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		kind := f.Type
		if omitted && kind.Kind() == reflect.Pointer {
			kind = kind.Elem() // left out when it would be null
		}
		schema, err := s.of(kind)
		if documented := f.Tag.Get("type"); documented != "" {
			schema, err = s.argument(documented)
		}
		if err != nil {
			return err
		}
		properties[name] = schema
		if !omitted {
			*required = append(*required, name)
		}
	}
	return nil
}

func fieldsOf(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}
