package asyncapi

import (
	"fmt"
	"strings"
)

// simple are the schemas of the types that arguments are documented with.
var simple = map[string]object{
	"int":            {"type": "integer"},
	"number":         {"type": "number"},
	"bool":           {"type": "boolean"},
	"string":         {"type": "string"},
	"decimal string": {"type": "string", "pattern": "^-?[0-9]+$"},
	"object":         {"type": "object"},
	"null":           {"type": "null"},
	"any":            {},
}

// argument is the schema of a documented type; see Argument.
func (s *schemas) argument(documented string) (object, error) {
	var alternatives []any
	for one := range strings.SplitSeq(documented, "|") {
		schema, err := s.alternative(one)
		if err != nil {
			return nil, fmt.Errorf("the type %q: %w", documented, err)
		}
		alternatives = append(alternatives, schema)
	}
	if len(alternatives) == 1 {
		return alternatives[0].(object), nil
	}
	return object{"anyOf": alternatives}, nil
}

func (s *schemas) alternative(name string) (object, error) {
	if element, isList := strings.CutSuffix(name, "[]"); isList {
		items, err := s.alternative(element)
		return object{"type": "array", "items": items}, err
	}
	if schema, isSimple := simple[name]; isSimple {
		return schema, nil
	}
	if s.types[name] == nil {
		return nil, fmt.Errorf("asyncapi: %q is neither a type of JSON nor a described one", name)
	}
	return reference(name), nil
}

// arguments is the schema of the named arguments of a function: an object if it
// has any, otherwise any value. Further names are ignored.
func (s *schemas) arguments(list []Argument) (object, error) {
	if len(list) == 0 {
		return object{}, nil
	}
	properties, required := object{}, []string{}
	for _, a := range list {
		if a.Name == "*" {
			continue // further names are allowed anyway
		}
		schema, err := s.argument(a.Type)
		if err != nil {
			return nil, fmt.Errorf("argument %s: %w", a.Name, err)
		}
		properties[a.Name] = schema
		if a.Required {
			required = append(required, a.Name)
		}
	}
	schema := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema, nil
}
