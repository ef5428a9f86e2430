package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// earVariable makes the test binary an ear: a listener in a process of its own, so that
// the work of a crowd of clients is not taken for a fault of the stream.
const earVariable = "MUSICDB_TEST_EAR"

// ear listens to the stream as a player does that begins to play with the first byte,
// and counts frames against the clock.
type ear struct {
	process *exec.Cmd
	in      io.Closer
	out     *bufio.Reader
}

// hearing is what an ear has heard.
type hearing struct {
	sound time.Duration
	least time.Duration // by which the sound received was ahead of the clock, from the second second on
	worst time.Duration // when that was
}

const frameTime = 1152 * time.Second / 44_100

// listen begins to listen and returns when sound has come.
func listen(t testing.TB, c *child) *ear {
	t.Helper()
	e := &ear{process: exec.Command(os.Args[0])}
	e.process.Env = append(os.Environ(), earVariable+"="+c.page()+"stream")
	e.process.Stderr = os.Stderr
	in, err := e.process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	e.in, e.out = in, bufio.NewReader(out)
	if err := e.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.in.Close(); _ = e.process.Wait() })
	if line, err := e.out.ReadString('\n'); line != "listening\n" {
		t.Fatalf("the listener says %q, %v", line, err)
	}
	return e
}

// heard ends the listening.
func (e *ear) heard(t testing.TB) (h hearing) {
	t.Helper()
	if err := e.in.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscanln(e.out, (*int64)(&h.sound), (*int64)(&h.least), (*int64)(&h.worst)); err != nil {
		t.Fatalf("the stream has ended: %v", err)
	}
	return h
}

// runEar is the process of an ear: it listens until its input ends, and then says what
// it has heard. If the stream ends before, it says nothing.
func runEar(url string) error {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	in, h := bufio.NewReaderSize(response.Body, 1<<16), hearing{least: time.Hour}
	var began time.Time
	for frame := make([]byte, 1<<12); ; {
		err := readFrame(in, frame)
		if ctx.Err() != nil {
			fmt.Println(int64(h.sound), int64(h.least), int64(h.worst))
			return nil
		}
		if err != nil {
			return err
		}
		if began.IsZero() {
			began = time.Now()
			fmt.Println("listening")
		}
		// A player that has nothing but the first frame is always at its end.
		if passed := time.Since(began); h.sound > time.Second && h.sound-passed < h.least {
			h.least, h.worst = h.sound-passed, passed
		}
		h.sound += frameTime
	}
}

var errNoFrame = errors.New("the stream is not made of MP3 frames of 320 kbit/s and 44.1 kHz")

// readFrame reads one frame.
func readFrame(in io.Reader, room []byte) error {
	const header = 4
	if _, err := io.ReadFull(in, room[:header]); err != nil {
		return err
	}
	// Sync, MPEG 1, layer III; 320 kbit/s and 44.1 kHz; the padding bit counts.
	if room[0] != 0xFF || room[1]&0xFE != 0xFA || room[2]&0xFC != 0xE0 {
		return fmt.Errorf("%w: % x", errNoFrame, room[:header])
	}
	_, err := io.ReadFull(in, room[header:144*320_000/44_100+int(room[2]>>1&1)])
	return err
}

// metric reads one figure of /metrics.
func metric(t testing.TB, c *child, name string) float64 {
	t.Helper()
	response, err := http.Get(c.page() + "metrics") //nolint:noctx // a child of this test
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("there is no metric %s", name)
	}
	value, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
