package main

import (
	"cmp"
	"fmt"
	"io"
	"reflect"
	"strings"
)

type configCommand struct {
	Check string `placeholder:"FILE" type:"path" help:"Only say what is wrong with this configuration file; the exit code is 1 if anything is."`
}

// Run prints the settings; what is wrong with them is an error as it would be for
// the server.
func (c configCommand) Run(out io.Writer, file configFile) error {
	if c.Check != "" {
		return checkFile(out, c.Check)
	}
	s, err := load(string(file))
	if err != nil {
		return err
	}
	return printSettings(out, s)
}

// printSettings writes one block per setting: name, value, origin, meaning.
func printSettings(out io.Writer, s *Settings) error {
	var text strings.Builder
	for _, w := range s.Warnings {
		fmt.Fprintf(&text, "# %v\n", w)
	}
	if len(s.Warnings) > 0 {
		text.WriteString("\n")
	}
	eachSetting(reflect.ValueOf(&s.Config).Elem(), prefix, func(l leaf) {
		name := l.variable
		if l.fileOnly() {
			name = l.inFile()
		}
		shown := cmp.Or(fmt.Sprint(l.value.Interface()), "(empty)")
		fmt.Fprintf(&text, "%s = %s\n    from: %s\n    %s\n\n", name, shown, s.origin(l), l.tag.Get("desc"))
	})
	_, err := io.WriteString(out, strings.TrimSuffix(text.String(), "\n"))
	return err
}

// checkFile prints everything that is wrong or odd in a configuration file, as it
// is without the environment, and what of it does not fit this machine.
func checkFile(out io.Writer, file string) error {
	s, err := loadFileOnly(file)
	problems, _ := err.(SettingErrors) //nolint:errorlint // loadFileOnly returns nothing else
	if len(problems) == 0 {
		problems = s.checkMachine()
	}
	for _, w := range s.Warnings {
		if _, err := fmt.Fprintln(out, "warning:", w); err != nil {
			return err
		}
	}
	for _, p := range problems {
		if _, err := fmt.Fprintln(out, "problem:", p); err != nil {
			return err
		}
	}
	switch len(problems) {
	case 0:
		_, err := fmt.Fprintln(out, file, "is fine")
		return err
	case 1:
		return fmt.Errorf("%s has a problem; a server would not start with it", file)
	default:
		return fmt.Errorf("%s has %d problems; a server would not start with it", file, len(problems))
	}
}
