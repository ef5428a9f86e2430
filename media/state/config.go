package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrConfig refuses a configuration that a client sent.
var ErrConfig = errors.New("the configuration is not complete")

// A ConfigError says which entry of a configuration is missing. errors.Is finds
// [ErrConfig] in it.
type ConfigError struct{ Section, Key string }

func (e *ConfigError) Error() string {
	return fmt.Sprintf("%v: %s.%s is missing; send all that was loaded", ErrConfig, e.Section, e.Key)
}

// Is makes errors.Is(err, ErrConfig) true.
func (e *ConfigError) Is(target error) bool { return target == ErrConfig }

// ParseWebUI reads a WebUIConfig of the MusicDB protocol. Every entry must be
// there; further ones are ignored. A text may be a number, whose digits are then
// the text. What is no value for its entry becomes the default, as it would when
// read from the file. Errors: [*ConfigError], the first in the file's order.
func ParseWebUI(config json.RawMessage) (WebUI, error) {
	w := DefaultWebUI()
	if err := w.bind().parse(config); err != nil {
		return WebUI{}, err
	}
	w.onlyKnownModes()
	return w, nil
}

// ParseRandy reads a RandyConfig of the MusicDB protocol in the way of
// [ParseWebUI]. Numbers may be texts, as the inputs of a web page give them.
func ParseRandy(config json.RawMessage) (Randy, error) {
	r := missingRandy()
	r.Meta.Version = randyVersion
	if err := r.bind().parse(config); err != nil {
		return Randy{}, err
	}
	return r, nil
}

// parse sets every field from a JSON object of sections. The value that a field
// has already is its default.
func (b binding) parse(config json.RawMessage) error {
	sections := object(config)
	keys := map[string]map[string]json.RawMessage{}
	for _, p := range b {
		if _, known := keys[p.section]; !known {
			keys[p.section] = object(sections[p.section])
		}
		value, given := keys[p.section][p.key]
		if !given {
			return &ConfigError{p.section, p.key}
		}
		p.parse(value)
	}
	return nil
}

// object is the members of a JSON object; anything else has none.
func object(text json.RawMessage) (members map[string]json.RawMessage) {
	if json.Unmarshal(text, &members) != nil {
		return nil
	}
	return members
}

// parse takes over one value, if it is one for this field.
func (p place) parse(value json.RawMessage) {
	text, isText := scalar(value)
	switch field := p.field.(type) {
	case *string:
		if isText {
			*field = text
		}
	case *bool:
		*field = truth(text, *field)
	case *int:
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
			*field = n
		}
	}
}

// scalar is the text of a JSON string, number or truth value; the last is no text
// that somebody would want stored as one.
func scalar(value json.RawMessage) (text string, isText bool) {
	switch value[0] {
	case '"':
		err := json.Unmarshal(value, &text)
		return text, err == nil
	case 't', 'f':
		return string(value), false
	case 'n', '{', '[':
		return "", false
	default:
		return string(value), true
	}
}
