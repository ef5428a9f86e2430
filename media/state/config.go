package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrConfig refuses a configuration that a client sent.
var ErrConfig = errors.New("the configuration is not complete and correct")

// A ConfigError says which entry of a configuration is missing or cannot be used.
// errors.Is finds [ErrConfig] in it.
type ConfigError struct {
	Section, Key string
	Wants        string // what is allowed there
	Missing      bool
}

func (e *ConfigError) Error() string {
	what := "cannot be used"
	if e.Missing {
		what = "is missing"
	}
	return fmt.Sprintf("%v: %s.%s %s; wanted is %s", ErrConfig, e.Section, e.Key, what, e.Wants)
}

// Is makes errors.Is(err, ErrConfig) true.
func (e *ConfigError) Is(target error) bool { return target == ErrConfig }

// ParseWebUI reads a WebUIConfig of the MusicDB protocol. Every entry must be
// there; further ones are ignored. A text may be a number, whose digits are then
// the text. What is no truth value or no number becomes the default, as it would
// when read from the file. Errors: [*ConfigError], the first of the file's order.
func ParseWebUI(config json.RawMessage) (WebUI, error) {
	w := DefaultWebUI()
	if err := w.bind().parse(config); err != nil {
		return WebUI{}, err
	}
	for key, mode := range map[string]string{"lyrics": w.WebUI.Lyrics, "videomode": w.WebUI.VideoMode} {
		if mode != modeEnabled && mode != modeDisabled {
			return WebUI{}, &ConfigError{Section: "WebUI", Key: key, Wants: modeEnabled + " or " + modeDisabled}
		}
	}
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
	var sections map[string]json.RawMessage
	if json.Unmarshal(config, &sections) != nil {
		sections = nil // no object: everything is missing
	}
	keys := map[string]map[string]json.RawMessage{}
	for _, p := range b {
		if _, known := keys[p.section]; !known {
			var members map[string]json.RawMessage
			if json.Unmarshal(sections[p.section], &members) != nil {
				members = nil
			}
			keys[p.section] = members
		}
		value, given := keys[p.section][p.key]
		if !given {
			return &ConfigError{Section: p.section, Key: p.key, Wants: p.wants(), Missing: true}
		}
		if !p.parse(value) {
			return &ConfigError{Section: p.section, Key: p.key, Wants: p.wants()}
		}
	}
	return nil
}

// parse takes over one value and reports whether it is one for this field.
func (p place) parse(value json.RawMessage) bool {
	text, isText := scalar(value)
	switch field := p.field.(type) {
	case *string:
		if isText {
			*field = text
		}
		return isText
	case *bool:
		*field = truth(text, *field)
	case *int:
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
			*field = n
		}
	}
	return true
}

func (p place) wants() string {
	switch p.field.(type) {
	case *bool:
		return "true or false"
	case *int:
		return "a whole number"
	default:
		return "a text"
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
