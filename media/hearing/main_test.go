package hearing

import (
	"bytes"
	"os/exec"
	"testing"

	"go.uber.org/goleak"

	"musicdb/fsm/fsmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBothRunnersAgree(t *testing.T) {
	t.Run("hearing", func(t *testing.T) { fsmtest.Agree(t, definition) })
	t.Run("ear", func(t *testing.T) { fsmtest.Agree(t, earDefinition) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// run runs the installed ffmpeg and returns its standard output.
func run(t testing.TB, stdin []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("ffmpeg", append([]string{"-v", "error", "-y"}, args...)...)
	cmd.Stdin = bytes.NewReader(stdin)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", args, err, &complaint)
	}
	return out.Bytes()
}

// encoded is sound of ffmpeg's lavfi, encoded with the given options.
func encoded(t testing.TB, source string, options ...string) []byte {
	t.Helper()
	args := append([]string{"-f", "lavfi", "-i", source, "-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3"}, options...)
	return run(t, nil, append(args, "pipe:1")...)
}
