package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"text/tabwriter"

	"musicdb/diagrams"
	"musicdb/server"
)

type configCommand struct{}

// Run prints the settings; what is wrong with them is an error as it would be for
// the server.
func (configCommand) Run(out io.Writer) error {
	c, err := loadConfig()
	if err != nil {
		return err
	}
	return printConfig(out, c)
}

// printConfig writes one block per setting: name, value, origin, meaning.
func printConfig(out io.Writer, c *Config) error {
	var text strings.Builder
	eachSetting(reflect.ValueOf(c).Elem(), prefix, func(name string, value reflect.Value, tag reflect.StructTag) {
		origin := "default"
		if _, set := os.LookupEnv(name); set {
			origin = "environment"
		}
		shown := cmp.Or(fmt.Sprint(value.Interface()), "(empty)")
		fmt.Fprintf(&text, "%s = %s\n    from: %s\n    %s\n\n", name, shown, origin, tag.Get("desc"))
	})
	_, err := io.WriteString(out, strings.TrimSuffix(text.String(), "\n"))
	return err
}

// eachSetting visits the leaves of the configuration in their order, named as
// envconfig names them.
func eachSetting(v reflect.Value, path string, visit func(name string, value reflect.Value, tag reflect.StructTag)) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := path + "_" + strings.ToUpper(field.Name)
		if field.Type.Kind() == reflect.Struct {
			eachSetting(v.Field(i), name, visit)
			continue
		}
		visit(name, v.Field(i), field.Tag)
	}
}

type functionsCommand struct{}

// Run prints the dispatch table by area.
func (functionsCommand) Run(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	area := ""
	for _, f := range server.Functions() {
		if f.Area != area {
			if area != "" {
				fmt.Fprintln(w)
			}
			area = f.Area
			fmt.Fprintln(w, area)
		}
		args := make([]string, len(f.Args))
		for i, a := range f.Args {
			args[i] = a.Name + ": " + a.Type
			if !a.Required {
				args[i] += ", optional"
			}
		}
		doc := f.Doc
		if f.BroadcastsAs != "" {
			doc += "; broadcast as " + f.BroadcastsAs
		}
		fmt.Fprintf(w, "  %s\t(%s)\t%s\n", f.Name, strings.Join(args, "; "), doc)
	}
	return w.Flush()
}

type diagramsCommand struct {
	Machine string `arg:"" optional:"" help:"Machine whose drawing is printed as DOT; none: list the machines."`
	Output  string `short:"o" type:"path" help:"Write every drawing and page into this directory."`
}

// Run lists, prints or writes the generated drawings.
func (d diagramsCommand) Run(out io.Writer) error {
	switch {
	case d.Output != "":
		return writeDiagrams(out, d.Output)
	case d.Machine != "":
		page, err := diagrams.Load(d.Machine)
		if err != nil {
			return fmt.Errorf("there is no machine %q; `musicdb diagrams` lists them", d.Machine)
		}
		_, err = out.Write(page.DOT)
		return err
	default:
		for _, name := range diagrams.Names() {
			if _, err := fmt.Fprintln(out, name); err != nil {
				return err
			}
		}
		return nil
	}
}

func writeDiagrams(out io.Writer, dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	entries, err := diagrams.FS.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		content, err := diagrams.FS.ReadFile(e.Name())
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, e.Name()), content, 0o666)
		}
		if err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%d files written to %s\n", len(entries), dir)
	return err
}
