package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"musicdb/server/client"
)

// pulseVariable makes the test binary a pulse: an honest client in a process of its own,
// so that the work of attackers is not taken for slowness of the server.
const pulseVariable = "MUSICDB_TEST_PULSE"

// beat is the pace of a pulse: one call, at fixed times.
const beat = 20 * time.Millisecond

// pulse is an honest client that calls at a steady pace.
type pulse struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// latency is how long the calls of a pulse took, from the time when each was due.
type latency struct {
	calls            int
	middle, p99, max time.Duration
}

// feel begins to call and returns when the first call was answered.
func feel(t testing.TB, url, key string) *pulse {
	t.Helper()
	p := &pulse{process: exec.Command(os.Args[0])}
	p.process.Env = append(os.Environ(), pulseVariable+"="+url+" "+key)
	p.process.Stderr = os.Stderr
	in, err := p.process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in, p.out = in, bufio.NewReader(out)
	if err := p.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.in.Close(); _ = p.process.Wait() })
	if line, err := p.out.ReadString('\n'); line != "beating\n" {
		t.Fatalf("the honest client says %q, %v", line, err)
	}
	return p
}

// felt is how it was since it was asked last.
func (p *pulse) felt(t testing.TB) (l latency) {
	t.Helper()
	_, err := io.WriteString(p.in, "how was it?\n")
	if err == nil {
		_, err = fmt.Fscanln(p.out, &l.calls, (*int64)(&l.middle), (*int64)(&l.p99), (*int64)(&l.max))
	}
	if err != nil {
		t.Fatalf("the honest client is not served: %v", err)
	}
	return l
}

// runPulse is the process of a pulse: it calls until its input ends, and tells at each
// line of it how long that took. A call that is not answered ends it.
func runPulse(where string) error {
	url, key, _ := strings.Cut(where, " ")
	ctx, stop := context.WithCancel(context.Background())
	asked := make(chan struct{})
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			asked <- struct{}{}
		}
		stop()
	}()
	c, err := client.Dial(ctx, client.Options{URL: url, Key: key})
	if err != nil {
		return err
	}
	defer c.Close()
	call := func(n int) error {
		within, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		answer, err := c.Request(within, "Bounce", n)
		var got int
		if err == nil {
			err = json.Unmarshal(answer, &got)
		}
		if err == nil && got != n {
			err = fmt.Errorf("asked for %d, got %s", n, answer)
		}
		return err
	}
	if err := call(0); err != nil {
		return err
	}
	fmt.Println("beating")
	took, due := []time.Duration(nil), time.Now()
	pause := time.NewTimer(0)
	for n := 1; ; n++ {
		pause.Reset(time.Until(due))
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil
		}
		if err := call(n); err != nil {
			return fmt.Errorf("call %d: %w", n, err)
		}
		took = append(took, time.Since(due))
		due = due.Add(beat)
		select {
		case <-asked:
			slices.Sort(took)
			at := func(share float64) int64 { return int64(took[int(share*float64(len(took)-1))]) }
			fmt.Println(len(took), at(0.5), at(0.99), at(1))
			took = took[:0]
		default:
		}
	}
}
