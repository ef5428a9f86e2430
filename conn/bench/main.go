package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"musicdb/conn/bench/peers"
)

// Roles of a child process, in the place of flags.
const (
	roleServer = "server"
	roleLoad   = "load"
	roleShare  = "share"
)

func main() {
	if ran, err := child(os.Args[1:], os.Stdin, os.Stdout); ran {
		exit(err)
	}
	exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func exit(err error) {
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child plays a role of a child process, if the arguments ask for one.
func child(args []string, in io.Reader, out io.Writer) (ran bool, err error) {
	if len(args) == 0 {
		return false, nil
	}
	switch args[0] {
	case roleServer:
		return true, serveRole(args[1:], out)
	case roleLoad:
		return true, loadRole(in, out)
	case roleShare:
		return true, shareRole(in, out)
	}
	return false, nil
}

// plan is what a call asks for.
type plan struct {
	modes   []mode
	peers   []peers.Peer
	runs    int
	quick   bool
	out     string
	profile string
}

// run measures what the arguments ask for and reports it.
func run(args []string, stdout, stderr io.Writer) error {
	p, err := parse(args, stderr)
	if err != nil {
		return err
	}
	h := &house{plan: p, progress: stderr, started: time.Now(), load: loadNow()}
	if err := h.pin(); err != nil {
		return err
	}
	results := h.measure()
	report := h.report(results)
	if p.out == "" {
		_, err = io.WriteString(stdout, report)
	} else {
		err = os.WriteFile(p.out, []byte(report), 0o644)
	}
	return errors.Join(err, results.failures())
}

func parse(args []string, stderr io.Writer) (plan, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var p plan
	modes := flags.String("modes", "", "comma-separated list of "+strings.Join(modeNames(), ", ")+"; all if empty")
	names := flags.String("peers", "", "comma-separated list of "+strings.Join(peers.Names(), ", ")+"; all if empty")
	flags.IntVar(&p.runs, "runs", 5, "interleaved runs of every mode but idle ones")
	flags.BoolVar(&p.quick, "quick", false, "very short runs with few connections: shows that everything works, no figures")
	flags.StringVar(&p.out, "out", "", "file for the table instead of standard output")
	flags.StringVar(&p.profile, "profile", "", "directory for a profile of each server under each kind of work: processor time, of idle connections the heap")
	if err := flags.Parse(args); err != nil {
		return p, err
	}
	if flags.NArg() > 0 || p.runs < 1 {
		return p, fmt.Errorf("%q: flags only, and at least one run; see -help", args)
	}
	for _, name := range list(*modes, modeNames()) {
		m, err := modeNamed(name)
		if err != nil {
			return p, err
		}
		if p.quick {
			m = m.quick()
		}
		p.modes = append(p.modes, m)
	}
	for _, name := range list(*names, peers.Names()) {
		peer, err := peers.Named(name)
		if err != nil {
			return p, err
		}
		p.peers = append(p.peers, peer)
	}
	return p, nil
}

func list(text string, all []string) []string {
	if text == "" {
		return all
	}
	return strings.Split(text, ",")
}
