package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/demo"
	"musicdb/media/doctor"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/server"
)

// doctorsHouse is an empty data directory, and a music directory with the demo library.
func doctorsHouse(t *testing.T) (data, music string) {
	t.Helper()
	clearSettings(t)
	t.Setenv("TMPDIR", t.TempDir())
	data, music = t.TempDir(), t.TempDir()
	if err := demo.Unpack(music); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"MUSICDB_DIRECTORIES_DATA": data, "MUSICDB_DIRECTORIES_MUSIC": music, "MUSICDB_WEBSOCKET_BIND": "127.0.0.1", "MUSICDB_STREAM_MEASURELOUDNESS": "false",
		"MUSICDB_WEBSOCKET_PORT": "0", "MUSICDB_WEBSOCKET_TLS": "off", "MUSICDB_HTTP_PORT": "0", "MUSICDB_HTTP_TLS": "off", "MUSICDB_DEBUG_DISABLEICECAST": "true",
	} {
		t.Setenv(name, value)
	}
	return data, music
}

// fillLibrary does what the first start of a server does.
func fillLibrary(t *testing.T, data, music string) {
	t.Helper()
	lib, err := library.Open(t.Context(), library.Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	there, err := files.OpenMusic(music)
	if err != nil {
		t.Fatal(err)
	}
	covers, err := artwork.Open(filepath.Join(data, "webdata", "artwork"), artwork.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = firstScan(lib, there, nil, files.Ignore{}, covers, slog.New(slog.DiscardHandler))(t.Context(), func(server.ImportProgress) {})
	if err := errors.Join(err, covers.Close(), there.Close(), lib.Close()); err != nil {
		t.Fatal(err)
	}
}

// examined runs the command and returns what it prints.
func examined(t *testing.T, args ...string) (code int, out, complaint string) {
	t.Helper()
	var printed, errs bytes.Buffer
	code = run(append([]string{"doctor"}, args...), &printed, &errs)
	return code, printed.String(), errs.String()
}

// The same is found with and without a server on the data directory.
func TestDoctor(t *testing.T) {
	data, music := doctorsHouse(t)
	if code, _, complaint := examined(t); code != exitFailed || !strings.Contains(complaint, "start the server once") {
		t.Errorf("without a library: exit code %d, %s", code, complaint)
	}
	fillLibrary(t, data, music)
	const hurt = "Pixel Orchard/2017 - Sixteen Colours"
	t.Run("beside a server", func(t *testing.T) {
		serveInside(t)
		if code, out, complaint := examined(t); code != 0 || !strings.Contains(out, "nothing found") {
			t.Fatalf("healthy: exit code %d, %s%s", code, out, complaint)
		}
		breakFirst(t, filepath.Join(music, hurt))
		checkDoctor(t, hurt)
	})
	checkDoctor(t, hurt)
	if code, _, complaint := examined(t, "../etc"); code != exitFailed || !strings.Contains(complaint, "..") {
		t.Errorf("outside: exit code %d, %s", code, complaint)
	}
}

// checkDoctor wants the broken song to be found.
func checkDoctor(t *testing.T, hurt string) {
	t.Helper()
	code, out, complaint := examined(t, hurt)
	if code != exitFound || complaint != "" || !strings.Contains(out, "is damaged: it is empty\n      → replace the file by a good copy\n") || !strings.Contains(out, "1 found (1 damaged)") {
		t.Errorf("exit code %d, %s%s", code, out, complaint)
	}
	code, out, complaint = examined(t, "--json", "--thorough", hurt)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var v doctor.Verdict
	var end struct{ Status doctor.Status }
	if code != exitFound || len(lines) != 2 {
		t.Fatalf("exit code %d, %s%s", code, out, complaint)
	}
	if err := json.Unmarshal([]byte(lines[0]), &v); err != nil || v.Illness != doctor.Damaged || v.ID == 0 || !strings.HasPrefix(v.Path, hurt) {
		t.Errorf("%+v, %v", v, err)
	}
	if err := json.Unmarshal([]byte(lines[1]), &end); err != nil || end.Status.State != doctor.Done || end.Status.Verdicts != 1 || end.Status.Listened.Songs != 1 {
		t.Errorf("%s, %v", lines[1], err)
	}
}

// breakFirst empties the first file of a directory.
func breakFirst(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, entries[0].Name()), 0); err != nil {
		t.Fatal(err)
	}
}

func TestVerdictsMoveNoCursor(t *testing.T) {
	var out bytes.Buffer
	p := newVerdictPrinter(&out, false)
	p.verdict(doctor.Verdict{Illness: doctor.Damaged, Path: "A/\x1b[2J\nB", Certainty: doctor.Likely, Reason: "\a", Remedy: "r", Related: []string{"\r"}})
	if want := "A/\uFFFD[2J\uFFFDB\n    is damaged (likely): \uFFFD\n        \uFFFD\n      → r\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
