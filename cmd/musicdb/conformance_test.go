package main

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"
	"time"

	"musicdb/conn/conformance"
)

// TestEchoConforms holds the binary that people run, with its own limits, to the table
// of conversations that the engine is held to.
func TestEchoConforms(t *testing.T) {
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, "echo", "--listen", "127.0.0.1:0")
	cmd.Env = environment(t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // it was killed
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, address, ok := strings.Cut(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("the server says %q", line)
	}
	server := conformance.Peer{Addr: address, Patience: time.Minute, End: 4 * time.Second}
	new(conformance.Tally).Run(server, "", func(c conformance.Case, w conformance.Way, err error) {
		t.Errorf("case %s (%s), %s: %v", c.ID, c.About, w.Name, err)
	})
}
