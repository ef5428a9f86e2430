package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	check := flag.Bool("check", false, "compare with the files that are there instead of writing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *check); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, check bool) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	out, err := everything(ctx, root)
	if err != nil {
		return err
	}
	text, err := description()
	if err != nil {
		return err
	}
	dir, file := filepath.Join(root, "diagrams"), filepath.Join(root, descriptionFile)
	if check {
		return errors.Join(out.compare(dir), compareDescription(file, text))
	}
	return errors.Join(out.write(dir), os.WriteFile(file, text, 0o644))
}

// everything makes all generated files. root is the folder of go.mod.
func everything(ctx context.Context, root string) (files, error) {
	out := make(files)
	faults, err := readFaults(root)
	if err != nil {
		return nil, err
	}
	if err := out.addMachines(ctx, faults); err != nil {
		return nil, err
	}
	if err := out.addStructure(ctx, root); err != nil {
		return nil, err
	}
	out.addIndex()
	return out, nil
}

// moduleRoot finds go.mod in the working directory or above it.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod here or above; run it inside the source tree")
		}
		dir = up
	}
}
