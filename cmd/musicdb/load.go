package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/kelseyhightower/envconfig"
)

// Settings are the configuration and where each value comes from.
type Settings struct {
	Config
	File     string         // the configuration file, "" if none is used
	Warnings []SettingError // what is odd, but no reason to refuse

	origins map[string]origin // by the name of the variable
}

// origin is where a value comes from.
type origin struct {
	kind originKind
	line int // in the file
}

type originKind uint8

const (
	fromDefault originKind = iota
	fromOld                // a configuration file is used and does not have the key
	fromFile
	fromEnvironment
)

// load reads the configuration file, if one is named, over the defaults, and the
// environment over both. The error is [SettingErrors]: everything that is wrong.
func load(file string) (*Settings, error) {
	s := &Settings{File: file, origins: map[string]origin{}}
	problems := s.environment()
	problems = append(problems, s.readFile()...)
	return s.finish(problems)
}

// loadFileOnly is load without the environment, to judge a file by itself.
func loadFileOnly(file string) (*Settings, error) {
	s := &Settings{File: file, origins: map[string]origin{}}
	eachSetting(reflect.ValueOf(&s.Config).Elem(), prefix, func(l leaf) {
		if text := l.tag.Get("default"); text != "" {
			if err := l.set(text); err != nil {
				panic("musicdb: the default of " + l.variable + " is wrong: " + err.Error())
			}
		}
	})
	return s.finish(s.readFile())
}

func (s *Settings) finish(problems SettingErrors) (*Settings, error) {
	if len(problems) == 0 { // what follows would only repeat that a value is missing
		problems = s.settle()
	}
	if len(problems) == 0 {
		problems = s.validate()
	}
	if len(problems) == 0 {
		s.remark()
	}
	sortByLine(problems)
	sortByLine(s.Warnings)
	if len(problems) > 0 {
		return s, problems
	}
	return s, nil
}

// sortByLine puts messages in the order of the file.
func sortByLine(list []SettingError) {
	slices.SortStableFunc(list, func(a, b SettingError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Setting, b.Setting))
	})
}

// environment fills the configuration with the variables and the defaults.
func (s *Settings) environment() (problems SettingErrors) {
	if err := envconfig.CheckDisallowed(prefix, &s.Config); err != nil {
		problems = append(problems, SettingError{What: err.Error() + "; `musicdb config` lists the settings there are"})
	}
	v := reflect.ValueOf(&s.Config).Elem()
	for i := range v.NumField() { // section by section, because Process ends with the first error
		name := prefix + "_" + strings.ToUpper(v.Type().Field(i).Name)
		err := envconfig.Process(name, v.Field(i).Addr().Interface())
		var parse *envconfig.ParseError
		switch {
		case errors.As(err, &parse):
			problems = append(problems, SettingError{Setting: parse.KeyName, What: fmt.Sprintf("is %q: %v", parse.Value, parse.Err)})
		case err != nil:
			problems = append(problems, SettingError{Setting: name, What: err.Error()})
		}
	}
	eachSetting(v, prefix, func(l leaf) {
		if _, set := os.LookupEnv(l.variable); set && !l.fileOnly() {
			s.origins[l.variable] = origin{kind: fromEnvironment}
		}
	})
	return problems
}

// forgetSecrets takes the secrets out of the environment, which every child process
// would inherit, and the decoder of a strange file needs none.
func (s *Settings) forgetSecrets() error {
	var errs []error
	eachSetting(reflect.ValueOf(&s.Config).Elem(), prefix, func(l leaf) {
		if l.secret() {
			errs = append(errs, os.Unsetenv(l.variable))
		}
	})
	return errors.Join(errs...)
}

// name is how messages call a setting: as whoever set it did.
func (s *Settings) name(variable string) string {
	if s.File == "" || s.origins[variable].kind == fromEnvironment {
		return variable
	}
	return s.leaf(variable).inFile() + " in " + s.File
}

// leaf finds a setting by the name of its variable.
func (s *Settings) leaf(variable string) (found leaf) {
	eachSetting(reflect.ValueOf(&s.Config).Elem(), prefix, func(l leaf) {
		if l.variable == variable {
			found = l
		}
	})
	return found
}

// origin tells where a value comes from, in words.
func (s *Settings) origin(l leaf) string {
	switch at := s.origins[l.variable]; at.kind {
	case fromEnvironment:
		return "environment"
	case fromFile:
		return fmt.Sprintf("%s:%d, %s", s.File, at.line, l.inFile())
	case fromOld:
		return "default of a configuration file without it"
	default:
		return "default"
	}
}

// leaf is one setting.
type leaf struct {
	variable     string // MUSICDB_SECTION_KEY
	section, key string // in a configuration file
	value        reflect.Value
	tag          reflect.StructTag
}

// inFile is the name of the setting in a configuration file.
func (l leaf) inFile() string { return "[" + l.section + "] " + l.key }

// fileOnly tells whether there is no variable.
func (l leaf) fileOnly() bool { return l.tag.Get("ignored") != "" }

// set decodes a text.
func (l leaf) set(text string) error {
	if d, ok := l.value.Addr().Interface().(envconfig.Decoder); ok {
		return d.Decode(text)
	}
	l.value.SetString(text)
	return nil
}

// secret tells whether the value must not be shown.
func (l leaf) secret() bool { return l.value.Type() == reflect.TypeFor[Secret]() }

// eachSetting visits the leaves of the configuration in their order, named as
// envconfig names them.
func eachSetting(v reflect.Value, path string, visit func(leaf)) {
	for i := range v.NumField() {
		section := v.Type().Field(i)
		name := cmp.Or(section.Tag.Get("section"), strings.ToLower(section.Name))
		for j := range section.Type.NumField() {
			field := section.Type.Field(j)
			visit(leaf{
				variable: path + "_" + strings.ToUpper(section.Name) + "_" + strings.ToUpper(field.Name),
				section:  name, key: strings.ToLower(field.Name),
				value: v.Field(i).Field(j), tag: field.Tag,
			})
		}
	}
}
