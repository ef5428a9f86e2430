package tasks_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/media/tasks"
)

// After a restart the file says how much was received.
func TestUploadGoesOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	data := noise(8, 50_000)
	a := announce("a", data)
	b := newBench(t, dir, nil)
	if err := b.m.Upload(a); err != nil {
		t.Fatal(err)
	}
	b.m.Close()
	for _, has := range []int{0, 1, 20_000, 19_999, 50_000} {
		b = newBench(t, dir, nil)
		if now := b.task("a"); now.State != tasks.WaitForChunk {
			t.Fatalf("%+v", now)
		}
		// What a killed process has written beyond what its task knew.
		if err := os.WriteFile(filepath.Join(dir, "uploads", *b.task("a").UploadPath), data[:has], 0o600); err != nil {
			t.Fatal(err)
		}
		b.m.Close()
		b = newBench(t, dir, nil)
		if now := b.task("a"); *now.Offset != int64(has) {
			t.Errorf("%d of %d bytes", *now.Offset, has)
		}
		if has < 30_000 {
			if err := b.m.Chunk(t.Context(), "a", bytes.Clone(data[has:has+10]), tasks.Anywhere); err != nil {
				t.Fatal(err)
			}
		}
		b.m.Close()
	}
	b = newBench(t, dir, nil)
	b.run()
	b.await("StateUpdate readyforintegration")
}

func TestUploadWhoseFileIsGoneAfterARestart(t *testing.T) {
	dir := t.TempDir()
	data := noise(9, 100)
	b := newBench(t, dir, nil)
	if err := b.m.Upload(announce("a", data)); err != nil {
		t.Fatal(err)
	}
	if err := b.m.Chunk(t.Context(), "a", bytes.Clone(data[:50]), tasks.Anywhere); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.m.Close(), os.Remove(filepath.Join(dir, "uploads", *b.task("a").UploadPath))); err != nil {
		t.Fatal(err)
	}
	b = newBench(t, dir, nil)
	if now := b.task("a"); now.State != tasks.UploadFailed || now.Failure == nil || !strings.Contains(now.Failure.Remedy, "upload it again") {
		t.Errorf("%+v, %+v", now, now.Failure)
	}
}

// The context of a request that ends while bytes are read again fails nothing.
func TestRestartWhileReadingAgain(t *testing.T) {
	dir := t.TempDir()
	data := noise(10, 1000)
	b := newBench(t, dir, nil)
	if err := b.m.Upload(announce("a", data)); err != nil {
		t.Fatal(err)
	}
	if err := b.m.Chunk(t.Context(), "a", bytes.Clone(data[:500]), tasks.Anywhere); err != nil {
		t.Fatal(err)
	}
	b.m.Close()
	b = newBench(t, dir, nil)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.m.Chunk(ended, "a", bytes.Clone(data[500:]), tasks.Anywhere); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	b.send(announce("a", data), data, 100)
	if now := b.task("a"); now.State != tasks.UploadComplete {
		t.Errorf("%+v", now)
	}
}
