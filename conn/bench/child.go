package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"musicdb/conn/bench/load"
	"musicdb/conn/bench/peers"
	"musicdb/conn/probe"
)

// serveRole is the child that is measured. It prints the addresses of its server and
// of its probe once clients can connect.
func serveRole(args []string, out io.Writer) error {
	flags := flag.NewFlagSet(roleServer, flag.ContinueOnError)
	name := flags.String("peer", "", "which")
	purpose := flags.String("purpose", string(peers.Speed), "speed or memory")
	secure := flags.Bool("tls", false, "speak TLS")
	deflate := flags.Bool("deflate", false, "compress")
	if err := flags.Parse(args); err != nil {
		return err
	}
	peer, err := peers.Named(*name)
	if err != nil {
		return err
	}
	o := peers.Options{Purpose: peers.Purpose(*purpose), Deflate: *deflate}
	if *secure {
		if o.TLS, err = peers.NewIdentity(); err != nil {
			return err
		}
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go probe.Serve(control)
	o.Ready = func(addr net.Addr) { fmt.Fprintln(out, ready, addr, control.Addr()) }
	return peer.Serve(o)
}

// outcome is what the load generator reports.
type outcome struct {
	Result load.Result
	Err    string
}

// loadRole is the child that does the work. It prints a line when the measurement
// begins, and the outcome.
func loadRole(in io.Reader, out io.Writer) error {
	var o load.Options
	if err := json.NewDecoder(in).Decode(&o); err != nil {
		return err
	}
	o.Measuring = func() { fmt.Fprintln(out, "measuring") }
	return deliver(out, func() (load.Result, error) { return load.Run(o) })
}

// deliver prints the outcome of some work.
func deliver(out io.Writer, work func() (load.Result, error)) error {
	r, err := work()
	result := outcome{Result: r}
	if err != nil {
		result.Err = err.Error()
	}
	return json.NewEncoder(out).Encode(result)
}

// server is a running child in the role of the server.
type server struct {
	cmd       *exec.Cmd
	addr, ctl string
}

// ready begins the line that says where a server and its probe listen.
const ready = "ready"

// starting bounds the time until a server is ready.
const starting = 10 * time.Second

// start runs a child with these arguments of this program on one processor, -1 for any.
func start(cpu int, in io.Reader, args ...string) (*exec.Cmd, *bufio.Reader, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(self, args...)
	cmd.Stdin, cmd.Stderr = in, os.Stderr
	if cpu >= 0 {
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	return cmd, bufio.NewReader(out), onProcessor(cpu, cmd.Start)
}

// onProcessor calls begin, which starts a process, on a thread that may run on one
// processor only: the process inherits that.
func onProcessor(cpu int, begin func() error) error {
	if cpu < 0 {
		return begin()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	one.Set(cpu)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return err
	}
	return errors.Join(begin(), unix.SchedSetaffinity(0, &before))
}

func startServer(cpu int, p peers.Peer, m mode) (*server, error) {
	cmd, out, err := start(cpu, nil, roleServer, "-peer", p.Name, "-purpose", string(m.purpose),
		fmt.Sprintf("-tls=%v", m.work.TLS), fmt.Sprintf("-deflate=%v", m.work.Deflate))
	if err != nil {
		return nil, err
	}
	s := &server{cmd: cmd}
	late := time.AfterFunc(starting, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	for { // some engines greet on the standard output
		line, err := out.ReadString('\n')
		if err != nil {
			s.stop()
			return nil, fmt.Errorf("the server has not said within %v where it listens: %w", starting, err)
		}
		if words := strings.Fields(line); len(words) == 3 && words[0] == ready {
			s.addr, s.ctl = words[1], words[2]
			return s, nil
		}
	}
}

func (s *server) stop() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // killed is how it should end
}

// drive does the work on a server. measuring is called when the measurement begins.
func (s *server) drive(cpu int, o load.Options, measuring func()) (load.Result, error) {
	o.Addr, o.Ctl, o.PID = s.addr, s.ctl, s.cmd.Process.Pid
	return order(cpu, roleLoad, o, measuring)
}

// order lets a child do some work and returns the outcome.
func order(cpu int, role string, o load.Options, measuring func()) (load.Result, error) {
	task, err := json.Marshal(o)
	if err != nil {
		return load.Result{}, err
	}
	cmd, out, err := start(cpu, strings.NewReader(string(task)), role)
	if err != nil {
		return load.Result{}, err
	}
	var last string
	for {
		line, err := out.ReadString('\n')
		if err != nil {
			break
		}
		if last = line; strings.TrimSpace(line) == "measuring" {
			measuring()
		}
	}
	if err := cmd.Wait(); err != nil {
		return load.Result{}, fmt.Errorf("the child in the role of %s: %w", role, err)
	}
	var end outcome
	if err := json.Unmarshal([]byte(last), &end); err != nil {
		return load.Result{}, fmt.Errorf("the child in the role of %s says %q: %w", role, last, err)
	}
	if end.Err != "" {
		return load.Result{}, errors.New(end.Err)
	}
	return end.Result, nil
}
