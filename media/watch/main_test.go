package watch

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"musicdb/fsm/fsmtest"
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "musicdb-watch-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("TMPDIR", dir) // for TagLib's compiled code
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

func TestMachines(t *testing.T) {
	fsmtest.Agree(t, definition)
	fsmtest.Agree(t, attention)
}
