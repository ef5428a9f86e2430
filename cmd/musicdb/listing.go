package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"musicdb/diagrams"
	"musicdb/server"
)

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
